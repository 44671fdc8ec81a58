"""Courses, training orders and batches for tests, made through the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skillhub.accounts.queries import organisations as organisation_queries
from skillhub.base import clock
from skillhub.base.db import unit_of_work
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries import courses as course_queries
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.courses import CourseView
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place, Position
from skillhub.courses.service import batches, courses, orders
from skillhub.testing.factories.base import (
    LUNAN,
    TESTS,
    Organisations,
    Persons,
    SomeOrganisation,
    SomePerson,
)

HALL = Place("收纳工作室", "友谊街道1号", Position(118.17, 39.63))
_DAY = timedelta(days=1)
LESSON = timedelta(hours=3)


@dataclass(frozen=True)
class SomeBatch:
    """A batch that a test has made, with those who run it."""

    id: int
    code: str
    course: str
    school: SomePerson
    trainer: SomePerson
    sessions: tuple[str, ...]

    @property
    def view(self) -> BatchView:
        """The batch as it is now."""
        return batch_queries.batch_by_id(self.id)


def lessons(first_at: datetime, count: int = 5) -> list[PlannedSession]:
    """Return so many mornings of four class hours, the first two of theory."""
    return [
        PlannedSession(
            starts_at=first_at + _DAY * number,
            ends_at=first_at + _DAY * number + LESSON,
            part="theory" if number < 2 else "practice",  # noqa: PLR2004 (the first two)
        )
        for number in range(count)
    ]


def some_course(
    *, district: str = LUNAN, name: str = "整理收纳", trade: str = "家政", level: str | None = None
) -> str:
    """Put a course of 8 and 12 class hours on file, unless it is, and return its code."""
    known = course_queries.same(
        district=district, name=name, occupation="4-10-01-06", trade=trade, level=level
    )
    return known or courses.add(
        actor=TESTS,
        district=district,
        name=name,
        trade=trade,
        occupation="4-10-01-06",
        level=level,
        theory_hours=8,
        practice_hours=12,
    )


def the_course(code: str) -> CourseView:
    """Return a course by its code."""
    return course_queries.by_code(code)


def some_order(
    *, district: str = LUNAN, employer: SomePerson | None = None, heads: int = 8, is_approved: bool = True
) -> str:
    """Place an order of an employer, visited and approved unless told otherwise, and return its code."""
    asking = employer or Persons(district).employer(Organisations(district).employer())
    code = orders.place(
        actor=asking.actor,
        district=district,
        employer=asking.organisation or "",
        trade="家政",
        occupation="4-10-01-06",
        heads=heads,
        skills=["家务服务"],
        wage_fen=18_000,
        wage_unit="day",
        starts_on=clock.today("Asia/Shanghai") + timedelta(days=30),
        promised_jobs=max(1, heads // 2),
    )
    if is_approved:
        with unit_of_work() as unit:
            orders.record_visit_in(
                unit, actor=TESTS, code=code, on=clock.today("Asia/Shanghai"), result="属实", by="工作人员01"
            )
            orders.decide_in(unit, actor=TESTS, code=code, decision="approved")
    return code


def some_batch(
    *,
    district: str = LUNAN,
    seats: int = 8,
    course: str | None = None,
    order: str | None = None,
    school: SomePerson | None = None,
    trainer: SomePerson | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    first_at: datetime | None = None,
    sessions: int = 5,
    place: Place = HALL,
    is_published: bool = True,
) -> SomeBatch:
    """File a batch, open since an hour ago and beginning in a week, published unless told otherwise."""
    persons = Persons(district)
    if school is None:
        school = persons.school(Organisations(district).training_body())
    body = school.organisation or ""
    if trainer is None:
        trainer = _trainer(persons, body)
    taught = course or some_course(district=district)
    begins = first_at or clock.now() + timedelta(days=7)
    with unit_of_work() as unit:
        code = batches.file_in(
            unit,
            actor=TESTS,
            course=taught,
            order=order,
            seats=seats,
            opens_at=opens_at or min(clock.now(), begins) - timedelta(hours=1),
            closes_at=closes_at or begins - timedelta(minutes=30),
            sessions=lessons(begins, sessions),
            place=place,
            trainer=trainer.handle,
            body=body,
        )
        if is_published:
            batches.publish_in(unit, actor=TESTS, code=code)
    view = batch_queries.batch(code)
    return SomeBatch(view.id, code, taught, school, trainer, tuple(each.handle for each in view.sessions))


def _trainer(persons: Persons, body: str) -> SomePerson:
    found = organisation_queries.by_code(body)
    return persons.trainer(SomeOrganisation(found.id, found.code, found.name))


def in_days(days: int) -> date:
    """Return the civil day so many days from today."""
    return clock.today("Asia/Shanghai") + timedelta(days=days)
