"""Tables for training orders, courses, batches, applications, attendance and results."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model

ACTIVE = "state IN ('enrolled', 'waitlisted', 'in_draw', 'under_review', 'offered')"


class TrainingOrder(Model):
    """An employer asks for trained people and promises work."""

    __tablename__ = "training_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str] = mapped_column(index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    occupation: Mapped[str | None]
    trade: Mapped[str]
    level: Mapped[str | None]
    heads: Mapped[int]
    skills: Mapped[list[str]]
    wage_fen: Mapped[int | None]
    wage_unit: Mapped[str | None]
    wage_text: Mapped[str | None]
    starts_on: Mapped[date]
    promised_jobs: Mapped[int]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    state: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None]
    visited_on: Mapped[date | None]
    visited_by: Mapped[str | None]
    visit_result: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]
    decision_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)


class Course(Model):
    """What is taught; occupation, trade and level together are its key in the trade."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    occupation: Mapped[str | None]
    trade: Mapped[str] = mapped_column(index=True)
    level: Mapped[str | None]
    theory_hours: Mapped[int]
    practice_hours: Mapped[int]
    minutes_per_hour: Mapped[int]
    kind: Mapped[str | None]
    created_at: Mapped[datetime]


class Batch(Model):
    """One run of a course. The counters are what decides who gets a seat, never a count.

    `plan` is frozen when the batch is published; `pools` (seats and taken, by group) exist only where seats
    are kept for groups; the seed of a draw is sealed until it is drawn.
    """

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats_positive"),
        CheckConstraint("taken >= 0 AND taken <= seats", name="never_oversold"),
        CheckConstraint("waiting >= 0", name="waiting_not_negative"),
        Index("ix_batch_district_code_opens_at", "district_code", "opens_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("training_order.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    place_name: Mapped[str]
    place_address: Mapped[str]
    place_lon: Mapped[float | None]
    place_lat: Mapped[float | None]
    mode: Mapped[str] = mapped_column(default="first_come")
    quotas: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    release_at: Mapped[datetime | None]
    cut_off: Mapped[datetime]
    plan: Mapped[dict[str, Any] | None]
    pools: Mapped[dict[str, Any] | None]
    seed_sealed: Mapped[bytes | None]
    seed_commitment: Mapped[str | None]
    seed: Mapped[str | None]
    beacon: Mapped[str | None]
    drawn_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    ruling: Mapped[dict[str, Any] | None]
    short_code: Mapped[str | None] = mapped_column(unique=True)
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    arrivals: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str]
    filed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)


class ClassSession(Model):
    """One meeting of a batch."""

    __tablename__ = "class_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    part: Mapped[str]
    hours: Mapped[int]


class Application(Model):
    """A person's application for a batch, with its receipt; never deleted.

    `order_no` is the place in arrival order, from 1; `line_key` orders those who wait, lowest first.
    `queues_since` is set while the person stands in the course's line through this row; `pool` is where its
    seat lies. The key of the call that made it is kept here, so that one row decides and remembers.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("batch_id", "order_no"),
        Index(
            "uq_application_active",
            "batch_id",
            "person_id",
            unique=True,
            sqlite_where=text(ACTIVE),
            postgresql_where=text(ACTIVE),
        ),
        UniqueConstraint("call_actor", "call_key"),
        Index("ix_application_batch_id_state_line_key", "batch_id", "state", "line_key"),
        Index("ix_application_state_offer_until", "state", "offer_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    order_no: Mapped[int]
    line_key: Mapped[str | None]
    group_code: Mapped[str | None]
    pool: Mapped[str | None]
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    queues_since: Mapped[datetime | None]
    state: Mapped[str]
    reasons: Mapped[list[dict[str, Any]]]
    channel: Mapped[str | None]
    is_unsubsidised: Mapped[bool] = mapped_column(default=False)
    promised_employer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    registered_by_id: Mapped[int | None]
    registered_by: Mapped[str | None]
    consent: Mapped[str | None]
    invite: Mapped[str | None]
    ruling: Mapped[dict[str, Any] | None]
    call_actor: Mapped[str | None]
    call_key: Mapped[str | None]
    call_route: Mapped[str | None]
    call_sha256: Mapped[str | None]
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    offer_until: Mapped[datetime | None]
    historic_number: Mapped[str | None]


class CourseSubscription(Model):
    """Somebody wants to be told about the next batch of a course; told once for each batch."""

    __tablename__ = "course_subscription"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApplicationEvent(Model):
    """One change of state of one application, or of its whole batch; rows are never changed.

    Events of a batch are written while its row is locked, so `id` is their order. An event of the whole
    batch has no application; its `state` is what is new: the number of seats, the cut-off.
    """

    __tablename__ = "application_event"
    __table_args__ = (Index("ix_application_event_batch_id_id", "batch_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    at: Mapped[datetime]
    event: Mapped[str]
    state: Mapped[str]
    group_code: Mapped[str | None]


class AllocationKey(Model):
    """The public half of a key that signs allocation logs; kept for good, so that old logs still verify."""

    __tablename__ = "allocation_key"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    made_at: Mapped[datetime]


class AllocationLog(Model):
    """The published log of who was let into a batch: frozen first, then signed, never written again.

    A later edition repeats the lines of the one before and goes on. `lines` has all but the signed last line.
    """

    __tablename__ = "allocation_log"
    __table_args__ = (UniqueConstraint("batch_id", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    edition: Mapped[int]
    lines: Mapped[str]
    size: Mapped[int]
    root: Mapped[str]
    last_event_id: Mapped[int]
    is_final: Mapped[bool]
    frozen_at: Mapped[datetime]
    key_id: Mapped[str | None]
    signed_line: Mapped[str | None]
    signed_at: Mapped[datetime | None]


class Attendance(Model):
    """Whether one person was at one session, for how many minutes, and how that is known."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("session_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    state: Mapped[str]
    minutes: Mapped[int]
    method: Mapped[str]
    evidence: Mapped[str | None]
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]


class Result(Model):
    """Marks and outcome of one application, with the rule set that decided."""

    __tablename__ = "result"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    theory: Mapped[int | None]
    practice: Mapped[int | None]
    minutes_planned: Mapped[int]
    minutes_present: Mapped[int]
    outcome: Mapped[str]
    reasons: Mapped[list[dict[str, Any]]]
    plugin: Mapped[str]
    plugin_version: Mapped[str]
    plugin_sha256: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
