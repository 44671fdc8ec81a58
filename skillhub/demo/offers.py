"""Loads what is taught and what employers ordered, with the visit to each of them and the approval."""

from __future__ import annotations

from collections.abc import Iterator

from skillhub.base import clock, money
from skillhub.base.db import Unit
from skillhub.courses.service import courses, orders
from skillhub.demo import data
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, in_units
from skillhub.demo.places import founded

VISITOR = "示例工作人员（虚构）"


def taught() -> list[Row]:
    """Return the courses that lead to a batch; what is only held as an event is no course."""
    used = {row["course_id"] for row in data.batches()}
    used |= {row["course_id"] for row in data.table("orders")}
    held = {row["course_id"] for row in data.table("batches")}
    return [row for row in data.table("courses") if row["course_id"] in used or row["course_id"] not in held]


def load_courses() -> Iterator[int]:
    """Load what is taught."""

    def load(unit: Unit, row: Row) -> None:
        with clock.frozen_at(founded(row["district_code"])):
            courses.add_in(
                unit,
                actor=LOADER,
                code=row["course_id"],
                district=row["district_code"],
                name=row["title"],
                trade=row["trade"],
                occupation=row["occupation_code"] or None,
                theory_hours=int(row["hours_theory"]),
                practice_hours=int(row["hours_practice"]),
                minutes_per_hour=int(row["minutes_per_hour"]),
                kind=row["course_type"] or None,
            )

    yield from in_units(taught(), load)


def load_orders() -> Iterator[int]:
    """Load the training orders with the visit to their employer and their approval.

    The table has no site, and the visit stands with the employer; the wage is text.
    Where the employer's file has no visit, one is added on the day of approval, since
    nobody approves the order of an employer that nobody has seen.
    """
    courses_by_id = {row["course_id"]: row for row in data.table("courses")}
    unvisited = {row["employer_id"] for row in data.table("employers") if not row["visited_on"]}

    def load(unit: Unit, row: Row) -> None:
        course = courses_by_id[row["course_id"]]
        amount, unit_of_wage = _wage(row["promised_pay"])
        with clock.frozen_at(data.on(data.known_day(row["asked_on"]))):
            orders.place_in(
                unit,
                actor=LOADER,
                code=row["order_id"],
                district=row["district_code"],
                employer=row["employer_id"],
                course=row["course_id"],
                trade=course["trade"],
                occupation=course["occupation_code"] or None,
                heads=int(row["heads"]),
                skills=data.listed(row["skills_wanted"]),
                wage_fen=amount,
                wage_unit=unit_of_wage,
                wage_text=row["promised_pay"],
                starts_on=data.known_day(row["wanted_by"]),
                promised_jobs=int(row["promised_jobs"]),
            )
        approved_on = data.known_day(row["approved_on"])
        with clock.frozen_at(data.on(approved_on, 15)):
            if row["employer_id"] in unvisited:
                orders.record_visit_in(
                    unit,
                    actor=LOADER,
                    code=row["order_id"],
                    on=approved_on,
                    by=VISITOR,
                    result="属实（演示补记）",
                )
            orders.decide_in(unit, actor=LOADER, code=row["order_id"], decision="approved")

    yield from in_units(data.table("orders"), load)


def _wage(text: str) -> tuple[int | None, str | None]:
    """Read 180元/天 or 6500元/月; anything else stays text."""
    amount, _, rest = text.partition("元/")
    kinds = {"天": "day", "月": "month", "件": "piece"}
    if not amount.isdigit() or rest not in kinds:
        return None, None
    return money.fen(amount), kinds[rest]
