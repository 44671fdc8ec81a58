"""Tables for training certificates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class Certificate(Model):
    """A training certificate; its facts were frozen when it was issued and are never written again."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    district_code: Mapped[str] = mapped_column(index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    facts: Mapped[dict[str, Any]]
    facts_sha256: Mapped[str]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None]
    status: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None]
    revocation_reason: Mapped[str | None]
    superseded_by: Mapped[str | None]
