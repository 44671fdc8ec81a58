"""Applying for a batch: for oneself, for somebody at the desk, or from a register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from skillhub.base import access, clock, idempotency
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid, NotFound
from skillhub.courses.errors.applications import Closed, NotOpen, TooManyApplications
from skillhub.courses.queries import admissions, doors
from skillhub.courses.queries import plans as plan_queries
from skillhub.courses.queries.admissions import Look
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import admission, consents
from skillhub.courses.rules import applications as rules
from skillhub.courses.rules.allocation import Mode
from skillhub.courses.rules.applications import Standing, State, Why
from skillhub.courses.service import arrivals, rulings, seats
from skillhub.courses.service.arrivals import Arrival, Newcomer
from skillhub.courses.service.changes import decide, lapse_in, withdraw, withdraw_in
from skillhub.courses.service.rulings import Asked

__all__ = ["Applied", "apply", "apply_in", "apply_or_find", "decide", "lapse_in", "withdraw", "withdraw_in"]

MOST_ASKED = 3
"""So often a district is asked again because its facts have changed meanwhile."""


@dataclass(frozen=True)
class Applied:
    """The receipt of an application, and what it came to if it was made now and not before."""

    receipt: str
    made: Arrival | None = None

    @property
    def is_new(self) -> bool:
        """Tell whether it was made now."""
        return self.made is not None


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Who wants what: the look that is taken, and again taken, and what came with the request."""

    actor: Actor
    batch: str
    person: str | None
    channel: str
    is_unsubsidised: bool
    consent: str | None
    invite: str | None

    def look(self) -> Look:
        """Look at batch and person now."""
        who = (
            admissions.of_handle(self.person)
            if self.person is not None
            else admissions.of_person(self.actor.person_id or doors.NOBODY)
        )
        return admissions.look(batch=admissions.of_code(self.batch), person=who, call=idempotency.current())


class _FactsChanged(Exception):
    """What the district was told is no longer so."""


def apply(*, actor: Actor, batch: str, person: str | None = None, channel: str, **more: Any) -> str:
    """Apply for a batch and return the receipt; see `apply_or_find`."""
    return apply_or_find(actor=actor, batch=batch, person=person, channel=channel, **more).receipt


def apply_or_find(
    *,
    actor: Actor,
    batch: str,
    person: str | None = None,
    channel: str,
    is_unsubsidised: bool = False,
    consent: str | None = None,
    invite: str | None = None,
) -> Applied:
    """Apply for oneself, or for the person of a handle, and say whether the application is new.

    Who holds an active application gets that one back. Of two at the same moment the
    unique index lets one in; the other looks again and finds it. The key of the call
    that is being carried out is kept with the application.

    :param consent: how a person agreed for whom somebody else applies.
    :param invite: who invited the person; it changes nothing in the order.
    :raises NotFound: no such batch or person, or not for this actor.
    :raises NotOpen: enrolment has not begun.
    :raises Closed: enrolment is over.
    :raises Invalid: nobody is named, or the consent is none that we know.
    :raises TooManyApplications: more than ten by this account within a minute.
    :raises idempotency.Repeated: this very call was carried out before.
    """
    consents.check(consent)
    wanted = _Wanted(
        actor=actor,
        batch=batch,
        person=person,
        channel=channel,
        is_unsubsidised=is_unsubsidised,
        consent=consent,
        invite=invite,
    )
    _check_named(wanted)
    seen = wanted.look()
    registrar = _registrar(wanted, seen)
    if seen.kept is not None:
        raise idempotency.Repeated(seen.kept)
    return _apply_by_rules(wanted, seen, registrar)


def _apply_by_rules(wanted: _Wanted, seen: Look, registrar: str | None) -> Applied:
    """Ask the district and apply; ask again if its facts have changed, and then let a clerk decide."""
    for tries in range(MOST_ASKED + 1):
        asked = rulings.ask(seen) if tries < MOST_ASKED else None
        try:
            return _apply_once(wanted, seen, registrar, asked)
        except _FactsChanged:
            seen = wanted.look()
        except IntegrityError as error:
            if tries or "call" in str(error.orig):
                raise
            seen = wanted.look()
    raise AssertionError  # the last turn asks nobody, so nothing can have changed since


