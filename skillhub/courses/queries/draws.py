"""Reads about draws: tickets once they can be computed, and what is mixed with the seed."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import AllocationLog, Batch
from skillhub.courses.rules import allocation
from skillhub.courses.rules.allocation import draw


def receipt_sha256(receipt: str) -> str:
    """Return the hash under which a receipt stands in the allocation log."""
    return hashlib.sha256(receipt.encode()).hexdigest()


def ticket_of(batch_id: int, receipt: str) -> str | None:
    """Return the ticket of a receipt, None before the batch has been drawn."""
    row = db.session.execute(select(Batch.seed, Batch.beacon).where(Batch.id == batch_id)).one()
    if row.seed is None:
        return None
    return allocation.ticket(
        seed=bytes.fromhex(row.seed),
        beacon=bytes.fromhex(row.beacon),
        receipt_sha256=receipt_sha256(receipt),
    )


def beacon() -> str:
    """Return the head of the installation's last signed allocation log, in hexadecimal digits."""
    root = db.session.scalar(
        select(AllocationLog.root)
        .where(AllocationLog.signed_at.is_not(None))
        .order_by(AllocationLog.signed_at.desc(), AllocationLog.id.desc())
        .limit(1)
    )
    return root or draw.NO_BEACON.hex()
