"""What a trainer teaches when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import Batch, ClassSession
from skillhub.courses.rules.batches import Taught


def taught_by(
    trainer_id: int, *, since: datetime, until: datetime, besides: int | None = None
) -> tuple[Taught, ...]:
    """Return what a trainer teaches between two instants, in batches that were not cancelled."""
    rows = db.session.execute(
        select(Batch.code, ClassSession.starts_at, ClassSession.ends_at)
        .join(Batch, Batch.id == ClassSession.batch_id)
        .where(
            Batch.trainer_id == trainer_id,
            Batch.state != "cancelled",
            Batch.id != (besides or 0),
            ClassSession.starts_at < until,
            ClassSession.ends_at > since,
        )
        .order_by(ClassSession.starts_at)
    )
    return tuple(Taught(*row) for row in rows)
