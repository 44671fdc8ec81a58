"""The hot path: the one place that writes down a newcomer, decided by a conditional statement.

On PostgreSQL one statement counts the arrival, gives a seat or a place in line,
and writes the application, its event, the line of audit and the message. On
SQLite, where the unit is alone from its first statement, they are written one
after the other. Both let the same condition decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, case, cast, insert, literal, select, update

from skillhub.base import audit, ids, outbox
from skillhub.base import db as database
from skillhub.base.access import Actor
from skillhub.base.audit import AuditEntry
from skillhub.base.db import Model, Unit
from skillhub.base.outbox import OutboxMessage
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import admissions
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import plans
from skillhub.courses.rules.allocation import GENERAL, Mode
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import State
from skillhub.courses.service import application_events, messages, seats


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Who arrives, with all that does not depend on the place.

    `held` None means that a seat is sought; `told` are the facts that a district's rules
    have judged by, if there are any: nobody is let in when they hold no more.
    """

    door: Door
    person_id: int
    phone: str | None
    is_told: bool
    group: str | None
    held: State | None
    reasons: list[dict[str, str | None]]
    details: Mapping[str, object]
    now: datetime
    told: dict[str, Any] | None = None


@dataclass(frozen=True)
class Arrival:
    """The receipt of a newcomer, and where he came to stand."""

    receipt: str
    state: str
    order_no: int


@dataclass(frozen=True)
class _Seeking:
    """How a newcomer moves the counters; `state` None: it follows from the line's length afterwards."""

    state: State | None
    counters: seats.Counter
    pool: str | None = None


def enter(unit: Unit, *, actor: Actor, newcomer: Newcomer) -> Arrival | None:
    """Decide on a newcomer and write it down; None outside the hours, or when facts have changed."""
    sought = _seeking(unit, newcomer)
    values = _application(newcomer, sought.pool)
    noted = audit.row(
        actor,
        "application.apply",
        "",
        newcomer.door.district,
        {"batch": newcomer.door.id, "person": newcomer.person_id},
    )
    written = _all_at_once if database.does_all_at_once(unit) else _one_by_one
    return written(unit, newcomer, sought, values, noted)


def _seeking(unit: Unit, newcomer: Newcomer) -> _Seeking:
    if newcomer.held is not None:
        return _Seeking(newcomer.held, {})
    if newcomer.door.mode == Mode.DRAW:
        return _Seeking(State.IN_DRAW, {})
    if newcomer.door.mode == Mode.QUOTAS:
        return _in_quotas(unit, newcomer)
    return _Seeking(None, seats.seeking(), None)


def _in_quotas(unit: Unit, newcomer: Newcomer) -> _Seeking:
    """Choose the pool while the batch's row is locked.

    A free seat that somebody in line could use has been offered already, so a free
    seat of the own group is never claimed by somebody who waits.
    """
    batch = unit.session.execute(
        select(Batch.pools, Batch.waiting).where(Batch.id == newcomer.door.id).with_for_update()
    ).one()
    pools = plans.pools_of(batch.pools)
    pool = None
    if newcomer.group in pools and pools[newcomer.group].free > 0:
        pool = newcomer.group
    elif pools[GENERAL].free > 0 and batch.waiting == 0:
        pool = GENERAL
    if pool is None:
        return _Seeking(State.WAITLISTED, {Batch.waiting: Batch.waiting + 1})
    pools[pool].taken += 1
    return _Seeking(
        State.ENROLLED, {Batch.taken: Batch.taken + 1, Batch.pools: plans.kept_pools(pools)}, pool
    )


def _application(newcomer: Newcomer, pool: str | None) -> dict[str, Any]:
    return {
        "receipt": ids.secret(),
        "batch_id": newcomer.door.id,
        "person_id": newcomer.person_id,
        "group_code": newcomer.group,
        "pool": pool,
        "queues_since": None if newcomer.details.get("historic_number") else newcomer.now,
        "reasons": newcomer.reasons,
        "applied_at": newcomer.now,
        "decided_at": newcomer.now,
        **newcomer.details,
    }


def _arriving(newcomer: Newcomer, sought: _Seeking) -> Any:
    door, now = newcomer.door, newcomer.now
    told = [] if newcomer.told is None else [admissions.unchanged()]
    return (
        update(Batch)
        .where(
            Batch.id == door.id,
            Batch.state == "published",
            Batch.opens_at <= now,
            Batch.closes_at > now,
            *told,
        )
        .values({Batch.arrivals: Batch.arrivals + 1, **sought.counters})
        .returning(Batch.arrivals, Batch.waiting)
        .execution_options(synchronize_session=False)
    )


