"""Reads about applications: one by its receipt, those of a person, the roster of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from skillhub.accounts.queries import people
from skillhub.base import access
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.courses.errors.applications import REASON_TEXTS
from skillhub.courses.model import Application, Batch, Course
from skillhub.courses.queries import attendance, doors
from skillhub.courses.queries.attendance import HoursView, hours
from skillhub.courses.rules import applications as rules
from skillhub.courses.rules.applications import ACTIVE, State
from skillhub.courses.rules.results import Hours

__all__ = [
    "ApplicationView",
    "HoursView",
    "ReasonView",
    "RosterRow",
    "application",
    "by_ids",
    "hours",
    "of_batch",
    "of_person",
    "reasons",
    "roster",
    "visible",
]


@dataclass(frozen=True)
class ReasonView:
    """Why an application stands where it stands, in the reader's language where the words are core's."""

    code: str
    clause: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class ApplicationView:
    """One application as its person and the staff see it; `position` only among those waiting."""

    id: int
    receipt: str
    batch_id: int
    batch: str
    district: str
    course_name: str
    person_id: int
    order_no: int
    group: str | None
    pool: str | None
    queues_since: datetime | None
    carried_from_id: int | None
    state: str
    position: int | None
    reasons: tuple[ReasonView, ...]
    channel: str | None
    is_unsubsidised: bool
    promised_employer_id: int | None
    registered_by_id: int | None
    registered_by: str | None
    consent: str | None
    invite: str | None
    applied_at: datetime
    decided_at: datetime
    offer_until: datetime | None
    historic_number: str | None

    @property
    def word(self) -> str:
        """The state in the reader's words; who waits is told the place in line."""
        if self.position is not None:
            return str(gettext("候补第%(n)s位", n=self.position))
        return str(rules.WORDS[self.state][0])

    @property
    def kind(self) -> str:
        """The kind of status mark beside the word."""
        return rules.WORDS[self.state][1]

    @property
    def is_active(self) -> bool:
        """Tell whether the person still takes part, waits or is being decided on."""
        return self.state in ACTIVE


@dataclass(frozen=True)
class RosterRow:
    """One line of a batch's list: who, where the application stands, and the hours of the enrolled."""

    application: ApplicationView
    person: people.PersonView
    hours: Hours | None


def reasons(stored: Sequence[Mapping[str, Any]]) -> tuple[ReasonView, ...]:
    """Return the reasons that are kept with an application, in the reader's language."""
    return tuple(
        ReasonView(
            code=each["code"],
            clause=each.get("clause"),
            text=str(REASON_TEXTS[each["code"]]) if each["code"] in REASON_TEXTS else each["text"],
        )
        for each in stored
    )


def _select() -> Select[Application, str, str, str, int | None]:
    other = aliased(Application)
    before = (
        select(func.count())
        .select_from(other)
        .where(
            other.batch_id == Application.batch_id,
            other.state == State.WAITLISTED,
            other.line_key < Application.line_key,
        )
        .correlate(Application)
        .scalar_subquery()
    )
    position: ColumnElement[int | None] = case(
        (Application.state == State.WAITLISTED, before + 1), else_=None
    )
    return (
        select(Application, Batch.code, Batch.district_code, Course.name, position)
        .join(Batch, Batch.id == Application.batch_id)
        .join(Course, Course.id == Batch.course_id)
    )


_APPLICATIONS = _select()  # put together once, since applying and every list begin with it
_WITH_DOOR = (
    _APPLICATIONS.add_columns(*doors.COLUMNS)
    .where(Application.receipt == bindparam("the_receipt"))
    .execution_options(populate_existing=True)
)  # put together once: every application is answered with it


def _view(
    row: Application, code: str, district: str, course_name: str, position: int | None
) -> ApplicationView:
    return ApplicationView(
        id=row.id,
        receipt=row.receipt,
        batch_id=row.batch_id,
        batch=code,
        district=district,
        course_name=course_name,
        person_id=row.person_id,
        order_no=row.order_no,
        group=row.group_code,
        pool=row.pool,
        queues_since=row.queues_since,
        carried_from_id=row.carried_from_id,
        state=row.state,
        position=position,
        reasons=reasons(row.reasons),
        channel=row.channel,
        is_unsubsidised=row.is_unsubsidised,
        promised_employer_id=row.promised_employer_id,
        registered_by_id=row.registered_by_id,
        registered_by=row.registered_by,
        consent=row.consent,
        invite=row.invite,
        applied_at=row.applied_at,
        decided_at=row.decided_at,
        offer_until=row.offer_until,
        historic_number=row.historic_number,
    )


def _views(statement: Select[Application, str, str, str, int | None]) -> tuple[ApplicationView, ...]:
    rows = db.session.execute(statement.execution_options(populate_existing=True))
    return tuple(_view(*row) for row in rows)


def application(receipt: str) -> ApplicationView:
    """Return an application, whoever asks (the caller has checked rights).

    :raises NotFound: there is no such receipt.
    """
    found = _views(_APPLICATIONS.where(Application.receipt == receipt))
    if not found:
        raise NotFound
    return found[0]


def visible(actor: Actor, receipt: str) -> ApplicationView:
    """Return an application that the actor may see: the person's own, or of the staff of that class.

    :raises NotFound: no such receipt, or not for this actor.
    """
    access.require_role(actor, Role.TRAINEE, Role.TRAINER, Role.SCHOOL, Role.DESK, Role.OFFICER, Role.AUDITOR)
    row = db.session.execute(_WITH_DOOR, {"the_receipt": receipt}).one_or_none()
    if row is None:
        raise NotFound
    count = len(doors.COLUMNS)
    found = _view(*row[:-count])
    names = [column.key for column in doors.COLUMNS]
    door = doors.of_row(dict(zip(names, row[-count:], strict=True)))
    access.require(
        actor,
        Right(Role.TRAINEE, person=found.person_id),
        Right(Role.DESK, district=found.district),
        *door.readers(),
    )
    return found


def by_ids(application_ids: Iterable[int]) -> dict[int, ApplicationView]:
    """Return applications by id."""
    found = _views(_APPLICATIONS.where(Application.id.in_(tuple(application_ids))))
    return {each.id: each for each in found}


def of_person(person_id: int) -> tuple[ApplicationView, ...]:
    """Return all applications of a person, the newest first."""
    return _views(_APPLICATIONS.where(Application.person_id == person_id).order_by(Application.id.desc()))


def of_batch(batch_id: int, *states: str) -> tuple[ApplicationView, ...]:
    """Return the applications for a batch in arrival order, all or those in some states."""
    statement = _APPLICATIONS.where(Application.batch_id == batch_id).order_by(Application.order_no)
    return _views(statement.where(Application.state.in_(states)) if states else statement)


def roster(batch_id: int) -> tuple[RosterRow, ...]:
    """Return everybody who applied for a batch, in arrival order, with the hours of the enrolled."""
    applications = of_batch(batch_id)
    persons = people.many([each.person_id for each in applications])
    attended = attendance.hours_of(batch_id)
    return tuple(RosterRow(each, persons[each.person_id], attended.get(each.id)) for each in applications)
