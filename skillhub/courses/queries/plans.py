"""The only place that reads by which plan the seats of a batch are given out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import ApplicationEvent, Batch
from skillhub.courses.queries import doors
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
    """Return the plan of a published batch; its cut-off is the beginning of the class."""
    seats, closes_at = db.session.execute(
        select(Batch.seats, Batch.closes_at).where(Batch.id == batch_id)
    ).one()
    published = db.session.scalar(
        select(ApplicationEvent.state)
        .where(ApplicationEvent.batch_id == batch_id, ApplicationEvent.event == Event.PUBLISH)
        .order_by(ApplicationEvent.id)
        .limit(1)
    )
    cut_off = doors.first_session_at(batch_id) or closes_at
    return PlanView(plan=Plan(mode=Mode.FIRST_COME, seats=int(published or seats), cut_off=cut_off))
