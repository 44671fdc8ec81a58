"""The only place that reads XLSX: the gate has measured the archive before the library sees a byte.

The first sheet that shows something is read, row by row. Cells that calculate have no value:
what a spreadsheet showed there when it was saved is somebody else's arithmetic.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import BadZipFile

import openpyxl

from skillhub.base.sheets import gate
from skillhub.base.sheets.cells import Cell, Formula, Row
from skillhub.base.sheets.delimited import MOST_COLUMNS, MOST_ROWS
from skillhub.base.sheets.errors import SheetUnreadable

_FORMULA = Formula()


def rows(content: bytes) -> Iterator[Row]:
    """Return the rows of a workbook.

    :raises SheetUnreadable: it is damaged, hides something, or is too large unpacked.
    """
    gate.inspect(content)
    return _rows(content)


def _rows(content: bytes) -> Iterator[Row]:
    try:
        yield from _read(content)
    except SheetUnreadable:
        raise
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError):
        # The library says in as many ways that a workbook's parts do not fit together.
        raise SheetUnreadable("damaged") from None


def _read(content: bytes) -> Iterator[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions that the library does not know are no concern of ours
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
    if sheet is None:
        raise SheetUnreadable("no_rows")
    sheet.reset_dimensions()  # what the file says of its size is not to be believed
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > MOST_ROWS:
            raise SheetUnreadable("too_long")
        last = max((place for place, cell in enumerate(cells, 1) if cell.value is not None), default=0)
        if last > MOST_COLUMNS:
            raise SheetUnreadable("too_wide")
        yield Row(number, tuple(_value(cell) for cell in cells[:last]))
    book.close()


def _value(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type in ("f", "e"):  # what is calculated, or went wrong in calculating
        return _FORMULA
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, timedelta):
        return str(value)
    if value is None or isinstance(value, str | int | float | datetime | date | time):
        return value
    return _FORMULA  # array formulas and tables of data come as objects of their own
