"""Reads the demonstration's tables: package data, every person and every firm in them fictitious.

Times in the tables are local (UTC+8) and have no zone; dates are `YYYY-MM-DD`;
an empty cell is nothing.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from importlib.resources import files
from zoneinfo import ZoneInfo

from skillhub.base import money

ZONE = ZoneInfo("Asia/Shanghai")
Row = dict[str, str]


def table(name: str) -> list[Row]:
    """Return the rows of one table, in the order of the file."""
    text = (files("skillhub.demo") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def empty(name: str) -> Row:
    """Return a row of a table in which nothing is filled in."""
    return dict.fromkeys(table(name)[0], "")


def day(cell: str) -> date | None:
    """Read a civil date."""
    return date.fromisoformat(cell) if cell else None


def known_day(cell: str) -> date:
    """Read a civil date that is never empty."""
    return date.fromisoformat(cell)


def instant(cell: str) -> datetime:
    """Read a local instant."""
    return datetime.fromisoformat(cell).replace(tzinfo=ZONE).astimezone(UTC)


def on(day_of_it: date, hour: int = 9, minute: int = 0) -> datetime:
    """Return a local hour of a civil date."""
    return datetime.combine(day_of_it, time(hour, minute), ZONE).astimezone(UTC)


def listed(cell: str) -> tuple[str, ...]:
    """Read several values from one cell."""
    return tuple(each for each in cell.replace("；", ";").split(";") if each)


def wage(text: str) -> tuple[int | None, str | None]:
    """Read 180元/天 or 6500元/月; anything else stays text."""
    amount, _, rest = text.partition("元/")
    kinds = {"天": "day", "月": "month", "件": "piece"}
    if not amount.isdigit() or rest not in kinds:
        return None, None
    return money.fen(amount), kinds[rest]
