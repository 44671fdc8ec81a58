"""What becomes of an application later: withdrawing, a clerk's decision, a batch that goes away."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from skillhub.accounts.queries import people
from skillhub.base import access, audit, clock
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Forbidden, Invalid
from skillhub.courses.errors.applications import ClassOver, Closed, NotUnderReview
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import doors
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import applications as rules
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import ACTIVE, State
from skillhub.courses.service import application_events, messages, seats

LONGEST_REASON = 500


def withdraw(*, actor: Actor, receipt: str) -> str:
    """Withdraw an application and return its receipt; a seat that it held goes to the first in line.

    Withdrawing twice changes nothing.

    :raises NotFound: no such receipt, or not for this actor.
    :raises ClassOver: the class has ended.
    """
    with_rights(actor, receipt)
    with unit_of_work() as unit:
        return unit.refer(withdraw_in(unit, actor=actor, receipt=receipt))


def with_rights(actor: Actor, receipt: str) -> queries.ApplicationView:
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
    door = doors.door_by_id(queries.application(receipt).batch_id)
    seats.hold(unit, batch_id=door.id)
    found = queries.application(receipt)  # again: the row may have changed until the batch was locked
    if not found.is_active:
        return receipt
    ends_at = doors.last_session_ends_at(door.id)
    if ends_at is not None and ends_at <= clock.now():
        raise ClassOver(batch=door.code)
    is_own = actor.person_id == found.person_id
    reason = None if is_own else "withdrawn_by_staff"
    _end(unit, actor, found, State.WITHDRAWN, reason)
    seats.leave(unit, actor=actor, door=door, state=found.state, is_told=is_told)
    if is_told:
        messages.tell(
            unit,
            phone=people.phone_of(found.person_id),
            door=door,
            state=State.WITHDRAWN,
            person_id=found.person_id,
            application_id=found.id,
        )
    return receipt


def decide(*, actor: Actor, receipt: str, decision: str, reason: str) -> str:
    """Decide on an application under review and return its receipt.

    ``enrol`` gives a seat, or a place in line by its order number; ``refuse`` needs a reason.

    :raises NotFound: no such receipt, or not for this actor.
    :raises NotUnderReview: somebody has decided, or the person has withdrawn.
    :raises Closed: the batch is not running any more.
    """
    door = decidable(actor, receipt)
    _check_decision(decision, reason)
    with unit_of_work() as unit:
        seats.hold(unit, batch_id=door.id)
        found = queries.application(receipt)
        if found.state != State.UNDER_REVIEW:
            raise NotUnderReview
        state = State.REFUSED
        if decision == "enrol":
            place = seats.admit(unit, batch_id=door.id, order_no=found.order_no)
            if place is None:
                raise Closed(batch=door.code)
            state = place.state
        reasons = [seats.stored("decided", text=reason.strip())] if reason.strip() else []
        unit.session.execute(
            update(Application)
            .where(Application.id == found.id)
            .values(
                state=state,
                reasons=reasons,
                waiting_no=found.order_no if state == State.WAITLISTED else None,
                decided_at=clock.now(),
            )
            .execution_options(synchronize_session=False)
        )
        _note(unit, actor, found, (f"application.{decision}", Event.DECIDE), state)
        messages.tell(
            unit,
            phone=people.phone_of(found.person_id),
            door=door,
            state=state,
            person_id=found.person_id,
            application_id=found.id,
        )
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

    The batch's counters follow; its state is the caller's business. Of what ended long ago nobody is told.
    """
    door = doors.door_by_id(batch_id)
    seats.hold(unit, batch_id=batch_id)
    found = queries.of_batch(batch_id, *states)
    for each in found:
        _end(unit, actor, each, State.LAPSED, reason)
        if is_told:
            messages.tell(
                unit,
                phone=people.phone_of(each.person_id),
                door=door,
                state=State.LAPSED,
                person_id=each.person_id,
                application_id=each.id,
            )
    seats.give_up(
        unit,
        batch_id=batch_id,
        taken=sum(each.state in rules.SEATED for each in found),
        waiting=sum(each.state == State.WAITLISTED for each in found),
    )
    return len(found)


_ENDS = {
    State.WITHDRAWN: ("application.withdraw", Event.WITHDRAW),
    State.LAPSED: ("application.lapse", Event.LAPSE),
}


def _end(unit: Unit, actor: Actor, found: queries.ApplicationView, state: State, reason: str | None) -> None:
    reasons = {"reasons": [seats.stored(reason)]} if reason else {}
    unit.session.execute(
        update(Application)
        .where(Application.id == found.id)
        .values(state=state, decided_at=clock.now(), **reasons)
        .execution_options(synchronize_session=False)
    )
    _note(unit, actor, found, _ENDS[state], state)


def _note(
    unit: Unit, actor: Actor, found: queries.ApplicationView, deed: tuple[str, Event], state: State
) -> None:
    verb, event = deed
    application_events.record(
        unit, Happened(batch_id=found.batch_id, application_id=found.id, event=event, state=state)
    )
    audit.record(
        unit,
        actor=actor,
        verb=verb,
        subject=f"application:{found.id}",
        district=found.district,
        batch=found.batch_id,
        before=found.state,
        after=state.value,
    )
