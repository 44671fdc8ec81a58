"""Loads the work that followed, the stars that employers gave for it, and those that were taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from skillhub.base import clock, money
from skillhub.base.db import Unit
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries import orders as order_queries
from skillhub.credit.queries import engagements as engagement_queries
from skillhub.credit.queries.engagements import INTENT
from skillhub.credit.service import engagements, ratings
from skillhub.credit.service.engagements import Work as Recorded
from skillhub.credit.service.ratings import Given
from skillhub.demo import data
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, Known, day_by_day
from skillhub.demo.registers import UNNAMED

WORK_A_UNIT = 90  # the engagement and its line of audit
RATINGS_A_UNIT = 25  # the rating, its entry with four legs, and the line of audit


class Work:
    """Loads placements, then ratings, up to the demonstration's day; `load` yields after each unit.

    The table has no last day: it follows from the days worked. Employers alone rate here, so what
    workers said of employers is not loaded; nor are the stars that the table gives after the day.
    """

    def __init__(self, day: date) -> None:
        """Read the tables; `day` is today."""
        self.day = day
        self.placements = data.table("placements")
        rated = [row for row in data.table("ratings") if row["rater_kind"] == "employer"]
        self.ratings = [
            row for row in rated if row["state"] != "reversal" and data.known_day(row["created_on"]) <= day
        ]
        self.reversals = {row["reverses"]: row for row in rated if row["state"] == "reversal"}
        self.known = Known()
        self.made: dict[str, str] = {}
        self.orders: dict[str, int] = {}
        self.batches: dict[str, int] = {}

    @property
    def of(self) -> int:
        """How many rows there are to load."""
        return len(self.placements) + len(self.ratings)

    def load(self) -> Iterator[int]:
        """Load all work, then all stars."""
        yield from day_by_day(self.placements, _told_on, self._record, WORK_A_UNIT)
        yield from day_by_day(self.ratings, _created_on, self._rate, RATINGS_A_UNIT)

    def _at(self, day: date, hour: int) -> datetime:
        """Return an hour of a day, but nothing that lies ahead."""
        return data.on(day, hour) if day < self.day else data.on(self.day, 8)

    def _record(self, unit: Unit, day: date, together: Sequence[Row]) -> None:
        with clock.frozen_at(self._at(day, 17)):
            made = engagements.record_all_in(
                unit, actor=LOADER, works=[self._work(row, day) for row in together]
            )
        self.made |= {row["placement_id"]: public_id for row, public_id in zip(together, made, strict=True)}

    def _work(self, row: Row, told_on: date) -> Recorded:
        started_on = data.known_day(row["started_on"])
        days = None if row["kind"] == INTENT else int(row["days_worked"] or 1)
        return Recorded(
            person_id=self.known.person(row["person_id"]),
            employer_id=self.known.organisation(row["employer_id"] or UNNAMED),
            district=row["district_code"],
            order_id=self._order(row["order_id"]),
            batch_id=self._batch(row["batch_id"]),
            kind=row["kind"],
            started_on=started_on,
            ended_on=None if days is None else engagements.last_day(started_on, days),
            days_worked=days,
            pay_fen=money.fen(row["pay_yuan"]) if days is not None and row["pay_yuan"] else None,
            place=row["place"] or None,
            evidence=row["evidence"] or None,
            evidence_on=told_on,
        )

    def _rate(self, unit: Unit, day: date, together: Sequence[Row]) -> None:
        views = engagement_queries.many([self.made[row["placement_id"]] for row in together])
        given = [
            Given(views[self.made[row["placement_id"]]], int(row["stars"]), row["comment"] or None)
            for row in together
        ]
        with clock.frozen_at(self._at(day, 18)):
            made = ratings.rate_all_in(unit, actor=LOADER, given=given)
            for row, public_id in zip(together, made, strict=True):
                if row["state"] == "reversed":
                    why = self.reversals[row["rating_id"]]["comment"]
                    ratings.reverse_in(unit, actor=LOADER, rating=public_id, reason=why)

    def _order(self, code: str) -> int | None:
        if code and code not in self.orders:
            self.orders[code] = order_queries.order(code).id
        return self.orders.get(code)

    def _batch(self, code: str) -> int | None:
        if code and code not in self.batches:
            self.batches[code] = batch_queries.batch(code).id
        return self.batches.get(code)


def _told_on(row: Row) -> date:
    return data.day(row["evidence_on"]) or data.known_day(row["started_on"])


def _created_on(row: Row) -> date:
    return data.known_day(row["created_on"])
