"""Tables for events and for who came to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class Activity(Model):
    """One event: a training camp of a day, a talk on policy; nobody applies and nobody is certified.

    `walk_ins` are people who came and could not be named: they are person-times, never persons.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("walk_ins >= 0", name="walk_ins_not_negative"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        Index("ix_activity_district_code_starts_at", "district_code", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str | None]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    state: Mapped[str]
    cancel_reason: Mapped[str | None]
    walk_ins: Mapped[int] = mapped_column(default=0)
    door_key: Mapped[str]
    announced_at: Mapped[datetime]
    announced_by_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)


class ActivitySignIn(Model):
    """One person at one event, once; a mistaken row stays and says who took it back, when and why."""

    __tablename__ = "activity_sign_in"
    __table_args__ = (
        UniqueConstraint("activity_id", "person_id"),
        CheckConstraint("evidence IN ('A', 'B', 'C')", name="evidence_known"),
        Index("ix_activity_sign_in_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    came_at: Mapped[datetime]
    method: Mapped[str]
    evidence: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None]
    remove_reason: Mapped[str | None]
