"""The only place that writes tables for spreadsheets: they open clean, and no cell runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
MEDIA_TYPE = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Number(str):
    """A number as it is to be written, sign and all: it is no formula."""

    __slots__ = ()


Cell = str | int | None


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return head and rows as CSV with a byte order mark, lines ended as spreadsheets expect."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(head)
    for row in rows:
        lines.writerow([_harmless(cell) for cell in row])
    return BOM + written.getvalue()


def _harmless(cell: Cell) -> str:
    """Keep a spreadsheet from running a text as a formula."""
    if cell is None:
        return ""
    if isinstance(cell, int | Number):
        return str(cell)
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(_FORMULA) else cell
