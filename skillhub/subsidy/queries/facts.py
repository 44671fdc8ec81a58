"""Gathers, from the floors below, the facts that a district's rules may see about one training."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from skillhub import plugins
from skillhub.accounts.queries import people
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.courses.queries import attendance, batches, orders, results
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.attendance import HoursView
from skillhub.courses.queries.batches import BatchView
from skillhub.credentials.queries import certificates
from skillhub.credit.queries import engagements
from skillhub.subsidy.model import Claim, ClaimPerson
from skillhub.subsidy.rules.decisions import Verdict
from skillhub.subsidy.rules.steps import USES_A_CHANCE


def of_application(application: ApplicationView, on: date) -> dict[str, Any]:
    """Return the facts of a training that a person has applied for."""
    batch = batches.batch_by_id(application.batch_id)
    hours = attendance.hours(application.id)
    return _facts(application.person_id, batch, on) | {
        "attendance": _attendance(batch, hours),
        "marks": _marks(application.id),
        "certificate": _certificate(application.id),
        "engagement": _engagement(application.person_id, batch),
    }


def before_applying(person_id: int, batch: BatchView, on: date) -> dict[str, Any]:
    """Return the facts as if the training were attended in full; marks and certificate are still missing."""
    planned = sum(each.hours for each in batch.sessions) * batch.course.minutes_per_hour
    return _facts(person_id, batch, on) | {
        "attendance": plugins.Attendance(
            minutes_planned=planned,
            minutes_present=planned,
            sessions_planned=len(batch.sessions),
            sessions_present=len(batch.sessions),
        ),
        "marks": plugins.Marks(),
        "certificate": None,
        "engagement": None,
    }


def chances_used(person_id: int, year: int, except_application: int | None = None) -> int:
    """Return how many subsidies a person has used in a year, whoever was paid."""
    statement = paid(literal(person_id), literal(date(year, 1, 1)), literal(date(year, 12, 31)))
    if except_application is not None:
        statement = statement.where(ClaimPerson.application_id != except_application)
    return int(db.session.scalar(statement) or 0)


def paid(person: ColumnElement[int], first: ColumnElement[date], last: ColumnElement[date]) -> Select[int]:
    """Return the statement that counts the subsidies that a person used between two days, both included."""
    return (
        select(func.count())
        .select_from(ClaimPerson)
        .join(Claim, Claim.id == ClaimPerson.claim_id)
        .where(
            ClaimPerson.person_id == person,
            ClaimPerson.verdict == Verdict.PAID.value,
            Claim.state.in_([state.value for state in USES_A_CHANCE]),
            Claim.rules_on >= first,
            Claim.rules_on <= last,
        )
    )


def _facts(person_id: int, batch: BatchView, on: date) -> dict[str, Any]:
    person = people.person(person_id)
    course = batch.course
    return {
        "person": plugins.Person(
            handle=person.handle,
            birth_on=person.birth_on,
            sex=person.sex,
            groups=tuple(person.groups),
            district=person.district,
        ),
        "course": plugins.Course(
            code=course.code,
            name=course.name,
            trade=course.trade,
            occupation=course.occupation,
            level=course.level,
            theory_hours=course.theory_hours,
            practice_hours=course.practice_hours,
            minutes_per_hour=course.minutes_per_hour,
        ),
        "batch": plugins.Batch(
            code=batch.code,
            starts_on=batch.starts_on,
            ends_on=batch.ends_on,
            order=batch.order.code if batch.order else None,
            seats=batch.seats,
        ),
        "on": on,
    }


def _attendance(batch: BatchView, hours: HoursView) -> plugins.Attendance:
    """Return what was attended; before the first session, what will be if nothing is missed."""
    is_ahead = bool(batch.sessions) and min(each.starts_at for each in batch.sessions) > clock.now()
    return plugins.Attendance(
        minutes_planned=hours.minutes_planned,
        minutes_present=hours.minutes_planned if is_ahead else hours.minutes_present,
        sessions_planned=hours.sessions_planned,
        sessions_present=hours.sessions_planned if is_ahead else hours.sessions_present,
    )


def _marks(application_id: int) -> plugins.Marks:
    found = results.result(application_id)
    return plugins.Marks(theory=found.theory, practice=found.practice) if found else plugins.Marks()


def _certificate(application_id: int) -> plugins.Certificate | None:
    found = certificates.of_application(application_id)
    if found is None or found.status != "valid":
        return None
    return plugins.Certificate(
        number=found.number,
        issued_on=found.issued_on,
        trade=found.stored["trade"],
        level=found.stored.get("level"),
    )


def _engagement(person_id: int, batch: BatchView) -> plugins.Engagement | None:
    found = engagements.first_hire(person_id, batch.id)
    if found is None:
        return None
    return plugins.Engagement(
        started_on=found.started_on,
        days=found.days_worked or 0,
        order=orders.order_by_id(found.order_id).code if found.order_id else None,
    )
