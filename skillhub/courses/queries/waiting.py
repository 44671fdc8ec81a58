"""What waits for somebody of a district to decide, and the latest training orders there."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from skillhub.base.db import db
from skillhub.courses.model import Application, Batch, TrainingOrder
from skillhub.courses.queries import applications, orders
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.orders import OrderFace
from skillhub.courses.rules.applications import State


def under_review(*, districts: Collection[str], limit: int) -> tuple[ApplicationView, ...]:
    """Return the applications of some districts on which a clerk must decide, the longest waiting first."""
    ids = db.session.scalars(
        select(Application.id)
        .join(Batch, Batch.id == Application.batch_id)
        .where(Batch.district_code.in_(sorted(districts)), Application.state == State.UNDER_REVIEW)
        .order_by(Application.applied_at, Application.id)
        .limit(limit)
    ).all()
    found = applications.by_ids(ids)
    return tuple(found[each] for each in ids)


def count_under_review(*, districts: Collection[str]) -> int:
    """Return on how many applications of some districts a clerk must decide."""
    statement = (
        select(func.count(Application.id))
        .join(Batch, Batch.id == Application.batch_id)
        .where(Batch.district_code.in_(sorted(districts)), Application.state == State.UNDER_REVIEW)
    )
    return db.session.scalar(statement) or 0


def latest_orders(*, district: str, states: Collection[str], limit: int) -> tuple[OrderFace, ...]:
    """Return the latest orders of a district in some states; the caller has checked who may see them."""
    ids = db.session.scalars(
        select(TrainingOrder.id)
        .where(TrainingOrder.district_code == district, TrainingOrder.state.in_(sorted(states)))
        .order_by(TrainingOrder.id.desc())
        .limit(limit)
    ).all()
    return orders.faces([orders.order_by_id(each) for each in ids])
