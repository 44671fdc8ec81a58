"""Reads about who wants to be told of a course's next batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, select

from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.courses.model import Application, Course, CourseSubscription
from skillhub.courses.rules.applications import ACTIVE


@dataclass(frozen=True)
class SubscriptionView:
    """One subscription: its handle, the course's code, and whether it still holds."""

    handle: str
    course: str
    is_active: bool


_is_open = CourseSubscription.ended_at.is_(None)


def has_any(course_id: int) -> bool:
    """Tell whether anybody wants to be told of a course."""
    statement = select(CourseSubscription.id).where(CourseSubscription.course_id == course_id, _is_open)
    return db.session.scalar(statement.limit(1)) is not None


def subscription(handle: str) -> SubscriptionView:
    """Return a subscription by its handle, whoever asks (the caller has just made it).

    :raises NotFound: there is none.
    """
    row = db.session.execute(
        select(CourseSubscription.handle, Course.code, CourseSubscription.ended_at)
        .join(Course, Course.id == CourseSubscription.course_id)
        .where(CourseSubscription.handle == handle)
    ).one_or_none()
    if row is None:
        raise NotFound
    return SubscriptionView(row.handle, row.code, row.ended_at is None)


def is_subscribed(*, course_id: int, person_id: int) -> bool:
    """Tell whether a person wants to be told of a course."""
    statement = select(CourseSubscription.id).where(
        CourseSubscription.course_id == course_id, CourseSubscription.person_id == person_id, _is_open
    )
    return db.session.scalar(statement) is not None


def to_tell(course_id: int, *, batch_id: int, after: int, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the next subscribers (id, person_id) who have not applied for a batch."""
    applied = exists(
        select(Application.id).where(
            Application.batch_id == batch_id,
            Application.person_id == CourseSubscription.person_id,
            Application.state.in_(ACTIVE),
        )
    )
    return db.session.execute(
        select(CourseSubscription.id, CourseSubscription.person_id)
        .where(CourseSubscription.course_id == course_id, _is_open, CourseSubscription.id > after, ~applied)
        .order_by(CourseSubscription.id)
        .limit(limit)
    ).all()
