"""Which people of several classes hold a certificate, in one question."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.credentials.model import Certificate


def issued_for(batch_ids: Collection[int]) -> frozenset[int]:
    """Return the applications of these batches for which a certificate was issued, whatever became of it."""
    statement = select(Certificate.application_id).where(Certificate.batch_id.in_(sorted(batch_ids)))
    return frozenset(db.session.scalars(statement))
