"""A batch and its course as plugins are told of them, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from skillhub import plugins
from skillhub.base.db import db
from skillhub.courses.model import Batch, Course, TrainingOrder


@dataclass(frozen=True)
class Training:
    """What is taught, and when."""

    course: plugins.Course
    batch: plugins.Batch


COLUMNS = (
    Course.code.label("course_code"),
    Course.name.label("course"),
    Course.trade,
    Course.occupation,
    Course.level,
    Course.theory_hours,
    Course.practice_hours,
    Course.minutes_per_hour,
    Batch.code.label("batch_code"),
    Batch.starts_on.label("batch_starts_on"),
    Batch.ends_on.label("batch_ends_on"),
    Batch.seats.label("batch_seats"),
    TrainingOrder.code.label("order_code"),
)
"""For a query that joins batch, course and, where there is one, the order."""


def training(batch_id: int) -> Training:
    """Return a batch and its course."""
    row = db.session.execute(
        select(*COLUMNS)
        .join(Batch, Batch.course_id == Course.id)
        .outerjoin(TrainingOrder, TrainingOrder.id == Batch.order_id)
        .where(Batch.id == batch_id)
    ).mappings()
    return of_row(row.one())


def of_row(row: Mapping[Any, Any]) -> Training:
    """Return the training that was read among other columns."""
    return Training(
        plugins.Course(
            code=row["course_code"],
            name=row["course"],
            trade=row["trade"],
            occupation=row["occupation"],
            level=row["level"],
            theory_hours=row["theory_hours"],
            practice_hours=row["practice_hours"],
            minutes_per_hour=row["minutes_per_hour"],
        ),
        plugins.Batch(
            code=row["batch_code"],
            starts_on=row["batch_starts_on"],
            ends_on=row["batch_ends_on"],
            order=row["order_code"],
            seats=row["batch_seats"],
        ),
    )
