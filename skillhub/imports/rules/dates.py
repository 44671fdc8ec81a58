"""The only place that reads dates as they stand in files: 2026.3.5, 2026年3月5日, a spreadsheet's count."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from skillhub.accounts.rules.text import half_width
from skillhub.accounts.wrong import Wrong
from skillhub.base.sheets.cells import Cell

_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, shifted by their 29 February 1900
_SERIALS = range(18_264, 73_051)  # 1950 to 2099
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?P<between>[-./年])(?P<month>[0-9]{1,2})(?:[-./月])(?P<day>[0-9]{1,2})日?"
    r"(?:[ T]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_PACKED = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_YEARLESS = re.compile(r"[0-9]{1,2}(?:月[0-9]{1,2}[日号]?|[-./][0-9]{1,2})")
_KEPT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(cell: Cell) -> tuple[date, bool]:
    """Return the date, and whether it stood there in the form in which it is kept.

    :raises Wrong: it has no year (``date_yearless``) or is no date (``date_form``).
    """
    if isinstance(cell, datetime):
        return cell.date(), True
    if isinstance(cell, date):
        return cell, True
    if isinstance(cell, int | float):
        return _counted(cell), False
    typed = re.sub(r"\s+(?![0-9]{1,2}:)", "", half_width(str(cell)).strip().lstrip("'"))
    if re.fullmatch(r"[0-9]{5}", typed):
        return _counted(int(typed)), False
    found = _DATE.fullmatch(typed) or _PACKED.fullmatch(typed)
    if found is None:
        raise Wrong("date_yearless" if _YEARLESS.fullmatch(typed) else "date_form")
    try:
        read = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        raise Wrong("date_form") from None
    return read, bool(_KEPT.fullmatch(str(cell)))


def _counted(days: float) -> date:
    whole = int(days)
    if whole not in _SERIALS:
        raise Wrong("date_form")
    return _EPOCH + timedelta(days=whole)
