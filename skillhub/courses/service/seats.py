"""The only place that moves a batch's counters: taking a seat, giving it back, offering it to the next.

Nothing here counts rows. A newcomer is decided by one conditional statement; all
else happens while the batch's row is locked, so that seats, line and order agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, select, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from skillhub.base import audit, locks
from skillhub.base.access import Actor
from skillhub.base.db import Unit
from skillhub.base.errors import NotFound
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import draws
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import applications as rules
from skillhub.courses.rules import plans
from skillhub.courses.rules.allocation import GENERAL, Mode, Pool
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import State
from skillhub.courses.service import application_events, messages
from skillhub.courses.service.messages import Told

CORE = {"synchronize_session": False}
"""Counters are moved in the database alone; nobody keeps these rows as objects."""
IS_FREE = and_(Batch.taken < Batch.seats, Batch.waiting == 0)
"""A seat is there to be taken: nobody holds it, and nobody waits for it."""

Counter = dict[InstrumentedAttribute[Any], Any]


@dataclass(frozen=True)
class Leaver:
    """Who gives back what he held."""

    state: str
    pool: str | None


def seeking() -> Counter:
    """Return how somebody who seeks a seat moves the counters: a seat, or else a place in line."""
    return {
        Batch.taken: Batch.taken + case((IS_FREE, 1), else_=0),
        Batch.waiting: Batch.waiting + case((IS_FREE, 0), else_=1),
    }


def hold(unit: Unit, *, batch_id: int, also: Sequence[int] = ()) -> Batch:
    """Lock a batch's row (and others with it, in one go) until the unit ends.

    :raises NotFound: there is no such batch.
    """
    rows = locks.lock_rows(unit, Batch, [batch_id, *also])
    found = next((row for row in rows if row.id == batch_id), None)
    if found is None:
        raise NotFound
    return found


def place(unit: Unit, *, batch_id: int, group: str | None) -> tuple[State, str | None]:
    """Give a seat or a place in line to somebody who arrived before; the batch's row is locked.

    :return: the new state, and the pool in which the seat lies.
    """
    batch = _batch(unit, batch_id)
    if batch.mode == Mode.DRAW and batch.drawn_at is None:
        return State.IN_DRAW, None
    pools = _pools(batch)
    pool = None
    if group in pools and pools[group].free > 0 and not _waits(unit, batch_id, group):
        pool = group
    elif pools[GENERAL].free > 0 and batch.waiting == 0:
        pool = GENERAL
    if pool is None:
        _move(unit, batch_id, {Batch.waiting: Batch.waiting + 1})
        return State.WAITLISTED, None
    pools[pool].taken += 1
    _move(unit, batch_id, {Batch.taken: Batch.taken + 1} | _kept(batch, pools))
    return State.ENROLLED, pool if batch.pools is not None else None


def wait(unit: Unit, *, batch_id: int) -> None:
    """Lengthen the line by one who is carried over."""
    _move(unit, batch_id, {Batch.waiting: Batch.waiting + 1})


def leave(unit: Unit, *, door: Door, leaver: Leaver) -> None:
    """Give back what an application held; the batch's row is locked, and `settle` follows."""
    if leaver.state == State.WAITLISTED:
        _move(unit, door.id, {Batch.waiting: Batch.waiting - 1})
    if leaver.state in rules.SEATED:
        batch = _batch(unit, door.id)
        pools = _pools(batch)
        pool = pools[leaver.pool or GENERAL]
        pool.taken -= 1
        if leaver.pool and batch.released_at is not None:
            pool.seats -= 1
            pools[GENERAL].seats += 1
        _move(unit, door.id, {Batch.taken: Batch.taken - 1} | _kept(batch, pools))


def settle(unit: Unit, *, actor: Actor, door: Door, now: datetime, is_told: bool = True) -> int:
    """Offer every free seat to the first in line who can use it, and return how many were offered.

    The caller has locked the batch's row (`hold`) and does nothing more to it in this
    unit, but what ends in another `settle`.
    """
    batch = _batch(unit, door.id)
    if not rules.passes_on(batch_state=batch.state, cut_off=batch.cut_off, now=now):
        return 0
    pools = _pools(batch)
    chosen: list[tuple[Any, str]] = []
    while found := _next(unit, door.id, pools, without=[row.id for row, _ in chosen]):
        for row in found:
            pool = _usable(pools, row.group_code)
            if pool is not None:
                pools[pool].taken += 1
                chosen.append((row, pool))
    if not chosen:
        return 0
    until = plans.offer_until(now=now, cut_off=batch.cut_off)
    for row, pool in chosen:
        unit.session.execute(
            update(Application)
            .where(Application.id == row.id)
            .values(
                state=State.OFFERED,
                pool=pool if batch.pools is not None else None,
                offer_until=until,
                decided_at=now,
                reasons=[stored("offered")],
            )
            .execution_options(**CORE)
        )
    counters = {Batch.taken: Batch.taken + len(chosen), Batch.waiting: Batch.waiting - len(chosen)}
    _move(unit, door.id, counters | _kept(batch, pools))
    _note_offers(unit, actor, door, [row for row, _ in chosen], now)
    if is_told:
        told = [Told(person_id=row.person_id, application_id=row.id, state="offered") for row, _ in chosen]
        messages.tell_all(unit, told, door=door, until=until)
    return len(chosen)


def change_seats(unit: Unit, *, door: Door, seats: int) -> None:
    """Move the general pool with the number of seats; the batch's row is locked and has the new number."""
    batch = _batch(unit, door.id)
    if batch.pools is not None:
        pools = plans.pools_of(batch.pools)
        pools[GENERAL].seats += seats - sum(pool.seats for pool in pools.values())
        _move(unit, door.id, _kept(batch, pools))


