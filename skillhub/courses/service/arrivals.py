"""The hot path: the one place that writes down a newcomer, decided by a conditional statement.

On PostgreSQL one statement counts the arrival, gives a seat or a place in line,
and writes the application, its event, the line of audit and the message. On
SQLite, where the unit is alone from its first statement, they are written one
after the other. Both let the same condition decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from skillhub.base import audit, ids, outbox
from skillhub.base import db as database
from skillhub.base.access import Actor
from skillhub.base.db import Unit
from skillhub.courses.model import Batch
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import plans
from skillhub.courses.rules.allocation import GENERAL, Mode
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import State
from skillhub.courses.service import application_events, arrival_statements, messages
from skillhub.courses.service.arrival_statements import Move, Seeking, Shape


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
    """The receipt of a newcomer, and where he came to stand.

    `position` only where he waits: who arrives is last, so it is the length of the line.
    """

    receipt: str
    state: str
    order_no: int
    position: int | None
    reasons: Sequence[Mapping[str, Any]]
    decided_at: datetime


def is_one_statement(door: Door) -> bool:
    """Tell whether `enter` writes by one statement where the database lets it: no pool is chosen first."""
    return door.mode != Mode.QUOTAS


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


def _seeking(unit: Unit, newcomer: Newcomer) -> Seeking:
    if newcomer.held is not None:
        return Seeking(newcomer.held, Move.NONE)
    if newcomer.door.mode == Mode.DRAW:
        return Seeking(State.IN_DRAW, Move.NONE)
    if newcomer.door.mode == Mode.QUOTAS:
        return _in_quotas(unit, newcomer)
    return Seeking(None, Move.SEEK)


def _in_quotas(unit: Unit, newcomer: Newcomer) -> Seeking:
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
        return Seeking(State.WAITLISTED, Move.WAIT)
    pools[pool].taken += 1
    return Seeking(State.ENROLLED, Move.SIT, pool, plans.kept_pools(pools))


def _application(newcomer: Newcomer, pool: str | None) -> dict[str, Any]:
    return dict.fromkeys(arrival_statements.GIVEN["application"]) | {
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


def _one_by_one(
    unit: Unit, newcomer: Newcomer, sought: Seeking, values: dict[str, Any], noted: dict[str, Any]
) -> Arrival | None:
    shape = Shape.of(sought, is_told=newcomer.is_told, was_asked=newcomer.told is not None)
    arrived = unit.session.execute(
        arrival_statements.arriving(shape), _counted(newcomer, sought)
    ).one_or_none()
    if arrived is None:
        return None
    state = sought.state or (State.WAITLISTED if arrived.waiting else State.ENROLLED)
    placed = {
        "state": state.value,
        "order_no": arrived.arrivals,
        "line_key": plans.line_key(order_no=arrived.arrivals) if state is State.WAITLISTED else None,
    }
    application_id: int = unit.session.scalar(arrival_statements.APPLICATION, values | placed)
    happened = Happened(
        batch_id=newcomer.door.id,
        application_id=application_id,
        event=Event.APPLY,
        state=state,
        group=newcomer.group,
        at=newcomer.now,
    )
    application_events.record(unit, happened)
    audit.record_all(unit, [noted | {"subject": f"application:{application_id}"}])
    if newcomer.is_told:
        messages.tell(
            unit,
            phone=newcomer.phone,
            door=newcomer.door,
            state=state,
            person_id=newcomer.person_id,
            application_id=application_id,
        )
    return _arrival(values, state=state.value, order_no=arrived.arrivals, waiting=arrived.waiting)


def _all_at_once(
    unit: Unit, newcomer: Newcomer, sought: Seeking, values: dict[str, Any], noted: dict[str, Any]
) -> Arrival | None:
    shape = Shape.of(sought, is_told=newcomer.is_told, was_asked=newcomer.told is not None)
    message = _message(newcomer, sought) if newcomer.is_told else {}
    row = arrival_statements.at_once(shape).row(
        unit.session,
        _counted(newcomer, sought)
        | {"event_group": newcomer.group}
        | {f"application_{name}": value for name, value in values.items()}
        | {f"audit_{name}": value for name, value in noted.items()}
        | {f"message_{name}": value for name, value in message.items()},
    )
    if row is None:
        return None
    return _arrival(values, **row)


def _arrival(values: dict[str, Any], *, state: str, order_no: int, waiting: int) -> Arrival:
    return Arrival(
        receipt=values["receipt"],
        state=state,
        order_no=order_no,
        position=waiting if state == State.WAITLISTED else None,
        reasons=values["reasons"],
        decided_at=values["decided_at"],
    )


def _counted(newcomer: Newcomer, sought: Seeking) -> dict[str, Any]:
    """Return what `arrival_statements.arriving` asks for."""
    named = {"the_batch": newcomer.door.id, "the_moment": newcomer.now, "pools_then": sought.pools}
    return named | (newcomer.told or {})


def _message(newcomer: Newcomer, sought: Seeking) -> dict[str, Any]:
    """Return one message, with both texts where only the statement finds out which is true."""
    first, *other = [sought.state] if sought.state else [State.ENROLLED, State.WAITLISTED]
    row = outbox.row(
        phone=newcomer.phone,
        kind=messages.kind(first),
        text=messages.text_of(newcomer.door, first),
        person_id=newcomer.person_id,
    )
    if other:
        row["text_else"] = outbox.resealed(row["handle"], messages.text_of(newcomer.door, other[0]))
    return row
