"""Everything about a batch's plan of allocation: asked of the district, frozen, released, drawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from skillhub import plugins
from skillhub.base import audit, clock, ids, seal
from skillhub.base.access import Actor
from skillhub.base.db import Unit, db, unit_of_work
from skillhub.base.faults import Faults
from skillhub.courses.errors.batches import DrawTooShort, PlanUndecided
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import allocation_logs, doors, draws, trainings
from skillhub.courses.queries import plans as queries
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import allocation, plans
from skillhub.courses.rules.allocation import Mode, Plan, Quota, draw
from skillhub.courses.rules.application_events import Event, Happened
from skillhub.courses.rules.applications import State
from skillhub.courses.service import application_events, messages, seats
from skillhub.courses.service.messages import Told
from skillhub.districts import queries as districts
from skillhub.districts import switches
from skillhub.plugins.bus import Answer, Undecided

HOOK = "allocation_plan"
SHORT_CODE = 6


@dataclass(frozen=True)
class Asked:
    """What a district wants instead of the filed plan, None for nothing, and of which facts."""

    plan: Plan | None = None
    sha256: str | None = None
    kept: dict[str, Any] | None = None


NOT_ASKED = Asked()
"""The filed plan stands (jobs of our own ask nobody)."""


def ask(batch: BatchView) -> Asked:
    """Ask the district how the seats are given out; not inside a unit.

    :raises PlanUndecided: its rules broke or disagree.
    :raises Invalid: what it wants cannot be.
    """
    if not switches.is_answered(HOOK, district=batch.district):
        return Asked()
    facts, sha256 = _facts(batch)
    said = switches.decide(HOOK, district=batch.district, **facts)
    if isinstance(said, Undecided):
        raise PlanUndecided(batch=batch.code)
    if said is None:
        return Asked(sha256=sha256)
    return _answered(batch, said, sha256)


def is_still(batch: BatchView, asked: Asked) -> bool:
    """Tell whether the facts that the district was told are still so."""
    return asked.sha256 is None or _facts(batch)[1] == asked.sha256


def freeze(unit: Unit, *, batch: BatchView, asked: Asked, is_checked: bool) -> None:
    """Keep the plan for good, with the promise of a draw, as part of publishing.

    :raises DrawTooShort: a draw would close less than a day after its promise is public.
    """
    plan = asked.plan or queries.plan_of(batch.id).plan
    values: dict[str, Any] = {
        "mode": plan.mode.value,
        "quotas": plans.stored(plan)["quotas"],
        "release_at": plan.release_at,
        "plan": plans.stored(plan),
        "ruling": asked.kept,
        "short_code": ids.short(SHORT_CODE),
    }
    if plan.mode is Mode.QUOTAS:
        values["pools"] = plans.kept_pools(allocation.pools(plan))
    if plan.mode is Mode.DRAW:
        if is_checked and batch.closes_at - clock.now() < plans.PROMISE_STANDS:
            raise DrawTooShort(batch=batch.code)
        seed = secrets.token_bytes(draw.SEED_BYTES)
        values["seed_commitment"] = allocation.commitment(seed, batch.code)
        values["seed_sealed"] = seal.keyring().seal(seed.hex(), bound_to=_bound(batch.code))
    unit.session.execute(
        update(Batch).where(Batch.id == batch.id).values(**values).execution_options(**seats.CORE)
    )


def release_due(*, actor: Actor) -> int:
    """Release the seats that were kept for groups, where the hour has come; return in how many batches."""
    now = clock.now()
    due = db.session.scalars(
        select(Batch.id)
        .where(
            Batch.state == "published",
            Batch.mode == Mode.QUOTAS,
            Batch.release_at <= now,
            Batch.released_at.is_(None),
        )
        .order_by(Batch.id)
    ).all()
    for batch_id in due:
        with unit_of_work() as unit:
            held = seats.hold(unit, batch_id=batch_id)
            if held.released_at is not None or held.state != "published":
                continue
            door = doors.door_by_id(batch_id)
            now = clock.now()
            application_events.record_of_batch(unit, batch_id=batch_id, event=Event.RELEASE, state="released")
            seats.release(unit, door=door, now=now)
            _note(unit, actor, "batch.release", door)
            seats.settle(unit, actor=actor, door=door, now=now)
    return len(due)


def draw_due(*, actor: Actor) -> int:
    """Hold the drawings of batches that nobody can apply for any more; return of how many.

    Not at the very end: who applied in the last moment may still wait for the batch's row.
    """
    due = db.session.scalars(
        select(Batch.id)
        .where(
            Batch.state == "published",
            Batch.mode == Mode.DRAW,
            Batch.closes_at <= clock.now() - plans.LAST_MOMENT,
            Batch.drawn_at.is_(None),
        )
        .order_by(Batch.id)
    ).all()
    for batch_id in due:
        with unit_of_work() as unit:
            held = seats.hold(unit, batch_id=batch_id)
            if held.drawn_at is None and held.state == "published":
                _hold_drawing(unit, actor, held)
    return len(due)


def _hold_drawing(unit: Unit, actor: Actor, batch: Batch) -> None:
    """Place everybody in the order of tickets; the batch's row is locked."""
    door, now, beacon = doors.door_by_id(batch.id), clock.now(), allocation_logs.latest_root()
    seed = seal.keyring().opened(batch.seed_sealed or b"", bound_to=_bound(door.code))
    free, is_waited_for = batch.seats - batch.taken, batch.waiting > 0
    rows = unit.session.execute(
        select(Application.id, Application.person_id, Application.receipt, Application.order_no).where(
            Application.batch_id == batch.id, Application.state == State.IN_DRAW
        )
    ).all()
    tickets = {row.id: draws.ticket(row.receipt, seed=seed, beacon=beacon) for row in rows}
    ordered = sorted(rows, key=lambda row: (tickets[row.id], row.order_no))
    lucky = 0 if is_waited_for else min(free, len(ordered))
    states = [State.ENROLLED] * lucky + [State.WAITLISTED] * (len(ordered) - lucky)
    for row, state in zip(ordered, states, strict=True):
        unit.session.execute(
            update(Application)
            .where(Application.id == row.id)
            .values(
                state=state,
                decided_at=now,
                line_key=plans.line_key(order_no=row.order_no, ticket=tickets[row.id])
                if state is State.WAITLISTED
                else None,
            )
            .execution_options(**seats.CORE)
        )
    unit.session.execute(
        update(Batch)
        .where(Batch.id == batch.id)
        .values(
            taken=Batch.taken + lucky,
            waiting=Batch.waiting + len(ordered) - lucky,
            seed=seed,
            beacon=beacon,
            drawn_at=now,
        )
        .execution_options(**seats.CORE)
    )
    _note(unit, actor, "batch.draw", door)
    lots = [(row.id, row.person_id, state) for row, state in zip(ordered, states, strict=True)]
    _note_lots(unit, actor, door, lots, now)
    seats.settle(unit, actor=actor, door=door, now=now)


