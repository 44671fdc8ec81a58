"""The only place that reads by which plan the seats of a batch are given out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import ApplicationEvent, Batch
from skillhub.courses.rules import plans
from skillhub.courses.rules.allocation import Mode, Plan
from skillhub.courses.rules.application_events import Event


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """The frozen plan of a batch, and of a draw its hashes (hexadecimal digits) as far as they are public."""

    plan: Plan
    seed_commitment: str | None = None
    seed: str | None = None
    beacon: str | None = None


def plan_of(batch_id: int) -> PlanView:
    """Return the plan of a batch: as it was published, or as it is filed so far.

    A batch that was published before plans were kept has what it was published with.
    """
    row = db.session.execute(
        select(
            Batch.plan,
            Batch.mode,
            Batch.seats,
            Batch.quotas,
            Batch.release_at,
            Batch.cut_off,
            Batch.seed_commitment,
            Batch.seed,
            Batch.beacon,
        ).where(Batch.id == batch_id)
    ).one()
    if row.plan:
        plan = plans.read(row.plan)
    else:
        plan = Plan(
            mode=Mode(row.mode),
            seats=_published_seats(batch_id) or row.seats,
            quotas=plans.quotas(row.quotas),
            release_at=row.release_at,
            cut_off=row.cut_off,
        )
    return PlanView(plan=plan, seed_commitment=row.seed_commitment, seed=row.seed, beacon=row.beacon)


def frozen(batch_ids: Collection[int]) -> dict[int, Plan]:
    """Return the plans of those of these batches whose plan has been published, in one statement."""
    statement = select(Batch.id, Batch.plan).where(Batch.id.in_(sorted(set(batch_ids))))
    return {row.id: plans.read(row.plan) for row in db.session.execute(statement) if row.plan}


def _published_seats(batch_id: int) -> int | None:
    """Return how many seats a batch had when it was published; more may have come since."""
    published = db.session.scalar(
        select(ApplicationEvent.state)
        .where(ApplicationEvent.batch_id == batch_id, ApplicationEvent.event == Event.PUBLISH)
        .order_by(ApplicationEvent.id)
        .limit(1)
    )
    return int(published) if published else None
