"""Carries those who wait for a course from one batch into the next, to the head of its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from skillhub.accounts.queries import people
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import doors, lines
from skillhub.courses.queries import plans as plan_queries
from skillhub.courses.queries.doors import Door
from skillhub.courses.queries.lines import Queuer
from skillhub.courses.rules import plans
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import State
from skillhub.courses.service import application_events, changes, messages, seats
from skillhub.courses.service.seats import Leaver

AT_ONCE = 50


def take_over_in(unit: Unit, *, actor: Actor, batch_id: int) -> int:
    """Let everybody who waits for the course stand at the head of a batch's line; return how many.

    For the unit in which the batch is published: nobody else can have come before.
    """
    seats.hold(unit, batch_id=batch_id)
    door = doors.door_by_id(batch_id)
    waiting = lines.queuers(door.course_id, target_id=batch_id, is_over=False)
    for each in waiting:
        _carry(unit, actor, door, each)
    _end_old(unit, actor, [each for each in waiting if each.state == State.LAPSED])
    return len(waiting)


def carry_over(*, actor: Actor) -> int:
    """Carry those over whose own batch passes no seats on any more, where there is a next; count them."""
    count = 0
    for course_id in lines.courses_with_a_line():
        count += _end_doubles(actor, lines.settled_elsewhere(course_id))
        target = lines.next_batch(course_id)
        if target is not None:
            count += _into(actor, course_id, target)
    return count


def _into(actor: Actor, course_id: int, target: int) -> int:
    seen = lines.queuers(course_id, target_id=target, is_over=True)[:AT_ONCE]
    if not seen:
        return 0
    with unit_of_work() as unit:
        seats.hold(unit, batch_id=target, also=[each.batch_id for each in seen])
        door = doors.door_by_id(target)
        if door.state != "published" or door.cut_off <= clock.now():
            return 0
        waiting = lines.queuers(course_id, target_id=target, is_over=True)[:AT_ONCE]
        held = {each.batch_id for each in seen}
        for each in waiting:
            if each.batch_id in held:
                _carry(unit, actor, door, each)
        _end_old(unit, actor, [each for each in waiting if each.batch_id in held])
    return len(waiting)


def _carry(unit: Unit, actor: Actor, door: Door, queuer: Queuer) -> None:
    """Write an application into the batch whose row is locked, and offer what is free."""
    now = clock.now()
    group = plan_queries.plan_of(door.id).plan.group_of(people.person(queuer.person_id).groups)
    order_no = unit.session.execute(
        update(Batch)
        .where(Batch.id == door.id)
        .values(arrivals=Batch.arrivals + 1)
        .returning(Batch.arrivals)
        .execution_options(**seats.CORE)
    ).scalar_one()
    application_id = unit.session.scalar(
        insert(Application)
        .values(
            **_kept(unit, queuer.application_id),
            receipt=ids.secret(),
            batch_id=door.id,
            person_id=queuer.person_id,
            order_no=order_no,
            line_key=plans.line_key(order_no=order_no, is_carried=True),
            group_code=group,
            carried_from_id=queuer.application_id,
            queues_since=queuer.since,
            state=State.WAITLISTED,
            reasons=[seats.stored("from_earlier_batch")],
            applied_at=now,
            decided_at=now,
        )
        .returning(Application.id)
    )
    seats.wait(unit, batch_id=door.id)
    _note(unit, actor, door, application_id, group)
    messages.tell(
        unit,
        phone=people.phone_of(queuer.person_id),
        door=door,
        state="carried_over",
        person_id=queuer.person_id,
        application_id=application_id,
    )
    seats.settle(unit, actor=actor, door=door, now=now)


def _kept(unit: Unit, application_id: int) -> dict[str, Any]:
    """Return what an application takes along into the next batch."""
    row = unit.session.execute(
        select(
            Application.channel,
            Application.is_unsubsidised,
            Application.promised_employer_id,
            Application.registered_by_id,
            Application.registered_by,
            Application.consent,
        ).where(Application.id == application_id)
    ).one()
    return row._asdict()


def _note(unit: Unit, actor: Actor, door: Door, application_id: int | None, group: str | None) -> None:
    happened = Happened(
        batch_id=door.id,
        application_id=application_id,
        event=Event.CARRY,
        state=State.WAITLISTED,
        group=group,
        at=clock.now(),
    )
    application_events.record(unit, happened)
    audit.record(
        unit,
        actor=actor,
        verb="application.carry",
        subject=f"application:{application_id}",
        district=door.district,
        batch=door.id,
    )


def _end_doubles(actor: Actor, found: Sequence[Queuer]) -> int:
    """End what still waits in a batch that is over, where the person has a place in a later one."""
    for each in found[:AT_ONCE]:
        with unit_of_work() as unit:
            seats.hold(unit, batch_id=each.batch_id)
            _end_old(unit, actor, [each])
    return len(found[:AT_ONCE])


def _end_old(unit: Unit, actor: Actor, carried: Sequence[Queuer]) -> None:
    """End the applications that were carried over; the rows of their batches are locked."""
    now = clock.now()
    views = queries.by_ids([each.application_id for each in carried])
    for found in views.values():
        if found.state == State.WAITLISTED:
            changes.end(
                unit,
                actor=actor,
                found=found,
                event=Event.LAPSE,
                state=State.LAPSED,
                reason="to_next_batch",
                now=now,
            )
            door = doors.door_by_id(found.batch_id)
            seats.leave(unit, door=door, leaver=Leaver(found.state, found.pool))
        else:
            unit.session.execute(
                update(Application)
                .where(Application.id == found.id)
                .values(queues_since=None)
                .execution_options(**seats.CORE)
            )
