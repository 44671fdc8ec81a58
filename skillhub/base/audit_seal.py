"""The only place that seals the audit trail into a chain of hashes, and that checks the chain.

Rows are appended without a chain, so that nobody waits for the row before. The
worker seals them a moment later, in the order in which it sees them: the seal's
number, not the entry's id, is the place in the chain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ForeignKey, Row, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from skillhub.base import db as database
from skillhub.base import work
from skillhub.base.audit import AuditEntry
from skillhub.base.db import Model, db, unit_of_work

EVERY_SECONDS = 3.0
AT_ONCE = 500
LATE_IDS = 10_000
"""A row may be committed after others with higher ids; none is later than so many of them."""
BEGINNING = "0" * 64


class AuditSeal(Model):
    """The hash of one audit entry and of the whole chain before it; rows are never changed."""

    __tablename__ = "audit_seal"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    hash: Mapped[str]


@dataclass(frozen=True)
class Chain:
    """How the chain stands: how many entries it seals, how many wait, and the first that does not fit."""

    sealed: int
    unsealed: int
    broken_at: int | None


@work.every(EVERY_SECONDS, "audit.seal")
def seal_new() -> int:
    """Seal what has been written since the last time, and return how many entries."""
    count = 0
    while sealed := _seal_some():
        count += sealed
    return count


def _seal_some() -> int:
    highest = db.session.scalar(select(func.max(AuditSeal.entry_id))) or 0
    if not _unsealed(highest, 1):
        return 0
    with unit_of_work() as unit:
        database.lock_table(unit, AuditSeal)
        last = unit.session.execute(
            select(AuditSeal.n, AuditSeal.hash).order_by(AuditSeal.n.desc()).limit(1)
        ).one_or_none()
        number, head = (last.n, last.hash) if last else (0, BEGINNING)
        rows = []
        for row in _unsealed(highest, AT_ONCE):
            number, head = number + 1, _hash(head, row)
            rows.append({"n": number, "entry_id": row.id, "hash": head})
        if rows:
            unit.session.execute(insert(AuditSeal), rows)
    return len(rows)


def check(session: Session | Connection) -> Chain:
    """Compute the whole chain again."""
    sealed, head, broken_at = 0, BEGINNING, None
    statement = (
        select(*_COLUMNS, AuditSeal.n, AuditSeal.hash)
        .join(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .order_by(AuditSeal.n)
        .execution_options(yield_per=1000)
    )
    for row in session.execute(statement):
        sealed += 1
        head = _hash(head, row)
        if broken_at is None and (row.hash != head or row.n != sealed):
            broken_at = row.id
    seals = session.scalar(select(func.count()).select_from(AuditSeal)) or 0
    if broken_at is None and seals != sealed:
        broken_at = 0  # a seal without its entry
    entries = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    return Chain(sealed, entries - sealed, broken_at)


_COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.real_at,
    AuditEntry.actor_id,
    AuditEntry.actor_system,
    AuditEntry.verb,
    AuditEntry.subject,
    AuditEntry.district_code,
    AuditEntry.facts,
    AuditEntry.request_id,
)


def _unsealed(highest: int, limit: int) -> list[Row[*tuple[Any, ...]]]:
    return list(
        db.session.execute(
            select(*_COLUMNS)
            .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
            .where(AuditSeal.n.is_(None), AuditEntry.id > highest - LATE_IDS)
            .order_by(AuditEntry.id)
            .limit(limit)
        )
    )


def _hash(before: str, row: Row[*tuple[Any, ...]]) -> str:
    values = [
        row.id,
        row.at.isoformat(timespec="microseconds"),
        row.real_at.isoformat(timespec="microseconds"),
        row.actor_id,
        row.actor_system,
        row.verb,
        row.subject,
        row.district_code,
        row.facts,
        row.request_id,
    ]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()
