"""A span of civil days, open at either side, and how it narrows a query over days or instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included, in a district's time zone; None is open."""

    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"

    @property
    def is_open(self) -> bool:
        """Tell whether it is all time."""
        return self.first is None and self.last is None

    def of_days(self, column: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
        """Return the conditions for a column of civil days."""
        found = [] if self.first is None else [column >= self.first]
        return found if self.last is None else [*found, column <= self.last]

    def of_instants(self, column: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
        """Return the conditions for a column of instants."""
        found = [] if self.first is None else [column >= self._begin(self.first)]
        return found if self.last is None else [*found, column < self._begin(self.last + timedelta(days=1))]

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone))


ALL_TIME = Period()
