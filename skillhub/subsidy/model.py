"""Tables for subsidy claims, each person's decision, and the steps of a claim."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class Claim(Model):
    """A request for money, for one batch or for one person in it."""

    __tablename__ = "claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str] = mapped_column(index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str]
    verdict: Mapped[str]
    amount_fen: Mapped[int]
    rules_on: Mapped[date]
    plugin: Mapped[str | None]
    plugin_version: Mapped[str | None]
    plugin_sha256: Mapped[str | None]
    is_official: Mapped[bool]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)


class ClaimPerson(Model):
    """What the rules said about one person of a claim, with the facts they saw."""

    __tablename__ = "claim_person"
    __table_args__ = (UniqueConstraint("application_id"),)  # one training is claimed for once, ever

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    verdict: Mapped[str]
    amount_fen: Mapped[int]
    lines: Mapped[list[dict[str, Any]]]
    missing: Mapped[list[str]]
    chances_used: Mapped[int | None]
    chances_limit: Mapped[int | None]
    facts_sha256: Mapped[str]


class ClaimStep(Model):
    """One step of a claim, by whom and why; the last one is where it stands."""

    __tablename__ = "claim_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    state: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    reason: Mapped[str | None]
