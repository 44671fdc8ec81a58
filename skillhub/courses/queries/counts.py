"""A district's figures up to who came to class; persons are counted once each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from skillhub.base.db import db
from skillhub.courses.model import Application, Attendance, Batch, ClassSession, TrainingOrder

CAME = ("present", "late", "left_early")
TAUGHT = ("published", "closed")


@dataclass(frozen=True)
class DistrictCounts:
    """What a district's training amounts to; `person_times` are never added to persons."""

    orders: int
    batches: int
    sessions: int
    seats: int
    enrolled: int
    attended: int
    person_times: int


def of_district(district: str, *, closed_only: bool = False) -> DistrictCounts:
    """Count what a district's services have written; `closed_only` leaves out classes that still run."""
    own = (Batch.district_code == district, Batch.state.in_(("closed",) if closed_only else TAUGHT))
    held = (*own, Application.batch_id == Batch.id, Application.state == "enrolled")
    came = (*held, Attendance.application_id == Application.id, Attendance.state.in_(CAME))
    persons = func.count(Application.person_id.distinct())
    batches, seats = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Batch.seats), 0)).where(*own)
    ).one()
    return DistrictCounts(
        orders=_count(
            select(func.count()).select_from(TrainingOrder).where(TrainingOrder.district_code == district)
        ),
        batches=int(batches),
        sessions=_count(
            select(func.count()).select_from(ClassSession).where(ClassSession.batch_id == Batch.id, *own)
        ),
        seats=int(seats),
        enrolled=_count(select(persons).where(*held)),
        attended=_count(select(persons).where(*came)),
        person_times=_count(select(func.count(Attendance.id)).where(*came)),
    )


def _count(statement: object) -> int:
    return int(db.session.scalar(statement) or 0)  # type: ignore[call-overload]  # any select of one number
