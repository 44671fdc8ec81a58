"""What work was found in a district in a period; intents, and what was taken back, count for nothing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select

from skillhub.base.db import db
from skillhub.base.periods import ALL_TIME, Period
from skillhub.credit.model import Engagement
from skillhub.credit.queries.engagements import INTENT


def hired(
    district: str,
    period: Period = ALL_TIME,
    *,
    batch_ids: Collection[int] | None = None,
    places: Collection[str] | None = None,
    after_training: bool = False,
) -> frozenset[int]:
    """Return the people who found work; out of a class, certain classes or in certain places, if asked."""
    conditions = [*_work(district, period)]
    if after_training:
        conditions.append(Engagement.batch_id.is_not(None))
    if batch_ids is not None:
        conditions.append(Engagement.batch_id.in_(batch_ids))
    if places is not None:
        conditions.append(Engagement.place.in_(places))
    return frozenset(db.session.scalars(select(Engagement.person_id).where(*conditions).distinct()))


def placements(district: str, period: Period = ALL_TIME) -> int:
    """Count how often people went to work (人次)."""
    return int(db.session.scalar(select(func.count(Engagement.id)).where(*_work(district, period))) or 0)


def pay_fen(district: str, period: Period = ALL_TIME) -> int:
    """Return what these people were paid together."""
    statement = select(func.coalesce(func.sum(Engagement.pay_fen), 0)).where(*_work(district, period))
    return int(db.session.scalar(statement) or 0)


def placement_ids(district: str, period: Period, *, after: int, limit: int) -> tuple[str, ...]:
    """Return the public ids of these engagements after the one of an id, in order of recording."""
    statement = (
        select(Engagement.public_id)
        .where(*_work(district, period), Engagement.id > after)
        .order_by(Engagement.id)
        .limit(limit)
    )
    return tuple(db.session.scalars(statement))


def places_of(person_ids: Collection[int]) -> tuple[str, ...]:
    """Return where these people found work, each place once."""
    wanted = sorted(person_ids)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        found |= set(
            db.session.scalars(
                select(Engagement.place)
                .where(
                    Engagement.person_id.in_(wanted[start : start + 500]),
                    Engagement.place.is_not(None),
                    Engagement.kind != INTENT,
                    Engagement.removed_at.is_(None),
                )
                .distinct()
            )
        )
    return tuple(sorted(found))


def _work(district: str, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Engagement.district_code == district,
        Engagement.kind != INTENT,
        Engagement.removed_at.is_(None),
        *period.of_days(Engagement.started_on),
    )
