"""Tables for engagements, star ratings and the double-entry ledger."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class Engagement(Model):
    """Work that a person does or did for an employer; `kind` intent is no hire."""

    __tablename__ = "engagement"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("training_order.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    kind: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    days_worked: Mapped[int | None]
    pay_fen: Mapped[int | None]
    place: Mapped[str | None]
    evidence: Mapped[str | None]
    evidence_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    removed_at: Mapped[datetime | None]


class Rating(Model):
    """One to five stars for one finished engagement, by its employer, once."""

    __tablename__ = "rating"
    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", name="stars_in_range"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), unique=True)
    stars: Mapped[int]
    comment: Mapped[str | None]
    state: Mapped[str]
    rated_at: Mapped[datetime]
    rated_by_id: Mapped[int | None]


class LedgerEntry(Model):
    """One thing that was booked; its legs sum to zero in each unit. Never changed, only reversed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (UniqueConstraint("kind", "subject", "reverses_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    district_code: Mapped[str] = mapped_column(index=True)
    rule: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    booked_at: Mapped[datetime]
    booked_by_id: Mapped[int | None]


class LedgerLeg(Model):
    """One side of an entry: an amount of a unit (star, rating) to or from an account."""

    __tablename__ = "ledger_leg"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_ledger_leg_account_unit", "account", "unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account: Mapped[str]
    unit: Mapped[str]
    amount: Mapped[int]
