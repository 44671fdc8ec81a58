"""What waits on the demonstration day for somebody's decision: claims at every step, and new orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skillhub.base import clock
from skillhub.base.db import unit_of_work
from skillhub.courses.queries import courses as course_queries
from skillhub.courses.service import orders
from skillhub.demo import data
from skillhub.demo.history import LOADER
from skillhub.subsidy.rules.steps import Step
from skillhub.subsidy.service import claims

HANDED_IN = (Step.SUBMISSION,)
APPROVED = (Step.SUBMISSION, Step.APPROVAL)
PAID = (*APPROVED, Step.PAYMENT)
WHY = {
    Step.RETURN: "花名册里有一个人的联系电话是空号，请核对后再提交。（示例）",
    Step.OBJECTIONS: "公示期内有人反映一名学员没有到课，请核查考勤。（示例）",
}


@dataclass(frozen=True)
class Claimed:
    """A claim for a class: made at `at`, or so many days before the day; then its steps, a day apart."""

    batch: str
    steps: tuple[Step, ...]
    days_before: int = 0
    at: datetime | None = None


CLAIMS = (
    Claimed("LN-ORD-01", PAID, at=data.on(data.known_day("2025-04-21"), 10)),
    Claimed("LN-35", HANDED_IN, 3),
    Claimed("LN-34", (Step.SUBMISSION, Step.RETURN), 6),
    Claimed("LN-33", (*APPROVED, Step.OBJECTIONS), 7),
    Claimed("LW-LIV-15", (), 1),
    Claimed("LW-VID-15", APPROVED, 5),
    Claimed("LW-UAV-15", HANDED_IN, 2),
    Claimed("SC-LIV-01", PAID, at=data.on(data.known_day("2023-07-03"), 10)),
    Claimed("DDK-TAG-01", HANDED_IN, 4),
)


@dataclass(frozen=True)
class Asked:
    """An order that an employer placed so many days before the day; nobody has visited for it yet."""

    code: str
    employer: str
    course: str
    heads: int
    skills: tuple[str, ...]
    wage_text: str
    promised_jobs: int
    days_before: int


ORDERS = (
    Asked("O-LW-01", "E-LW-0001", "C-LW-LIV", 12, ("服装直播", "短视频剪辑"), "200元/天", 8, 2),
    Asked("O-SC-02", "E-SC-0042", "C-SC-LIV", 15, ("服装直播",), "220元/天", 10, 1),
    Asked("O-LZ-01", "E-LZ-0001", "C-LZ-DJ", 10, ("堆锦粘贴", "丝绸裁剪"), "150元/天", 6, 3),
    Asked("O-DDK-01", "E-DDK-0001", "C-DDK-TAG", 20, ("图片标注",), "4500元/月", 12, 1),
)


def load(day: date) -> Iterator[int]:
    """Load the claims and the orders; yield after each."""
    for claimed in CLAIMS:
        _claim(claimed, day)
        yield 1
    for asked in ORDERS:
        _order(asked, day)
        yield 1


def count() -> int:
    """Return how many things wait."""
    return len(CLAIMS) + len(ORDERS)


def _claim(claimed: Claimed, day: date) -> None:
    at = claimed.at or data.on(day - timedelta(days=claimed.days_before), 15)
    with clock.frozen_at(at):
        made = claims.make(actor=LOADER, batch=claimed.batch)
    for index, step in enumerate(claimed.steps):
        with clock.frozen_at(at + timedelta(days=index, hours=1)):
            claims.take(actor=LOADER, claim=made, step=step, reason=WHY.get(step))


def _order(asked: Asked, day: date) -> None:
    course = course_queries.by_code(asked.course)
    amount, unit_of_wage = data.wage(asked.wage_text)
    asked_at = data.on(day - timedelta(days=asked.days_before), 10)
    with clock.frozen_at(asked_at), unit_of_work() as unit:
        orders.place_in(
            unit,
            actor=LOADER,
            code=asked.code,
            district=course.district,
            employer=asked.employer,
            course=asked.course,
            trade=course.trade,
            occupation=course.occupation,
            heads=asked.heads,
            skills=asked.skills,
            wage_fen=amount,
            wage_unit=unit_of_wage,
            wage_text=asked.wage_text,
            starts_on=day + timedelta(days=40),
            promised_jobs=asked.promised_jobs,
        )
