"""The only place that adds up how long plugins took, by district, hook and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import case

from skillhub.base import clock
from skillhub.base.db import unit_of_work, upsert
from skillhub.districts import queries
from skillhub.districts.model import PluginTime


class Key(NamedTuple):
    """Which plugin took the time, for which question, in which district."""

    district: str
    plugin: str
    hook: str


@dataclass(frozen=True)
class Sum:
    """Calls, how many of them failed, and what they took."""

    calls: int = 0
    failures: int = 0
    microseconds: int = 0
    slowest_microseconds: int = 0

    def with_one(self, seconds: float, *, failed: bool) -> Sum:
        """Return the sum with one call more."""
        taken = round(seconds * 1_000_000)
        return self.plus(Sum(1, int(failed), taken, taken))

    def plus(self, other: Sum) -> Sum:
        """Return both sums together."""
        return Sum(
            self.calls + other.calls,
            self.failures + other.failures,
            self.microseconds + other.microseconds,
            max(self.slowest_microseconds, other.slowest_microseconds),
        )


def add(sums: Mapping[Key, Sum]) -> None:
    """Add to the sums of today, in each district's own time zone."""
    known = {district.code: clock.today(district.zone) for district in queries.districts()}
    with unit_of_work() as unit:
        for key in sorted(sums):  # always in this order, so that no two processes wait for each other
            if key.district not in known:
                continue
            each = sums[key]
            new = upsert(unit, PluginTime).values(
                district_code=key.district,
                plugin=key.plugin,
                hook=key.hook,
                on=known[key.district],
                calls=each.calls,
                failures=each.failures,
                microseconds=each.microseconds,
                slowest_microseconds=each.slowest_microseconds,
            )
            slowest = new.excluded.slowest_microseconds
            unit.session.execute(
                new.on_conflict_do_update(
                    index_elements=["district_code", "plugin", "hook", "on"],
                    set_={
                        "calls": PluginTime.calls + new.excluded.calls,
                        "failures": PluginTime.failures + new.excluded.failures,
                        "microseconds": PluginTime.microseconds + new.excluded.microseconds,
                        "slowest_microseconds": case(
                            (slowest > PluginTime.slowest_microseconds, slowest),
                            else_=PluginTime.slowest_microseconds,
                        ),
                    },
                )
            )
