"""What becomes of an application later: withdrawing, a clerk's decision, not coming, a batch called off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from skillhub.accounts.queries import people
from skillhub.base import access, audit, clock
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Forbidden, Invalid
from skillhub.courses.errors.applications import ClassOver, Closed, NotBegun, NotUnderReview
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import doors
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import applications as rules
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import ACTIVE, State
from skillhub.courses.service import application_events, messages, seats
from skillhub.courses.service.seats import Leaver

LONGEST_REASON = 500
KEEPS_PLACE = ("batch_cancelled", "to_next_batch")
"""For these reasons a person goes on to the next batch with the time of applying."""
QUEUEING = (State.ENROLLED, State.OFFERED, State.WAITLISTED, State.IN_DRAW)
"""Who holds one of these when a batch goes away stands in the course's line for the next."""


def withdraw(*, actor: Actor, receipt: str) -> str:
    """Withdraw an application and return its receipt; a seat that it held is offered to the first in line.

    Withdrawing twice changes nothing.

    :raises NotFound: no such receipt, or not for this actor.
    :raises ClassOver: the class has ended.
    """
    with_rights(actor, receipt)
    with unit_of_work() as unit:
        return unit.refer(withdraw_in(unit, actor=actor, receipt=receipt))


def with_rights(actor: Actor, receipt: str) -> ApplicationView:
    """Return an application that the actor may withdraw: the person's own, or at a desk of that class.

    :raises NotFound: no such receipt, or not for this actor.
    """
    access.require_role(actor, Role.TRAINEE, Role.SCHOOL, Role.OFFICER, Role.DESK)
    found = queries.application(receipt)
    door = doors.door_by_id(found.batch_id)
    access.require(actor, Right(Role.TRAINEE, person=found.person_id), *door.registrars())
    return found


def withdraw_in(unit: Unit, *, actor: Actor, receipt: str, is_told: bool = True) -> str:
    """Withdraw inside a unit that is shared; the caller has checked rights."""
    batch_id = queries.application(receipt).batch_id
    seats.hold(unit, batch_id=batch_id)
    door = doors.door_by_id(batch_id)
    found = queries.application(receipt)  # again: the row may have changed until the batch was locked
    if not found.is_active:
        return receipt
    now = clock.now()
    ends_at = doors.last_session_ends_at(door.id)
    if ends_at is not None and ends_at <= now:
        raise ClassOver(batch=door.code)
    reason = None if actor.person_id == found.person_id else "withdrawn_by_staff"
    end(unit, actor=actor, found=found, event=Event.WITHDRAW, state=State.WITHDRAWN, reason=reason, now=now)
    seats.leave(unit, door=door, leaver=Leaver(found.state, found.pool))
    if is_told:
        tell(unit, found, door=door, state=State.WITHDRAWN)
    seats.settle(unit, actor=actor, door=door, now=now, is_told=is_told)
    return receipt


def decide(*, actor: Actor, receipt: str, decision: str, reason: str) -> str:
    """Decide on an application under review and return its receipt.

    ``enrol`` gives a seat, or a place in line by its order number; ``refuse`` needs a reason.

    :raises NotFound: no such receipt, or not for this actor.
    :raises NotUnderReview: somebody has decided, or the person has withdrawn.
    :raises Closed: the batch is not running any more.
    """
    decidable(actor, receipt)
    _check_decision(decision, reason)
    with unit_of_work() as unit:
        batch_id = queries.application(receipt).batch_id
        seats.hold(unit, batch_id=batch_id)
        door = doors.door_by_id(batch_id)
        found = queries.application(receipt)
        if found.state != State.UNDER_REVIEW:
            raise NotUnderReview
        now = clock.now()
        state, pool = State.REFUSED, None
        if decision == "enrol":
            if door.state != "published":
                raise Closed(batch=door.code)
            state, pool = seats.place(unit, batch_id=door.id, group=found.group)
        values = {"state": state, "pool": pool, "reasons": _told(reason), "decided_at": now}
        if state is State.WAITLISTED:
            values["line_key"] = seats.key_in_line(door, order_no=found.order_no, receipt=found.receipt)
        unit.session.execute(
            update(Application)
            .where(Application.id == found.id)
            .values(**values)
            .execution_options(**seats.CORE)
        )
        note(unit, actor=actor, found=found, event=Event.DECIDE, state=state, verb=decision, now=now)
        tell(unit, found, door=door, state=state)
        seats.settle(unit, actor=actor, door=door, now=now)
        return unit.refer(receipt)


def decidable(actor: Actor, receipt: str) -> Door:
    """Return the door of the batch of an application that the actor may decide.

    :raises NotFound: no such receipt, or not for this actor.
    :raises Forbidden: it is the actor's own.
    """
    access.require_role(actor, Role.SCHOOL, Role.OFFICER)
    found = queries.application(receipt)
    door = doors.door_by_id(found.batch_id)
    access.require(actor, *door.deciders())
    if actor.person_id == found.person_id:
        raise Forbidden  # nobody decides about oneself
    return door


