"""The only place that reads by which plan the seats of a batch are given out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import Batch
from skillhub.courses.rules import allocation, plans
from skillhub.courses.rules.allocation import Mode


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """The frozen plan of a batch, and of a draw its hashes (hexadecimal digits) as far as they are public."""

    plan: allocation.Plan
    seed_commitment: str | None = None
    seed: str | None = None
    beacon: str | None = None


def plan_of(batch_id: int) -> PlanView:
    """Return the plan of a batch: as it was published, or as it is filed so far."""
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
    filed = allocation.Plan(
        mode=Mode(row.mode),
        seats=row.seats,
        quotas=plans.quotas(row.quotas),
        release_at=row.release_at,
        cut_off=row.cut_off,
    )
    return PlanView(
        plan=plans.read(row.plan) if row.plan else filed,
        seed_commitment=row.seed_commitment,
        seed=row.seed,
        beacon=row.beacon,
    )
