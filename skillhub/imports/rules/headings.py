"""The only place that knows under which headings a column comes; the table is data (headings.csv)."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from skillhub.base.sheets import header

FILE = Path(__file__).parents[1] / "data" / "headings.csv"


@lru_cache
def _table(kind: str) -> tuple[tuple[str, str], ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple((row["heading"], row["field"]) for row in csv.DictReader(file) if row["kind"] == kind)


def names(kind: str) -> Mapping[str, str]:
    """Return the field of each heading of a kind of file, headings as they are compared."""
    return {header.plain(heading): field for heading, field in _table(kind)}


def usual(kind: str, fields: Sequence[str]) -> list[str]:
    """Return the heading under which each of these fields usually comes: the first of the table."""
    return [next(heading for heading, field in _table(kind) if field == each) for each in fields]
