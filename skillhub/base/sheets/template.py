"""The only place that writes an empty XLSX to fill in; its cells are text, so that no number loses digits."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_TO_FILL = 500
AS_TEXT = "@"
_WIDTH = 22


def written(title: str, headings: Sequence[str]) -> bytes:
    """Return a workbook with one sheet that has these headings."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise TypeError("a new workbook has a sheet")
    sheet.title = title
    for place, heading in enumerate(headings, 1):
        cell = sheet.cell(1, place, heading)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EEF3F1")
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
        for row in range(2, ROWS_TO_FILL + 2):
            sheet.cell(row, place).number_format = AS_TEXT
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
