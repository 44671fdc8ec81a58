"""Reads about draws: tickets once they can be computed."""

from __future__ import annotations

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import Batch
from skillhub.courses.rules import allocation, queue_log
from skillhub.courses.rules.allocation import draw


def ticket_of(batch_id: int, receipt: str) -> str | None:
    """Return the ticket of a receipt, None before the batch has been drawn."""
    row = db.session.execute(select(Batch.seed, Batch.beacon).where(Batch.id == batch_id)).one()
    return None if row.seed is None else ticket(receipt, seed=row.seed, beacon=row.beacon)


def ticket(receipt: str, *, seed: str, beacon: str | None) -> str:
    """Return the ticket of a receipt in a drawing with these hashes (hexadecimal digits)."""
    return allocation.ticket(
        seed=bytes.fromhex(seed),
        beacon=bytes.fromhex(beacon) if beacon else draw.NO_BEACON,
        receipt_sha256=queue_log.receipt_sha256(receipt),
    )