def _apply_once(wanted: _Wanted, seen: Look, registrar: str | None, asked: Asked | None) -> Applied:
    if seen.held is None:
        _check_hours(seen.door)
        if registrar is None and seen.recent >= rules.MOST_A_MINUTE:
            raise TooManyApplications
    with unit_of_work(is_one_statement=arrivals.is_one_statement(seen.door)) as unit:
        if seen.held is not None:
            return Applied(unit.refer(seen.held))
        if rulings.has_changed(seen, asked):  # a new day has begun
            raise _FactsChanged
        arrival = arrivals.enter(unit, actor=wanted.actor, newcomer=_newcomer(wanted, seen, registrar, asked))
        if arrival is None:
            if rulings.has_changed(wanted.look(), asked):
                raise _FactsChanged
            raise Closed(batch=seen.door.code)
        call = idempotency.current()
        if call is not None:
            call.is_kept = True  # the application's own row keeps the key
        return Applied(unit.refer(arrival.receipt), arrival)


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

    The caller has checked rights; of the rules only age and papers are asked. An active
    application of the person is returned as it is.

    :raises NotOpen: enrolment has not begun.
    :raises Closed: enrolment is over.
    """
    seen = admissions.look(batch=admissions.of_id(batch_id), person=admissions.of_person(person_id))
    if seen.held is not None:
        return seen.held
    _check_hours(seen.door)
    standing = admission.by_age_and_papers(
        birth_on=seen.known.birth_on, has_identity=seen.known.has_identity, on=rulings.today(seen)
    )
    details = _details(channel=channel, is_unsubsidised=is_unsubsidised) | {
        "registered_by_id": None if actor.person_id == person_id else actor.person_id,
        "registered_by": registered_by,
        "promised_employer_id": promised_employer_id,
        "historic_number": historic_number,
    }
    arrival = arrivals.enter(unit, actor=actor, newcomer=_arriving(seen, standing, details, is_told=False))
    return _entered(seen.door, arrival).receipt


def _check_named(wanted: _Wanted) -> None:
    """Refuse who applies for nobody: without a handle one applies for oneself, as a trainee."""
    is_own = wanted.actor.person_id is not None and wanted.actor.has(Role.TRAINEE)
    if wanted.person is not None or is_own:
        return
    door = doors.visible(wanted.actor, wanted.batch)
    access.require(
        wanted.actor, Right(Role.TRAINEE, person=wanted.actor.person_id or doors.NOBODY), *door.registrars()
    )
    raise Invalid(FieldError("person", "missing", _l("请写明替谁报名。")))


def _registrar(wanted: _Wanted, seen: Look) -> str | None:
    """Return the role in which the actor applies for somebody else, None for oneself.

    :raises NotFound: the batch or the person is none of the actor's.
    :raises Forbidden: the actor registers nobody.
    """
    actor, door = wanted.actor, seen.door
    if door.state == "draft" and not access.may(actor, *door.readers()):
        raise NotFound
    if seen.person_id == actor.person_id and actor.has(Role.TRAINEE):
        return None
    access.require(actor, *door.registrars())
    doors.require_walk_ins(actor, door)
    if actor.system is None and seen.district != door.district:
        raise NotFound
    return next((right.role.value for right in door.registrars() if right.held_by(actor)), actor.system)


def _check_hours(door: Door) -> None:
    """Refuse early, without a lock; the statement that counts the arrival has the last word."""
    now = clock.now()
    if door.state == "draft" or (door.state == "published" and now < door.opens_at):
        raise NotOpen(batch=door.code)
    if door.state != "published" or now >= door.closes_at:
        raise Closed(batch=door.code)


def _newcomer(wanted: _Wanted, seen: Look, registrar: str | None, asked: Asked | None) -> Newcomer:
    if asked is None:
        standing = Standing(State.UNDER_REVIEW, (Why("facts_changed"),))
    else:
        standing = admission.standing(
            rulings.conditions(seen, asked),
            is_unsubsidised=wanted.is_unsubsidised,
            allows_unsubsidised=asked.ruling.allows_unsubsidised,
        )
    call = idempotency.current()
    details = _details(channel=wanted.channel, is_unsubsidised=wanted.is_unsubsidised) | {
        "registered_by_id": wanted.actor.person_id if registrar else None,
        "registered_by": registrar,
        "consent": wanted.consent,
        "invite": wanted.invite,
        "ruling": asked.kept if asked else None,
        "call_actor": call.actor if call else None,
        "call_key": call.key if call else None,
        "call_route": call.route if call else None,
        "call_sha256": call.body_sha256 if call else None,
    }
    told = seen.facts if asked is not None and asked.sha256 is not None else None
    return _arriving(seen, standing, details, is_told=True, told=told)


def _details(*, channel: str, is_unsubsidised: bool) -> dict[str, object]:
    return {"channel": channel, "is_unsubsidised": is_unsubsidised}


def _arriving(
    seen: Look,
    standing: Standing,
    details: dict[str, object],
    *,
    is_told: bool,
    told: dict[str, Any] | None = None,
) -> Newcomer:
    group = None
    if seen.door.mode != Mode.FIRST_COME:
        group = plan_queries.plan_of(seen.door.id).plan.group_of(seen.known.groups)
    return Newcomer(
        door=seen.door,
        person_id=seen.person_id,
        phone=seen.phone,
        is_told=is_told,
        group=group,
        held=standing.held,
        reasons=[seats.stored(why.code, why.clause, why.text) for why in standing.reasons],
        details=details,
        now=clock.now(),
        told=told,
    )


def _entered(door: Door, arrival: Arrival | None) -> Arrival:
    if arrival is None:
        raise Closed(batch=door.code)
    return arrival
