"""Loads the work that people found, with what it paid, and the stars that it earned them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from skillhub.accounts.queries import organisations
from skillhub.base import clock, money
from skillhub.base.db import Unit
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries import orders as order_queries
from skillhub.credit.queries import engagements as engagement_queries
from skillhub.credit.service import engagements, ratings
from skillhub.demo import data
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, UNNAMED, in_units, known_people


class _Ids(dict[str, int]):
    """Ids by the code that the tables use, each looked up once."""

    def __init__(self, look_up: Callable[[str], int]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, code: str) -> int:
        self[code] = self._look_up(code)
        return self[code]


def load_work() -> Iterator[int]:
    """Load the work that people found, and the stars that employers gave for it.

    The table has no last day: it follows from the days worked. Ratings by workers
    and those that were taken back later are not loaded.
    """
    stars = {
        row["placement_id"]: row
        for row in data.table("ratings")
        if row["state"] == "valid" and row["rater_kind"] == "employer"
    }
    people = known_people()
    batches = _Ids(lambda code: batch_queries.batch(code).id)
    orders = _Ids(lambda code: order_queries.order(code).id)
    employers = _Ids(lambda code: organisations.by_code(code).id)

    def load(unit: Unit, row: Row) -> None:
        started_on = data.known_day(row["started_on"])
        days = int(row["days_worked"] or 1)
        told_on = data.day(row["evidence_on"]) or started_on
        with clock.frozen_at(data.on(told_on, 17)):
            public_id = engagements.record_in(
                unit,
                actor=LOADER,
                person_id=people[row["person_id"]],
                employer_id=employers[row["employer_id"] or UNNAMED["employer_id"]],
                district=row["district_code"],
                order_id=orders[row["order_id"]] if row["order_id"] else None,
                batch_id=batches[row["batch_id"]] if row["batch_id"] else None,
                kind=row["kind"],
                started_on=started_on,
                ended_on=engagements.last_day(started_on, days),
                days_worked=days,
                pay_fen=money.fen(row["pay_yuan"]) if row["pay_yuan"] else None,
                place=row["place"] or None,
                evidence=row["evidence"] or None,
                evidence_on=told_on,
            )
        rating = stars.get(row["placement_id"])
        if rating is not None:
            _rate(unit, public_id, rating)

    yield from in_units(data.table("placements"), load)


def _rate(unit: Unit, public_id: str, row: Row) -> None:
    with clock.frozen_at(data.on(data.known_day(row["created_on"]), 18)):
        ratings.rate_in(
            unit,
            actor=LOADER,
            engagement=engagement_queries.engagement(public_id),
            stars=int(row["stars"]),
            comment=row["comment"] or None,
        )