def fewest(batch: Batch) -> int:
    """Return how few seats a batch can have: those held, and those kept for groups."""
    if batch.pools is None:
        return max(batch.taken, sum(quota.seats for quota in plans.quotas(batch.quotas)))
    pools = plans.pools_of(batch.pools)
    return pools[GENERAL].taken + sum(pool.seats for name, pool in pools.items() if name != GENERAL)


def release(unit: Unit, *, door: Door, now: datetime) -> None:
    """Move the free seats of every group to the general pool; the batch's row is locked."""
    batch = _batch(unit, door.id)
    pools = _pools(batch)
    for name, pool in pools.items():
        if name != GENERAL:
            pools[GENERAL].seats += pool.free
            pool.seats = pool.taken
    _move(unit, door.id, {Batch.released_at: now} | _kept(batch, pools))


def arrived(
    unit: Unit,
    *,
    batch_id: int,
    count: int,
    seated: int,
    waiting: int,
    pools: Mapping[str, Pool] | None = None,
) -> None:
    """Count people of an earlier register; the caller has locked the row and decided on their places.

    :param pools: how full the pools are now, where the batch keeps some.
    """
    counters: Counter = {
        Batch.arrivals: Batch.arrivals + count,
        Batch.taken: Batch.taken + seated,
        Batch.waiting: Batch.waiting + waiting,
    }
    _move(unit, batch_id, counters | ({} if pools is None else {Batch.pools: plans.kept_pools(pools)}))


def pools_of(batch: Batch) -> dict[str, Pool]:
    """Return the pools of a batch whose row is locked; without quotas all seats are one."""
    if batch.pools is None:
        return {GENERAL: Pool(batch.seats, batch.taken)}
    return plans.pools_of(batch.pools)


def give_up(unit: Unit, *, batch_id: int, taken: int, waiting: int) -> None:
    """Take seats and places in line out of the counters, passing none on (the batch goes away)."""
    counters: Counter = {Batch.taken: Batch.taken - taken, Batch.waiting: Batch.waiting - waiting}
    _move(unit, batch_id, counters)


def key_in_line(door: Door, *, order_no: int, receipt: str) -> str:
    """Return the key of a place in line: by arrival, or by ticket where lots were drawn."""
    ticket = draws.ticket_of(door.id, receipt) if door.mode == Mode.DRAW else None
    return plans.line_key(order_no=order_no, ticket=ticket)


def _batch(unit: Unit, batch_id: int) -> Row[*tuple[Any, ...]]:
    return unit.session.execute(
        select(
            Batch.state,
            Batch.mode,
            Batch.seats,
            Batch.taken,
            Batch.waiting,
            Batch.pools,
            Batch.cut_off,
            Batch.drawn_at,
            Batch.released_at,
        ).where(Batch.id == batch_id)
    ).one()


def _pools(batch: Row[*tuple[Any, ...]]) -> dict[str, Pool]:
    if batch.pools is None:
        return {GENERAL: Pool(batch.seats, batch.taken)}
    return plans.pools_of(batch.pools)


def _kept(batch: Row[*tuple[Any, ...]], pools: dict[str, Pool]) -> Counter:
    return {} if batch.pools is None else {Batch.pools: plans.kept_pools(pools)}


def _usable(pools: dict[str, Pool], group: str | None) -> str | None:
    names = (group, GENERAL) if group in pools else (GENERAL,)
    return next((name for name in names if name is not None and pools[name].free > 0), None)


def _next(
    unit: Unit, batch_id: int, pools: dict[str, Pool], *, without: Sequence[int]
) -> list[Row[*tuple[Any, ...]]]:
    """Return those first in line who could use a free seat, as many as there are free seats."""
    free = {name: pool.free for name, pool in pools.items() if pool.free > 0}
    if not free:
        return []
    groups: ColumnElement[bool] = Application.group_code.in_([name for name in free if name != GENERAL])
    usable = [] if GENERAL in free else [groups]
    return list(
        unit.session.execute(
            select(Application.id, Application.person_id, Application.group_code)
            .where(
                Application.batch_id == batch_id,
                Application.state == State.WAITLISTED,
                Application.id.not_in(without),
                *usable,
            )
            .order_by(Application.line_key)
            .limit(sum(free.values()))
        )
    )


def _waits(unit: Unit, batch_id: int, group: str | None) -> bool:
    statement = select(Application.id).where(
        Application.batch_id == batch_id,
        Application.state == State.WAITLISTED,
        Application.group_code == group,
    )
    return unit.session.scalar(statement.limit(1)) is not None


def _note_offers(unit: Unit, actor: Actor, door: Door, offered: Sequence[Any], now: datetime) -> None:
    application_events.record(
        unit,
        *(
            Happened(
                batch_id=door.id,
                application_id=row.id,
                event=Event.OFFER,
                state=State.OFFERED,
                group=row.group_code,
                at=now,
            )
            for row in offered
        ),
    )
    audit.record_all(
        unit,
        [
            audit.row(actor, "application.offer", f"application:{row.id}", door.district, {"batch": door.id})
            for row in offered
        ],
    )


def _move(unit: Unit, batch_id: int, counters: Counter) -> None:
    if counters:
        unit.session.execute(
            update(Batch).where(Batch.id == batch_id).values(counters).execution_options(**CORE)
        )


def stored(code: str, clause: str | None = None, text: str | None = None) -> dict[str, str | None]:
    """Return one reason as it is kept with an application."""
    return {"code": code, "clause": clause, "text": text or messages.in_chinese(code)}