def _one_by_one(
    unit: Unit, newcomer: Newcomer, sought: _Seeking, values: dict[str, Any], noted: dict[str, Any]
) -> Arrival | None:
    arrived = unit.session.execute(_arriving(newcomer, sought), newcomer.told or {}).one_or_none()
    if arrived is None:
        return None
    state = sought.state or (State.WAITLISTED if arrived.waiting else State.ENROLLED)
    application_id = unit.session.scalar(
        insert(Application)
        .values(
            **values,
            state=state.value,
            order_no=arrived.arrivals,
            line_key=plans.line_key(order_no=arrived.arrivals) if state is State.WAITLISTED else None,
        )
        .returning(Application.id)
    )
    happened = Happened(
        batch_id=newcomer.door.id,
        application_id=application_id,
        event=Event.APPLY,
        state=state,
        group=newcomer.group,
        at=newcomer.now,
    )
    application_events.record(unit, happened)
    unit.session.execute(insert(AuditEntry), [noted | {"subject": f"application:{application_id}"}])
    if newcomer.is_told:
        messages.tell(
            unit,
            phone=newcomer.phone,
            door=newcomer.door,
            state=state,
            person_id=newcomer.person_id,
            application_id=application_id,
        )
    return Arrival(values["receipt"], state.value, arrived.arrivals)


def _all_at_once(
    unit: Unit, newcomer: Newcomer, sought: _Seeking, values: dict[str, Any], noted: dict[str, Any]
) -> Arrival | None:
    arrived = _arriving(newcomer, sought).cte("arrived")
    waits = arrived.c.waiting > 0 if sought.state is None else literal(sought.state is State.WAITLISTED)
    state = (
        case((waits, State.WAITLISTED.value), else_=State.ENROLLED.value)
        if sought.state is None
        else literal(sought.state.value)
    )
    place = cast(literal(plans.AS_TEN_DIGITS, BigInteger) + arrived.c.arrivals, String)
    made = (
        _from_select(
            Application,
            values,
            state=state,
            order_no=arrived.c.arrivals,
            line_key=case((waits, place), else_=None),
            source=arrived,
        )
        .returning(Application.id, Application.state, Application.order_no)
        .cte("made")
    )
    subject = literal("application:") + cast(made.c.id, String)
    written = [_from_select(AuditEntry, noted, subject=subject, source=made).returning(AuditEntry.id)]
    event = (newcomer.door.id, newcomer.now, Event.APPLY.value, newcomer.group)
    written.append(application_events.recorded_from(_event(event, made)))
    if newcomer.is_told:
        written.append(_message(newcomer, sought, made))
    ctes = [each.cte(f"written_{number}") for number, each in enumerate(written)]
    statement = select(made.c.state, made.c.order_no).add_cte(*ctes)
    row = unit.session.execute(statement, newcomer.told or {}).one_or_none()
    return None if row is None else Arrival(values["receipt"], row.state, row.order_no)


def _event(event: tuple[int, datetime, str, str | None], made: Any) -> Any:
    batch_id, at, kind, group = event
    return select(
        literal(batch_id),
        made.c.id,
        literal(at, Application.applied_at.type),
        literal(kind),
        made.c.state,
        literal(group, String),
    )


def _message(newcomer: Newcomer, sought: _Seeking, made: Any) -> Any:
    """Write one of two messages: which one is known only when the seat has been sought."""
    first, *other = [sought.state] if sought.state else [State.ENROLLED, State.WAITLISTED]
    row = outbox.row(
        phone=newcomer.phone,
        kind=messages.kind(first),
        text=messages.text_of(newcomer.door, first),
        person_id=newcomer.person_id,
    )
    kind = literal(messages.kind("")) + made.c.state
    once_key = kind + literal(":") + cast(made.c.id, String) + literal(":1")
    if not other:
        return _from_select(OutboxMessage, row, once_key=once_key, source=made).returning(OutboxMessage.id)
    text = outbox.resealed(row["handle"], messages.text_of(newcomer.door, other[0]))
    is_first = made.c.state == first.value
    return _from_select(
        OutboxMessage,
        row,
        kind=kind,
        once_key=once_key,
        text_sealed=case(
            (is_first, literal(row["text_sealed"], OutboxMessage.text_sealed.type)),
            else_=literal(text, OutboxMessage.text_sealed.type),
        ),
        source=made,
    ).returning(OutboxMessage.id)


def _from_select(table: type[Model], values: Mapping[str, Any], *, source: Any, **computed: Any) -> Any:
    columns = table.__table__.c
    given = {
        name: literal(value, columns[name].type) for name, value in values.items() if name not in computed
    }
    chosen = given | computed
    return insert(table).from_select(list(chosen), select(*chosen.values()).select_from(source))