def no_show(*, actor: Actor, receipt: str) -> str:
    """Take the seat from somebody who did not come, and return the receipt; twice changes nothing.

    The class has begun, so the cut-off is over and nobody is offered the seat.

    :raises NotFound: no such receipt, or not for this actor.
    :raises NotBegun: the first session has not begun.
    :raises ClassOver: the class has ended.
    """
    access.require_role(actor, Role.TRAINER, Role.SCHOOL)
    found = queries.application(receipt)
    access.require(actor, *doors.door_by_id(found.batch_id).teachers())
    with unit_of_work() as unit:
        seats.hold(unit, batch_id=found.batch_id)
        door = doors.door_by_id(found.batch_id)
        found = queries.application(receipt)
        now = clock.now()
        begins_at, ends_at = doors.first_session_at(door.id), doors.last_session_ends_at(door.id)
        if begins_at is None or now < begins_at:
            raise NotBegun(batch=door.code)
        if ends_at is not None and ends_at <= now:
            raise ClassOver(batch=door.code)
        if found.state == State.ENROLLED:
            end(
                unit,
                actor=actor,
                found=found,
                event=Event.LAPSE,
                state=State.LAPSED,
                reason="no_show",
                now=now,
            )
            seats.leave(unit, door=door, leaver=Leaver(found.state, found.pool))
            tell(unit, found, door=door, state=State.LAPSED)
            seats.settle(unit, actor=actor, door=door, now=now)
        return unit.refer(receipt)


def lapse_in(
    unit: Unit,
    *,
    actor: Actor,
    batch_id: int,
    reason: str,
    states: Collection[str] = ACTIVE,
    is_told: bool = True,
) -> int:
    """End the applications of a batch that goes away (`reason` is one of core's codes); return how many.

    The batch's counters follow; its state is the caller's business. Who had a seat or waited
    keeps the time of applying in the course's line. Of what ended long ago nobody is told.
    """
    seats.hold(unit, batch_id=batch_id)
    door = doors.door_by_id(batch_id)
    found = queries.of_batch(batch_id, *states)
    now = clock.now()
    for each in found:
        queues = each.state in QUEUEING and reason in KEEPS_PLACE
        end(
            unit,
            actor=actor,
            found=each,
            event=Event.LAPSE,
            state=State.LAPSED,
            reason=reason,
            now=now,
            queues_since=each.queues_since if queues else None,
        )
        if is_told:
            tell(unit, each, door=door, state=reason if reason == "to_next_batch" else State.LAPSED)
        if each.state in rules.SEATED:
            seats.leave(unit, door=door, leaver=Leaver(each.state, each.pool))
    waiting = sum(each.state == State.WAITLISTED for each in found)
    seats.give_up(unit, batch_id=batch_id, taken=0, waiting=waiting)
    return len(found)


def tell(unit: Unit, found: ApplicationView, *, door: Door, state: str) -> None:
    """Write to the person of an application about its new state."""
    messages.tell(
        unit,
        phone=people.phone_of(found.person_id),
        door=door,
        state=state,
        person_id=found.person_id,
        application_id=found.id,
    )


def end(
    unit: Unit,
    *,
    actor: Actor,
    found: ApplicationView,
    event: Event,
    state: State,
    reason: str | None,
    now: datetime,
    queues_since: datetime | None = None,
) -> None:
    """Write that an application has ended; what it held is given back by the caller."""
    reasons = {"reasons": [seats.stored(reason)]} if reason else {}
    unit.session.execute(
        update(Application)
        .where(Application.id == found.id)
        .values(
            state=state, decided_at=now, offer_until=None, pool=None, queues_since=queues_since, **reasons
        )
        .execution_options(**seats.CORE)
    )
    note(unit, actor=actor, found=found, event=event, state=state, verb=event.value, now=now)


def note(
    unit: Unit,
    *,
    actor: Actor,
    found: ApplicationView,
    event: Event,
    state: State,
    verb: str,
    now: datetime,
) -> None:
    """Write down a change of state: one event for the log of the batch, one line of audit."""
    application_events.record(
        unit,
        Happened(
            batch_id=found.batch_id,
            application_id=found.id,
            event=event,
            state=state,
            group=found.group,
            at=now,
        ),
    )
    audit.record(
        unit,
        actor=actor,
        verb=f"application.{verb}",
        subject=f"application:{found.id}",
        district=found.district,
        batch=found.batch_id,
        before=found.state,
        after=state.value,
    )


def _told(reason: str) -> list[dict[str, str | None]]:
    return [seats.stored("decided", text=reason.strip())] if reason.strip() else []


def _check_decision(decision: str, reason: str) -> None:
    wrong = []
    if decision not in ("enrol", "refuse"):
        wrong.append(FieldError("decision", "not_listed", _l("请选“录取”或“不通过”（enrol 或 refuse）。")))
    if decision == "refuse" and not reason.strip():
        wrong.append(FieldError("reason", "missing", _l("请写明原因，报名的人会看到。")))
    if len(reason) > LONGEST_REASON:
        wrong.append(FieldError("reason", "too_long", _l("太长了，最多500个字。")))
    if wrong:
        raise Invalid(*wrong)
