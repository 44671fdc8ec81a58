"""Offers of a freed seat: accepting, declining, and letting those lapse that nobody answered."""

from __future__ import annotations

from sqlalchemy import select, update

from skillhub.base import access, clock
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, db, unit_of_work
from skillhub.courses.errors.applications import NoOffer, OfferOver
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import doors, lines
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.rules.application_events import Event
from skillhub.courses.rules.applications import State
from skillhub.courses.service import changes, seats
from skillhub.courses.service.seats import Leaver

AT_ONCE = 50
_ENDS = {
    Event.DECLINE: (State.WITHDRAWN, "declined", "withdrawn"),
    Event.LAPSE: (State.LAPSED, "offer_lapsed", "offer_lapsed"),
}
"""The state, the reason and the message of an offer that is not taken."""


def accept(*, actor: Actor, receipt: str) -> str:
    """Accept an offered seat and return the receipt; accepting twice changes nothing.

    Who accepts leaves the lines of the course's other batches.

    :raises NotFound: no such receipt, or not for this actor.
    :raises NoOffer: nothing is offered.
    :raises OfferOver: the time for an answer is over.
    """
    answerable(actor, receipt)
    with unit_of_work() as unit:
        return unit.refer(accept_in(unit, actor=actor, receipt=receipt))


def accept_in(unit: Unit, *, actor: Actor, receipt: str, is_told: bool = True) -> str:
    """Accept inside a unit that is shared; the caller has checked rights. See `accept`."""
    seen = queries.application(receipt)
    others = lines.elsewhere(seen)
    seats.hold(unit, batch_id=seen.batch_id, also=[each.batch_id for each in others])
    found = queries.application(receipt)
    if found.state == State.ENROLLED:
        return receipt
    _check_stands(found)
    now = clock.now()
    unit.session.execute(
        update(Application)
        .where(Application.id == found.id)
        .values(state=State.ENROLLED, decided_at=now, offer_until=None, reasons=[])
        .execution_options(**seats.CORE)
    )
    changes.note(
        unit, actor=actor, found=found, event=Event.ACCEPT, state=State.ENROLLED, verb="accept", now=now
    )
    if is_told:
        changes.tell(unit, found, door=doors.door_by_id(found.batch_id), state=State.ENROLLED)
    for each in others:
        _leave_line(unit, actor, each)
    return receipt


def decline(*, actor: Actor, receipt: str) -> str:
    """Decline an offered seat and return the receipt; it goes to the next. Declining twice changes nothing.

    :raises NotFound: no such receipt, or not for this actor.
    :raises NoOffer: nothing is offered.
    """
    answerable(actor, receipt)
    with unit_of_work() as unit:
        batch_id = queries.application(receipt).batch_id
        seats.hold(unit, batch_id=batch_id)
        found = queries.application(receipt)
        if found.state == State.WITHDRAWN:
            return unit.refer(receipt)
        if found.state != State.OFFERED:
            raise NoOffer
        _give_back(unit, actor, found, Event.DECLINE)
        return unit.refer(receipt)


def answerable(actor: Actor, receipt: str) -> ApplicationView:
    """Return an application whose offer the actor may answer: the person's own, or at a desk.

    :raises NotFound: no such receipt, or not for this actor.
    """
    access.require_role(actor, Role.TRAINEE, Role.SCHOOL, Role.OFFICER, Role.DESK)
    found = queries.application(receipt)
    door = doors.door_by_id(found.batch_id)
    access.require(actor, Right(Role.TRAINEE, person=found.person_id), *door.registrars())
    return found


def lapse_overdue(*, actor: Actor) -> int:
    """End the offers that nobody answered in time, pass the seats on, and return how many there were."""
    count = 0
    overdue = db.session.scalars(
        select(Application.receipt)
        .where(Application.state == State.OFFERED, Application.offer_until <= clock.now())
        .order_by(Application.offer_until, Application.id)
        .limit(AT_ONCE)
    ).all()
    for receipt in overdue:
        with unit_of_work() as unit:
            batch_id = queries.application(receipt).batch_id
            seats.hold(unit, batch_id=batch_id)
            found = queries.application(receipt)
            if found.state == State.OFFERED and found.offer_until and found.offer_until <= clock.now():
                _give_back(unit, actor, found, Event.LAPSE)
                count += 1
    return count


def _check_stands(found: ApplicationView) -> None:
    if found.state == State.LAPSED and any(each.code == "offer_lapsed" for each in found.reasons):
        raise OfferOver
    if found.state != State.OFFERED:
        raise NoOffer
    if found.offer_until is not None and found.offer_until <= clock.now():
        raise OfferOver


def _give_back(unit: Unit, actor: Actor, found: ApplicationView, event: Event) -> None:
    """End an offer that was declined or not answered, and pass the seat on."""
    now = clock.now()
    door = doors.door_by_id(found.batch_id)
    state, reason, told = _ENDS[event]
    changes.end(unit, actor=actor, found=found, event=event, state=state, reason=reason, now=now)
    seats.leave(unit, door=door, leaver=Leaver(found.state, found.pool))
    changes.tell(unit, found, door=door, state=told)
    seats.settle(unit, actor=actor, door=door, now=now)


def _leave_line(unit: Unit, actor: Actor, seen: ApplicationView) -> None:
    """Take somebody out of another batch's line; the batch's row is locked."""
    found = queries.application(seen.receipt)
    if found.state not in (State.WAITLISTED, State.OFFERED):
        return
    now = clock.now()
    door = doors.door_by_id(found.batch_id)
    changes.end(
        unit,
        actor=actor,
        found=found,
        event=Event.WITHDRAW,
        state=State.WITHDRAWN,
        reason="placed_elsewhere",
        now=now,
    )
    seats.leave(unit, door=door, leaver=Leaver(found.state, found.pool))
    seats.settle(unit, actor=actor, door=door, now=now)
