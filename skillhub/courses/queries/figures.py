"""What was taught in a district in a period: classes that are over, their lessons, who came, and how often.

Each figure is counted over the same rows that its list shows. Persons are counted
once each; person-times are attended lessons, and are never added to persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from skillhub.base.db import db
from skillhub.base.periods import ALL_TIME, Period
from skillhub.courses.model import Application, Attendance, Batch, ClassSession, Course, TrainingOrder
from skillhub.courses.queries.counts import CAME

HELD = "closed"
"""A class counts as held when it has been closed: what still runs, or was cancelled, does not."""


@dataclass(frozen=True)
class Held:
    """A district's classes that are over; a trade narrows them."""

    district: str
    period: Period = ALL_TIME
    trade: str | None = None

    def batches(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions for the classes by their last day."""
        return (*self._own(), *self.period.of_days(Batch.ends_on))

    def sessions(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions for their lessons by the hour at which they began."""
        return (
            *self._own(),
            ClassSession.batch_id == Batch.id,
            *self.period.of_instants(ClassSession.starts_at),
        )

    def _own(self) -> tuple[ColumnElement[bool], ...]:
        own = (Batch.district_code == self.district, Batch.state == HELD, Course.id == Batch.course_id)
        return own if self.trade is None else (*own, Course.trade == self.trade)


def batch_ids(held: Held) -> tuple[int, ...]:
    """Return the classes, the latest first."""
    statement = select(Batch.id).where(*held.batches()).order_by(Batch.ends_on.desc(), Batch.id.desc())
    return tuple(db.session.scalars(statement))


def of_course(code: str) -> tuple[int, ...]:
    """Return all classes of a course, whatever has become of them."""
    statement = select(Batch.id).join(Course, Course.id == Batch.course_id).where(Course.code == code)
    return tuple(db.session.scalars(statement.order_by(Batch.id)))


def trades(held: Held) -> tuple[str, ...]:
    """Return the trades that were taught, each once."""
    return tuple(
        db.session.scalars(select(Course.trade).where(*held.batches()).distinct().order_by(Course.trade))
    )


def first_day(held: Held) -> date | None:
    """Return the day on which the first class began."""
    return db.session.scalar(select(func.min(Batch.starts_on)).where(*held.batches()))


def sessions(held: Held) -> int:
    """Count the lessons that were held."""
    return int(db.session.scalar(select(func.count(ClassSession.id)).where(*held.sessions())) or 0)


def enrolled(held: Held) -> frozenset[int]:
    """Return the people who held a seat at the end."""
    statement = select(Application.person_id).where(
        *held.batches(), Application.batch_id == Batch.id, Application.state == "enrolled"
    )
    return frozenset(db.session.scalars(statement))


def attended(held: Held) -> frozenset[int]:
    """Return the people who came at least once."""
    return frozenset(db.session.scalars(select(Application.person_id).where(*_came(held)).distinct()))


def person_times(held: Held) -> int:
    """Count attended lessons (人次): one person at one lesson is one."""
    return int(db.session.scalar(select(func.count(Attendance.id)).where(*_came(held))) or 0)


def person_times_by_month(held: Held) -> dict[str, int]:
    """Count attended lessons by the month in which they were held (2025-03), in order."""
    rows = db.session.execute(
        select(ClassSession.starts_at, func.count(Attendance.id))
        .where(*_came(held))
        .group_by(ClassSession.id, ClassSession.starts_at)
        .order_by(ClassSession.starts_at)
    )
    zone = ZoneInfo(held.period.zone)
    months: dict[str, int] = {}
    for starts_at, count in rows:
        month = f"{starts_at.astimezone(zone):%Y-%m}"
        months[month] = months.get(month, 0) + count
    return months


def person_times_of(held: Held) -> dict[int, int]:
    """Count attended lessons by class."""
    rows = db.session.execute(
        select(Batch.id, func.count(Attendance.id)).where(*_came(held)).group_by(Batch.id)
    )
    return {row[0]: row[1] for row in rows}


def sessions_of(held: Held) -> dict[int, int]:
    """Count lessons by class."""
    rows = db.session.execute(
        select(Batch.id, func.count(ClassSession.id)).where(*held.sessions()).group_by(Batch.id)
    )
    return {row[0]: row[1] for row in rows}


def orders(district: str, period: Period) -> int:
    """Count training orders by the day on which they were asked."""
    statement = select(func.count(TrainingOrder.id)).where(
        TrainingOrder.district_code == district, *period.of_instants(TrainingOrder.asked_at)
    )
    return int(db.session.scalar(statement) or 0)


def order_ids(district: str, period: Period, *, after: int, limit: int) -> tuple[int, ...]:
    """Return these orders after the one of an id, in the order in which they came."""
    statement = (
        select(TrainingOrder.id)
        .where(
            TrainingOrder.district_code == district,
            TrainingOrder.id > after,
            *period.of_instants(TrainingOrder.asked_at),
        )
        .order_by(TrainingOrder.id)
        .limit(limit)
    )
    return tuple(db.session.scalars(statement))


def _came(held: Held) -> tuple[ColumnElement[bool], ...]:
    return (
        *held.sessions(),
        Attendance.session_id == ClassSession.id,
        Attendance.state.in_(CAME),
        Application.id == Attendance.application_id,
        Application.state == "enrolled",
    )
