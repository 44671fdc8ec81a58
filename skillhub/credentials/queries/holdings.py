"""Who holds certificates: of several classes in one question, or of a district in a period."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select

from skillhub.base.db import db
from skillhub.base.periods import ALL_TIME, Period
from skillhub.credentials.model import Certificate
from skillhub.credentials.rules.facts import Status


def issued_for(batch_ids: Collection[int]) -> frozenset[int]:
    """Return the applications of these batches for which a certificate was issued, whatever became of it."""
    statement = select(Certificate.application_id).where(Certificate.batch_id.in_(sorted(batch_ids)))
    return frozenset(db.session.scalars(statement))


def in_force(district: str, period: Period = ALL_TIME) -> int:
    """Count the certificates of a district that are in force, by the day of issue."""
    return int(db.session.scalar(select(func.count(Certificate.id)).where(*_valid(district, period))) or 0)


def certificate_ids(district: str, period: Period, *, after: int, limit: int) -> tuple[int, ...]:
    """Return these certificates after the one of an id, in order of issue."""
    statement = select(Certificate.id).where(*_valid(district, period), Certificate.id > after)
    return tuple(db.session.scalars(statement.order_by(Certificate.id).limit(limit)))


def holders(
    district: str, period: Period = ALL_TIME, *, batch_ids: Collection[int] | None = None
) -> frozenset[int]:
    """Return the people who hold one of these certificates; out of certain classes, if they are named."""
    statement = select(Certificate.person_id).where(*_valid(district, period)).distinct()
    if batch_ids is not None:
        statement = statement.where(Certificate.batch_id.in_(sorted(batch_ids)))
    return frozenset(db.session.scalars(statement))


def _valid(district: str, period: Period) -> list[ColumnElement[bool]]:
    return [
        Certificate.district_code == district,
        Certificate.status == Status.VALID.value,
        *period.of_days(Certificate.issued_on),
    ]
