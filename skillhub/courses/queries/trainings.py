"""A batch and its course as plugins are told of them, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skillhub import plugins
from skillhub.base.db import db
from skillhub.courses.model import Batch, Course, TrainingOrder


@dataclass(frozen=True)
class Training:
    """What is taught, and when."""

    course: plugins.Course
    batch: plugins.Batch


def training(batch_id: int) -> Training:
    """Return a batch and its course."""
    row = db.session.execute(
        select(
            Course.code,
            Course.name,
            Course.trade,
            Course.occupation,
            Course.level,
            Course.theory_hours,
            Course.practice_hours,
            Course.minutes_per_hour,
            Batch.code.label("batch"),
            Batch.starts_on,
            Batch.ends_on,
            Batch.seats,
            TrainingOrder.code.label("order"),
        )
        .join(Batch, Batch.course_id == Course.id)
        .outerjoin(TrainingOrder, TrainingOrder.id == Batch.order_id)
        .where(Batch.id == batch_id)
    ).one()
    return Training(
        plugins.Course(
            code=row.code,
            name=row.name,
            trade=row.trade,
            occupation=row.occupation,
            level=row.level,
            theory_hours=row.theory_hours,
            practice_hours=row.practice_hours,
            minutes_per_hour=row.minutes_per_hour,
        ),
        plugins.Batch(
            code=row.batch,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            order=row.order,
            seats=row.seats,
        ),
    )
