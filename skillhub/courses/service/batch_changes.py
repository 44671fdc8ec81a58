"""Changes to a batch that is on file: its seats at any time, the rest until people can apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from skillhub.base import audit, clock
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import VersionConflict
from skillhub.base.faults import Faults
from skillhub.courses.errors.batches import BatchOpened, BatchState, DrawTooShort, SeatsTaken
from skillhub.courses.model import Batch
from skillhub.courses.queries import batch_rights, doors
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules import places, plans, queue_log
from skillhub.courses.rules.allocation import Mode
from skillhub.courses.rules.application_events import Event
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place
from skillhub.courses.service import application_events, filing, seats


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to be different about a batch; None leaves a thing as it is."""

    seats: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    place: Place | None = None
    trainer: str | None = None

    @property
    def is_only_seats(self) -> bool:
        """Tell whether nothing changes that people were told when they applied."""
        return not any((self.opens_at, self.closes_at, self.place, self.trainer))


def change(*, actor: Actor, code: str, version: int | None, change: Change) -> str:
    """Change a batch that nobody else has changed since it was read, and return its code.

    Once people can apply, only the number of seats changes; new seats go to those who wait.

    :param version: what was read; None for whatever it is now.
    :raises NotFound: there is no such batch for this actor.
    :raises VersionConflict: somebody changed it in between.
    :raises BatchState: it is closed or cancelled.
    :raises BatchOpened: people apply already, and more than the seats would change.
    :raises DrawTooShort: a draw would close less than a day from now, earlier than was promised.
    :raises SeatsTaken: more people hold a seat than there would be seats.
    :raises Invalid: with every wrong field.
    """
    batch_rights.run_by(actor=actor, code=code)
    with unit_of_work() as unit:
        held = seats.hold(unit, batch_id=batch_rights.run_by(actor=actor, code=code).id)
        batch = batch_rights.run_by(actor=actor, code=code)
        if version is not None and version != batch.version:
            raise VersionConflict(batch=code)
        values = _changed(unit, batch, change)
        if change.seats is not None and change.seats < seats.fewest(held):
            raise SeatsTaken(taken=seats.fewest(held))
        _write(unit, batch, values)
        note_batch(unit, actor, "batch.change", batch, fields=sorted(values))
        if batch.state == "published":
            _follow(unit, actor, batch, values)
        return unit.refer(code)


def place_values(place: Place) -> dict[str, object]:
    """Return a place as the table keeps it."""
    return {
        "place_name": place.name,
        "place_address": place.address,
        "place_lon": place.position.lon if place.position else None,
        "place_lat": place.position.lat if place.position else None,
    }


def note_batch(unit: Unit, actor: Actor, verb: str, batch: BatchView, **facts: object) -> None:
    """Write down what was done to a batch."""
    audit.record(
        unit,
        actor=actor,
        verb=verb,
        subject=f"batch:{batch.id}",
        district=batch.district,
        batch=batch.code,
        **facts,
    )


def _changed(unit: Unit, batch: BatchView, change: Change) -> dict[str, object]:
    if batch.state not in ("draft", "published"):
        raise BatchState(state=rules.STATES[batch.state])
    now = clock.now()
    if not change.is_only_seats and batch.state == "published" and batch.opens_at <= now:
        raise BatchOpened(batch=batch.code)
    faults = Faults()
    values: dict[str, object] = {}
    if change.seats is not None:
        values["seats"] = faults.whole("seats", change.seats, least=1, most=rules.MOST_SEATS)
    if change.place is not None:
        values |= place_values(places.checked(faults, change.place))
    if change.opens_at is not None or change.closes_at is not None:
        values |= _window(faults, batch, change, now)
    faults.stop()
    if change.trainer is not None:
        values["trainer_id"] = _other_trainer(unit, batch, change.trainer)
    return values


def _window(faults: Faults, batch: BatchView, change: Change, now: datetime) -> dict[str, object]:
    opens_at = faults.instant("opens_at", change.opens_at or batch.opens_at, now=now)
    closes_at = faults.instant("closes_at", change.closes_at or batch.closes_at, now=now)
    is_promised = batch.state == "published" and batch.mode == Mode.DRAW
    if is_promised and closes_at < batch.closes_at and closes_at - now < plans.PROMISE_STANDS:
        raise DrawTooShort(batch=batch.code)
    if not faults.found:
        rules.check_window(
            faults,
            opens_at=opens_at,
            closes_at=closes_at,
            first_starts_at=batch.sessions[0].starts_at,
            now=now,
        )
    return {"opens_at": opens_at, "closes_at": closes_at, "cut_off": max(batch.cut_off, closes_at)}


def _other_trainer(unit: Unit, batch: BatchView, handle: str) -> int:
    trainer_id = filing.trainer_of_body(batch.body_id, handle)
    planned = [
        PlannedSession(starts_at=each.starts_at, ends_at=each.ends_at, part=each.part)
        for each in batch.sessions
    ]
    filing.keep_trainer_free(
        unit, trainer_id=trainer_id, sessions=planned, district=batch.district, besides=batch.id
    )
    return trainer_id


def _write(unit: Unit, batch: BatchView, values: dict[str, object]) -> None:
    unit.session.execute(
        update(Batch)
        .where(Batch.id == batch.id)
        .values(version=Batch.version + 1, **values)
        .execution_options(synchronize_session=False)
    )


def _follow(unit: Unit, actor: Actor, batch: BatchView, values: dict[str, object]) -> None:
    """Tell the log what is new about a published batch, and offer the seats that came with it."""
    number, cut_off = values.get("seats"), values.get("cut_off")
    if isinstance(number, int):
        application_events.record_of_batch(unit, batch_id=batch.id, event=Event.SEATS, state=str(number))
        seats.change_seats(unit, door=doors.door_by_id(batch.id), seats=number)
    if isinstance(cut_off, datetime) and cut_off != batch.cut_off:
        application_events.record_of_batch(
            unit, batch_id=batch.id, event=Event.CUT_OFF, state=queue_log.instant(cut_off)
        )
    seats.settle(unit, actor=actor, door=doors.door_by_id(batch.id), now=clock.now())
