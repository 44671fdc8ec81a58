"""Reads the demonstration's tables: package data, every person and every firm in them fictitious.

Times in the tables are local (UTC+8) and have no zone; dates are `YYYY-MM-DD`;
an empty cell is nothing.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from importlib.resources import files
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
Row = dict[str, str]


def table(name: str) -> list[Row]:
    """Return the rows of one table, in the order of the file."""
    text = (files("skillhub.demo") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def batches() -> list[Row]:
    """Return the classes; the rows of kind event are something else and are loaded elsewhere."""
    return [row for row in table("batches") if row["kind"] == "batch"]


def of_batches(name: str) -> list[Row]:
    """Return the rows of a table that belong to a class."""
    classes = {row["batch_id"] for row in batches()}
    return [row for row in table(name) if row["batch_id"] in classes]


def grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Return rows by what stands in a column, in their order."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


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