def _note_lots(
    unit: Unit, actor: Actor, door: Door, lots: list[tuple[int, int, State]], now: datetime
) -> None:
    if not lots:
        return
    application_events.record(
        unit,
        *(
            Happened(batch_id=door.id, application_id=each, event=Event.DRAW, state=state, at=now)
            for each, _, state in lots
        ),
    )
    audit.record_all(
        unit,
        [
            audit.row(actor, "application.draw", f"application:{each}", door.district, {"after": state.value})
            for each, _, state in lots
        ],
    )
    told = [
        Told(person_id=person_id, application_id=each, state=state.value) for each, person_id, state in lots
    ]
    messages.tell_all(unit, told, door=door)


def _answered(batch: BatchView, said: Answer, sha256: str) -> Asked:
    """Return what a district wants as a plan of this batch."""
    wanted: plugins.AllocationPlan = said.value
    filed = queries.plan_of(batch.id).plan
    release_at = None
    if wanted.mode == Mode.QUOTAS:
        release_at = max(batch.opens_at, filed.cut_off - timedelta(hours=wanted.release_hours or 0))
    faults = Faults()
    if wanted.mode not in plans.MODES:
        raise PlanUndecided(batch=batch.code)
    plan = Plan(
        mode=Mode(wanted.mode),
        seats=batch.seats,
        quotas=tuple(Quota(group=each.group, seats=each.seats) for each in wanted.quotas),
        release_at=release_at,
        cut_off=filed.cut_off,
    )
    plans.check(
        faults,
        plan,
        opens_at=batch.opens_at,
        closes_at=batch.closes_at,
        first_at=batch.sessions[0].starts_at,
    )
    if faults.found:
        raise PlanUndecided(batch=batch.code)
    kept = {
        "hook": HOOK,
        "plugin": said.plugin,
        "version": said.version,
        "sha256": said.sha256,
        "facts_sha256": sha256,
    }
    return Asked(plan, sha256, kept)


def _facts(batch: BatchView) -> tuple[dict[str, Any], str]:
    training = trainings.training(batch.id)
    on = clock.today(districts.zone(batch.district))
    facts = {"course": training.course, "batch": training.batch, "on": on}
    return facts, plans.facts_sha256(
        {"course": vars(training.course), "batch": vars(training.batch), "on": on}
    )


def _note(unit: Unit, actor: Actor, verb: str, door: Door) -> None:
    audit.record(
        unit, actor=actor, verb=verb, subject=f"batch:{door.id}", district=door.district, batch=door.code
    )


def _bound(code: str) -> str:
    return f"batch.seed:{code}"
