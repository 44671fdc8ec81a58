"""The only place that moves a class to other days as a whole, with everybody in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update

from skillhub.base import clock
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.faults import Faults
from skillhub.courses.errors.batches import BatchState, SessionsBegun
from skillhub.courses.model import Batch, ClassSession
from skillhub.courses.queries import applications, batch_rights, doors
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.application_events import Event
from skillhub.courses.rules.applications import ACTIVE
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.service import application_events, filing, messages, seats
from skillhub.courses.service.batch_changes import note_batch
from skillhub.courses.service.messages import Told
from skillhub.districts import queries as districts


def move(*, actor: Actor, code: str, first_at: datetime) -> str:
    """Move all sessions of a batch by one step, so that the first begins at `first_at`; return its code.

    Everybody keeps seat and place and is told; who cannot come withdraws. The cut-off moves
    with the class, so a freed seat is offered again.

    :raises NotFound: there is no such batch for this actor.
    :raises BatchState: it is closed or cancelled.
    :raises SessionsBegun: the first session has begun.
    :raises Invalid: people would still apply when the class begins, or the trainer teaches elsewhere.
    """
    batch_rights.run_by(actor=actor, code=code)
    with unit_of_work() as unit:
        seats.hold(unit, batch_id=batch_rights.run_by(actor=actor, code=code).id)
        batch = batch_rights.run_by(actor=actor, code=code)
        now = clock.now()
        moved = _moved(batch, first_at, now)
        if batch.trainer_id is not None:
            filing.keep_trainer_free(
                unit,
                trainer_id=batch.trainer_id,
                sessions=moved,
                district=batch.district,
                besides=batch.id,
            )
        cut_off = max(batch.closes_at, batch.cut_off + (first_at - batch.sessions[0].starts_at))
        _write(unit, batch, moved, cut_off)
        note_batch(unit, actor, "batch.move", batch, first_at=queue_log.instant(first_at))
        if batch.state == "published":
            application_events.record_of_batch(
                unit, batch_id=batch.id, event=Event.CUT_OFF, state=queue_log.instant(cut_off)
            )
            _tell(unit, batch)
            seats.settle(unit, actor=actor, door=doors.door_by_id(batch.id), now=now)
        return unit.refer(code)


def _write(unit: Unit, batch: BatchView, moved: list[PlannedSession], cut_off: datetime) -> None:
    for session, to in zip(batch.sessions, moved, strict=True):
        unit.session.execute(
            update(ClassSession)
            .where(ClassSession.id == session.id)
            .values(starts_at=to.starts_at, ends_at=to.ends_at)
            .execution_options(**seats.CORE)
        )
    zone = ZoneInfo(districts.zone(batch.district))
    unit.session.execute(
        update(Batch)
        .where(Batch.id == batch.id)
        .values(
            cut_off=cut_off,
            starts_on=moved[0].starts_at.astimezone(zone).date(),
            ends_on=max(each.ends_at for each in moved).astimezone(zone).date(),
            version=Batch.version + 1,
        )
        .execution_options(**seats.CORE)
    )


def _tell(unit: Unit, batch: BatchView) -> None:
    """Write to everybody who takes part, waits or is being decided on."""
    told = [
        Told(person_id=each.person_id, application_id=each.id, state="moved", turn=batch.version)
        for each in applications.of_batch(batch.id, *ACTIVE)
    ]
    messages.tell_all(unit, told, door=doors.door_by_id(batch.id))


def _moved(batch: BatchView, first_at: datetime, now: datetime) -> list[PlannedSession]:
    """Return the sessions at their new times."""
    if batch.state not in ("draft", "published"):
        raise BatchState(state=rules.STATES[batch.state])
    if batch.sessions[0].starts_at <= now:
        raise SessionsBegun(batch=batch.code)
    faults = Faults()
    first_at = faults.instant("first_at", first_at, now=now)
    if not faults.found:
        rules.check_window(
            faults,
            opens_at=batch.opens_at,
            closes_at=batch.closes_at,
            first_starts_at=first_at,
            now=None,
        )
    faults.stop()
    step = first_at - batch.sessions[0].starts_at
    return [
        PlannedSession(starts_at=each.starts_at + step, ends_at=each.ends_at + step, part=each.part)
        for each in batch.sessions
    ]
