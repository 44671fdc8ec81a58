"""Who did what to whom, written in the same transaction as the effect; rows are never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base import clock
from skillhub.base.access import Actor
from skillhub.base.db import Model, Unit, db

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class AuditEntry(Model):
    """One thing that was done. Facts hold ids and numbers, never a name, an ID number or a phone."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    real_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_system: Mapped[str | None]
    verb: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    district_code: Mapped[str | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]
    request_id: Mapped[str | None]


def record(
    unit: Unit, *, actor: Actor, verb: str, subject: str, district: str | None = None, **facts: object
) -> None:
    """Append one row: `verb` in the trade's words (``order.approve``), `subject` as ``kind:id``."""
    record_all(unit, [row(actor, verb, subject, district, facts)])


def record_all(unit: Unit, rows: Iterable[Mapping[str, Any]]) -> None:
    """Append several rows (made by `row`) in their order, all by one statement."""
    written = list(rows)
    if written:
        unit.session.execute(insert(AuditEntry), written)


def row(
    actor: Actor, verb: str, subject: str, district: str | None, facts: Mapping[str, object]
) -> dict[str, Any]:
    """Return the values of one row (for services that insert several at once)."""
    return {
        "at": clock.now(),
        "real_at": clock.real_now(),
        "actor_id": actor.person_id,
        "actor_system": actor.system,
        "verb": verb,
        "subject": subject,
        "district_code": district,
        "facts": dict(facts),
        "request_id": request_id.get(),
    }


def count_since(actor: Actor, verb: str, since: datetime) -> int:
    """Count how often somebody has done something since a real instant (limits on trying and searching)."""
    statement = select(func.count()).where(
        AuditEntry.actor_id == actor.person_id, AuditEntry.verb == verb, AuditEntry.real_at > since
    )
    return db.session.scalar(statement) or 0
