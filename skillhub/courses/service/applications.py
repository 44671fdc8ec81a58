"""Applying for a batch: for oneself, for somebody at the desk, or from a register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.base import access, audit, clock, ids
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid, NotFound
from skillhub.courses.errors.applications import Closed, NotOpen, TooManyApplications
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import doors
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import applications as rules
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import Standing, State
from skillhub.courses.service import application_events, messages, seats
from skillhub.courses.service.changes import decide, lapse_in, withdraw, withdraw_in
from skillhub.districts import queries as districts

__all__ = ["Applied", "apply", "apply_in", "apply_or_find", "decide", "lapse_in", "withdraw", "withdraw_in"]


@dataclass(frozen=True)
class Applied:
    """The receipt of an application, and whether it was made now or before."""

    receipt: str
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What is written down about a new application besides its place."""

    person_id: int
    channel: str
    registered_by_id: int | None = None
    registered_by: str | None = None
    promised_employer_id: int | None = None
    historic_number: str | None = None
    is_unsubsidised: bool = False
    phone: str | None = None


def apply(
    *, actor: Actor, batch: str, person: str | None = None, channel: str, is_unsubsidised: bool = False
) -> str:
    """Apply for a batch and return the receipt; see `apply_or_find`."""
    found = apply_or_find(
        actor=actor, batch=batch, person=person, channel=channel, is_unsubsidised=is_unsubsidised
    )
    return found.receipt


def apply_or_find(
    *, actor: Actor, batch: str, person: str | None = None, channel: str, is_unsubsidised: bool = False
) -> Applied:
    """Apply for oneself, or for the person of a handle, and say whether the application is new.

    Who holds an active application gets that one back. Of two at the same moment the
    unique index lets one in; the other looks again and finds it.

    :raises NotFound: no such batch or person, or not for this actor.
    :raises NotOpen: enrolment has not begun.
    :raises Closed: enrolment is over.
    :raises TooManyApplications: more than ten by this account within a minute.
    """
    door = doors.visible(actor, batch)
    applicant, role = _applicant(actor, door, person)
    standing = _standing(door, applicant)
    entry = _Entry(
        person_id=applicant.id,
        channel=channel,
        registered_by_id=actor.person_id if role else None,
        registered_by=role,
        is_unsubsidised=is_unsubsidised,
        phone=people.phone_of(applicant.id),
    )
    for is_last in (False, True):
        try:
            return _apply_once(actor, door, entry, standing)
        except IntegrityError as error:
            if is_last or "kept_call" in str(error.orig):
                raise
    raise AssertionError  # the loop returns or raises


def _apply_once(actor: Actor, door: Door, entry: _Entry, standing: Standing) -> Applied:
    since = clock.now() - timedelta(minutes=1)
    held = queries.held(person_id=entry.person_id, batch_id=door.id, since=since)
    with unit_of_work() as unit:
        if held.receipt is not None:
            return Applied(unit.refer(held.receipt), is_new=False)
        if entry.registered_by is None and held.recent >= rules.MOST_A_MINUTE:
            raise TooManyApplications
        return Applied(unit.refer(_enter(unit, actor, door, entry, standing)), is_new=True)


def apply_in(
    unit: Unit,
    *,
    actor: Actor,
    batch_id: int,
    person_id: int,
    channel: str,
    registered_by: str | None = None,
    promised_employer_id: int | None = None,
    historic_number: str | None = None,
    is_unsubsidised: bool = False,
) -> str:
    """Apply inside a unit that is shared, without a message, and return the receipt.

    The caller has checked rights. An active application of the person is returned as it is.

    :raises NotOpen: enrolment has not begun.
    :raises Closed: enrolment is over.
    """
    door = doors.door_by_id(batch_id)
    held = queries.held(person_id=person_id, batch_id=batch_id, since=clock.now())
    if held.receipt is not None:
        return held.receipt
    entry = _Entry(
        person_id=person_id,
        channel=channel,
        registered_by_id=None if actor.person_id == person_id else actor.person_id,
        registered_by=registered_by,
        promised_employer_id=promised_employer_id,
        historic_number=historic_number,
        is_unsubsidised=is_unsubsidised,
    )
    return _enter(unit, actor, door, entry, _standing(door, people.person(person_id)))


def _applicant(actor: Actor, door: Door, handle: str | None) -> tuple[PersonView, str | None]:
    """Return who is to be let in and, where somebody else registers, that one's role."""
    registrar = next((right.role.value for right in door.registrars() if right.held_by(actor)), None)
    if actor.system is None and registrar is None:
        access.require(actor, Right(Role.TRAINEE, person=actor.person_id or doors.NOBODY), *door.registrars())
    own = people.person(actor.person_id) if actor.person_id is not None else None
    if own is not None and handle in (None, own.handle) and actor.has(Role.TRAINEE):
        return own, None
    if handle is None:
        raise Invalid(FieldError("person", "missing", _l("请写明替谁报名。")))
    access.require(actor, *door.registrars())
    doors.require_walk_ins(actor, door)
    found = people.by_handle(handle)
    if actor.system is None and found.district != door.district:
        raise NotFound
    return found, registrar or actor.system


def _standing(door: Door, person: PersonView) -> Standing:
    today = clock.today(districts.district(door.district).zone)
    return rules.standing(birth_on=person.birth_on, has_identity=people.has_identity(person.id), on=today)


def _enter(unit: Unit, actor: Actor, door: Door, entry: _Entry, standing: Standing) -> str:
    """Decide on a newcomer: one conditional statement, one row, one line of audit, one message."""
    now = clock.now()
    place = seats.arrive(unit, batch_id=door.id, now=now, seeks=standing.held is None)
    if place is None:
        is_early = door.state == "draft" or (door.state == "published" and now < door.opens_at)
        raise (NotOpen if is_early else Closed)(batch=door.code)
    state = standing.held or place.state
    receipt = ids.secret()
    application_id = unit.session.scalar(
        insert(Application)
        .values(
            receipt=receipt,
            batch_id=door.id,
            person_id=entry.person_id,
            order_no=place.order_no,
            waiting_no=place.order_no if state == State.WAITLISTED else None,
            state=state,
            reasons=[seats.stored(why.code, why.clause) for why in standing.reasons],
            channel=entry.channel,
            is_unsubsidised=entry.is_unsubsidised,
            promised_employer_id=entry.promised_employer_id,
            registered_by_id=entry.registered_by_id,
            registered_by=entry.registered_by,
            applied_at=now,
            decided_at=now,
            historic_number=entry.historic_number,
        )
        .returning(Application.id)
    )
    application_events.record(
        unit,
        Happened(batch_id=door.id, application_id=application_id, event=Event.APPLY, state=state, at=now),
    )
    subject = f"application:{application_id}"
    facts = {"batch": door.id, "person": entry.person_id, "state": state.value, "order_no": place.order_no}
    audit.record(
        unit, actor=actor, verb="application.apply", subject=subject, district=door.district, **facts
    )
    messages.tell(
        unit,
        phone=entry.phone,
        door=door,
        state=state,
        person_id=entry.person_id,
        application_id=application_id,
    )
    return receipt
