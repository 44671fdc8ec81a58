"""Files of rows as people send them: CSV in any usual encoding, and XLSX; pure, without database.

`opened` says what a file is or why it cannot be read, `header.found` where its table begins,
`template` writes an empty one in which numbers stay text.
"""

from __future__ import annotations

from skillhub.base.sheets.cells import Cell, Formula, Row
from skillhub.base.sheets.errors import SheetUnreadable
from skillhub.base.sheets.opening import EXTENSIONS, LARGEST_FILE, is_workbook, opened
from skillhub.base.sheets.template import MEDIA_TYPE, written

__all__ = [
    "EXTENSIONS",
    "LARGEST_FILE",
    "MEDIA_TYPE",
    "Cell",
    "Formula",
    "Row",
    "SheetUnreadable",
    "is_workbook",
    "opened",
    "written",
]
