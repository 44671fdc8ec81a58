"""The only place that moves a batch's counters: arriving, taking a seat or a place in line, passing one on.

Nothing here counts rows. A newcomer is decided by one conditional statement; all
else happens while the batch's row is locked, so that seats, line and order agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from skillhub.accounts.queries import people
from skillhub.base import audit, clock, locks
from skillhub.base.access import Actor
from skillhub.base.audit import AuditEntry
from skillhub.base.db import Unit
from skillhub.base.errors import NotFound
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import doors
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import applications as rules
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import State
from skillhub.courses.service import application_events, messages

_CORE = {"synchronize_session": False}
"""Counters are moved in the database alone; nobody keeps these rows as objects."""
IS_FREE = and_(Batch.taken < Batch.seats, Batch.waiting == 0)
"""A seat is there to be taken: nobody holds it, and nobody waits for it."""

Counter = dict[InstrumentedAttribute[int], ColumnElement[int]]


@dataclass(frozen=True)
class Place:
    """Where somebody came to stand; `waiting` is the length of the line behind the last seat."""

    order_no: int
    waiting: int

    @property
    def state(self) -> State:
        """A seat is given only while nobody waits, so a line means a place in it."""
        return State.WAITLISTED if self.waiting else State.ENROLLED


def _seeking() -> Counter:
    return {
        Batch.taken: Batch.taken + case((IS_FREE, 1), else_=0),
        Batch.waiting: Batch.waiting + case((IS_FREE, 0), else_=1),
    }


def arrive(unit: Unit, *, batch_id: int, now: datetime, seeks: bool) -> Place | None:
    """Give the next order number and, to whom `seeks`, a seat or a place in line; None outside the hours."""
    counters: Counter = {Batch.arrivals: Batch.arrivals + 1}
    row = unit.session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.state == "published", Batch.opens_at <= now, Batch.closes_at > now)
        .values(counters | _seeking() if seeks else counters)
        .returning(Batch.arrivals, Batch.waiting)
        .execution_options(**_CORE)
    ).one_or_none()
    return None if row is None else Place(row.arrivals, row.waiting)


def arrived(unit: Unit, *, batch_id: int, count: int, seated: int, waiting: int) -> None:
    """Count people of an earlier register; the caller has locked the row and decided on their places."""
    _move(
        unit,
        batch_id,
        {
            Batch.arrivals: Batch.arrivals + count,
            Batch.taken: Batch.taken + seated,
            Batch.waiting: Batch.waiting + waiting,
        },
    )


def admit(unit: Unit, *, batch_id: int, order_no: int) -> Place | None:
    """Give a seat or a place in line to somebody who arrived before; None when the batch is not running."""
    waiting = unit.session.scalar(
        update(Batch)
        .where(Batch.id == batch_id, Batch.state == "published")
        .values(_seeking())
        .returning(Batch.waiting)
        .execution_options(**_CORE)
    )
    return None if waiting is None else Place(order_no, waiting)


def hold(unit: Unit, *, batch_id: int) -> Batch:
    """Lock a batch's row until the unit ends.

    :raises NotFound: there is no such batch.
    """
    rows = locks.lock_rows(unit, Batch, [batch_id])
    if not rows:
        raise NotFound
    return rows[0]


def leave(unit: Unit, *, actor: Actor, door: Door, state: str, is_told: bool) -> None:
    """Give back what an application of this state held; the batch's row is locked by the caller."""
    if state == State.WAITLISTED:
        _move(unit, door.id, {Batch.waiting: Batch.waiting - 1})
    if state in rules.SEATED:
        _move(unit, door.id, {Batch.taken: Batch.taken - 1})
        pass_on(unit, actor=actor, door=door, is_told=is_told)


def pass_on(unit: Unit, *, actor: Actor, door: Door, is_told: bool = True) -> int:
    """Give every free seat to the first in line, and return how many moved up.

    The caller has locked the batch's row (`hold`).
    """
    now = clock.now()
    batch = unit.session.execute(
        select(Batch.state, Batch.seats, Batch.taken, Batch.waiting).where(Batch.id == door.id)
    ).one()
    free = min(batch.seats - batch.taken, batch.waiting)
    if free <= 0 or not rules.passes_on(
        batch_state=batch.state, first_session_at=doors.first_session_at(door.id), now=now
    ):
        return 0
    first = unit.session.execute(
        select(Application.id, Application.person_id, Application.receipt)
        .where(Application.batch_id == door.id, Application.state == State.WAITLISTED)
        .order_by(Application.waiting_no)
        .limit(free)
    ).all()
    unit.session.execute(
        update(Application)
        .where(Application.id.in_([row.id for row in first]))
        .values(state=State.ENROLLED, decided_at=now, reasons=[stored("moved_up")])
        .execution_options(**_CORE)
    )
    _move(unit, door.id, {Batch.taken: Batch.taken + len(first), Batch.waiting: Batch.waiting - len(first)})
    _note_moves(unit, batch_id=door.id, applications=[row.id for row in first], now=now)
    rows = [
        audit.row(actor, "application.move_up", f"application:{row.id}", door.district, {"batch": door.id})
        for row in first
    ]
    unit.session.execute(insert(AuditEntry), rows)
    if is_told:
        for row in first:
            messages.tell(
                unit,
                phone=people.phone_of(row.person_id),
                door=door,
                state="moved_up",
                person_id=row.person_id,
                application_id=row.id,
            )
    return len(first)


def _note_moves(unit: Unit, *, batch_id: int, applications: list[int], now: datetime) -> None:
    """Write down that each was offered a seat, then that each took it: nobody is asked, so both at once."""
    steps = ((Event.OFFER, State.OFFERED), (Event.ACCEPT, State.ENROLLED))
    application_events.record(
        unit,
        *(
            Happened(batch_id=batch_id, application_id=each, event=event, state=state, at=now)
            for event, state in steps
            for each in applications
        ),
    )


def give_up(unit: Unit, *, batch_id: int, taken: int, waiting: int) -> None:
    """Take seats and places in line out of the counters, passing none on (the batch goes away)."""
    _move(unit, batch_id, {Batch.taken: Batch.taken - taken, Batch.waiting: Batch.waiting - waiting})


def _move(unit: Unit, batch_id: int, counters: Counter) -> None:
    unit.session.execute(
        update(Batch).where(Batch.id == batch_id).values(counters).execution_options(**_CORE)
    )


def stored(code: str, clause: str | None = None, text: str | None = None) -> dict[str, str | None]:
    """Return one reason as it is kept with an application."""
    return {"code": code, "clause": clause, "text": text or messages.in_chinese(code)}
