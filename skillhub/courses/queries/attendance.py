"""Reads about attendance: the marks of one session, and the hours of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.courses.model import Application, Attendance, Batch, ClassSession, Course
from skillhub.courses.rules import attendance as rules
from skillhub.courses.rules.results import Hours


@dataclass(frozen=True, kw_only=True)
class HoursView:
    """What one person was meant to attend, and did; class hours are rounded down."""

    minutes_planned: int
    minutes_present: int
    sessions_planned: int
    sessions_present: int
    hours_present: int


@dataclass(frozen=True, kw_only=True)
class MarkView:
    """How one person's session went, and how that is known."""

    application_id: int
    receipt: str
    state: str
    minutes: int
    method: str
    evidence: str | None
    recorded_at: datetime


@dataclass(frozen=True)
class Plan:
    """What a batch was meant to be: its sessions, and the minutes of their class hours.

    A class hour is so many minutes (45 as a rule), whatever the clock on the wall says:
    a session of four class hours plans 180 minutes, and no one attends more of it.
    """

    sessions: int
    minutes: int


_PLANNED = ClassSession.hours * Course.minutes_per_hour
_COUNTED = case((Attendance.minutes > _PLANNED, _PLANNED), else_=Attendance.minutes)


def plan(batch_id: int) -> Plan:
    """Return how many sessions and minutes a batch has."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(_PLANNED), 0))
        .select_from(ClassSession)
        .join(Batch, Batch.id == ClassSession.batch_id)
        .join(Course, Course.id == Batch.course_id)
        .where(ClassSession.batch_id == batch_id)
    ).one()
    return Plan(int(row[0]), int(row[1]))


def hours_of(batch_id: int, application_ids: Collection[int] | None = None) -> dict[int, Hours]:
    """Return what was planned and attended, for the enrolled of a batch (all, or those named)."""
    planned = plan(batch_id)
    there = func.coalesce(func.sum(_COUNTED), 0)
    present = func.count(Attendance.id).filter(Attendance.state.in_(rules.THERE))
    statement = (
        select(Application.id, there.label("minutes"), present.label("sessions"))
        .join(Batch, Batch.id == Application.batch_id)
        .join(Course, Course.id == Batch.course_id)
        .outerjoin(Attendance, Attendance.application_id == Application.id)
        .outerjoin(ClassSession, ClassSession.id == Attendance.session_id)
        .where(Application.batch_id == batch_id, Application.state == "enrolled")
        .group_by(Application.id)
    )
    if application_ids is not None:
        statement = statement.where(Application.id.in_(application_ids))
    return {
        row.id: Hours(
            minutes_planned=planned.minutes,
            minutes_present=int(row.minutes),
            sessions_planned=planned.sessions,
            sessions_present=row.sessions,
        )
        for row in db.session.execute(statement)
    }


def hours(application_id: int) -> HoursView:
    """Return the hours of one application, whatever has become of it.

    :raises NotFound: there is no such application.
    """
    row = db.session.execute(
        select(Application.batch_id, Course.minutes_per_hour)
        .join(Batch, Batch.id == Application.batch_id)
        .join(Course, Course.id == Batch.course_id)
        .where(Application.id == application_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    marks = db.session.execute(
        select(Attendance.state, _COUNTED.label("minutes"))
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .join(Batch, Batch.id == ClassSession.batch_id)
        .join(Course, Course.id == Batch.course_id)
        .where(Attendance.application_id == application_id)
    ).all()
    planned = plan(row.batch_id)
    present = sum(mark.minutes for mark in marks)
    return HoursView(
        minutes_planned=planned.minutes,
        minutes_present=present,
        sessions_planned=planned.sessions,
        sessions_present=sum(mark.state in rules.THERE for mark in marks),
        hours_present=present // row.minutes_per_hour,
    )


def of_session(session_id: int) -> dict[int, MarkView]:
    """Return the marks of a session by application."""
    statement = (
        select(Attendance, Application.receipt)
        .join(Application, Application.id == Attendance.application_id)
        .where(Attendance.session_id == session_id)
        .order_by(Application.order_no)
    )
    return {
        mark.application_id: MarkView(
            application_id=mark.application_id,
            receipt=receipt,
            state=mark.state,
            minutes=mark.minutes,
            method=mark.method,
            evidence=mark.evidence,
            recorded_at=mark.recorded_at,
        )
        for mark, receipt in db.session.execute(statement).all()
    }
