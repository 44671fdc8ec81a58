"""Reads about the line of a course, which goes on from one batch to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from skillhub.base import clock
from skillhub.base.db import db
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import applications
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.rules.applications import ACTIVE, SEATED, State
from skillhub.courses.rules.plans import LAST_MOMENT

LINE = (State.WAITLISTED, State.LAPSED)
"""With `queues_since`, these stand in the course's line: waiting in a batch, or left by one called off."""


@dataclass(frozen=True)
class Queuer:
    """Somebody in the course's line: the application through which, and since when."""

    application_id: int
    person_id: int
    batch_id: int
    state: str
    since: datetime


def queuers(course_id: int, *, target_id: int, is_over: bool) -> tuple[Queuer, ...]:
    """Return those in a course's line whom another batch has to take over, by time, each person once.

    Left out is who holds a seat in any batch of the course, or has applied for the other before.

    :param is_over: only those whose own batch passes no seats on any more.
    """
    mine, theirs, running = aliased(Application), aliased(Application), aliased(Batch)
    placed = exists(
        select(theirs.id)
        .join(running, running.id == theirs.batch_id)
        .where(
            theirs.person_id == mine.person_id,
            or_(
                theirs.batch_id == target_id,
                and_(
                    running.course_id == course_id,
                    running.state != "cancelled",
                    theirs.state.in_(SEATED),
                ),
            ),
        )
    )
    conditions = [
        Batch.course_id == course_id,
        mine.batch_id != target_id,
        mine.state.in_(LINE),
        mine.queues_since.is_not(None),
        ~placed,
    ]
    if is_over:
        conditions.append(_is_over())
    rows = db.session.execute(
        select(mine.id, mine.person_id, mine.batch_id, mine.state, _since(mine))
        .join(Batch, Batch.id == mine.batch_id)
        .where(*conditions)
        .order_by(mine.queues_since, mine.id)
    )
    first: dict[int, Queuer] = {}
    for row in rows:
        first.setdefault(row.person_id, Queuer(*row))
    return tuple(first.values())


def settled_elsewhere(course_id: int) -> tuple[Queuer, ...]:
    """Return who still waits in a batch that is over but has a place in a later one of the course."""
    mine, theirs, later = aliased(Application), aliased(Application), aliased(Batch)
    now = clock.now()
    rows = db.session.execute(
        select(mine.id, mine.person_id, mine.batch_id, mine.state, _since(mine))
        .join(Batch, Batch.id == mine.batch_id)
        .where(
            Batch.course_id == course_id,
            mine.state == State.WAITLISTED,
            mine.queues_since.is_not(None),
            _is_over(),
            exists(
                select(theirs.id)
                .join(later, later.id == theirs.batch_id)
                .where(
                    theirs.person_id == mine.person_id,
                    later.course_id == course_id,
                    later.id != mine.batch_id,
                    later.state == "published",
                    later.cut_off > now,
                    theirs.state.in_(ACTIVE),
                )
            ),
        )
        .order_by(mine.queues_since, mine.id)
    )
    return tuple(Queuer(*row) for row in rows)


def _is_over() -> ColumnElement[bool]:
    """Whether a batch passes no seats on any more, those answered too who applied in the last moment."""
    return or_(Batch.state != "published", Batch.cut_off <= clock.now() - LAST_MOMENT)


def _since(application: type[Application]) -> ColumnElement[datetime]:
    return cast("ColumnElement[datetime]", application.queues_since)


def courses_with_a_line() -> Sequence[int]:
    """Return the courses in which somebody waits in a batch that passes no seats on any more."""
    return db.session.scalars(
        select(Batch.course_id)
        .join(Application, Application.batch_id == Batch.id)
        .where(
            Application.state.in_(LINE),
            Application.queues_since.is_not(None),
            _is_over(),
        )
        .distinct()
        .order_by(Batch.course_id)
    ).all()


def next_batch(course_id: int) -> int | None:
    """Return the batch of a course that takes over those who wait: the first to begin of those that can."""
    return db.session.scalar(
        select(Batch.id)
        .where(Batch.course_id == course_id, Batch.state == "published", Batch.cut_off > clock.now())
        .order_by(Batch.starts_on, Batch.id)
        .limit(1)
    )


def elsewhere(found: ApplicationView) -> tuple[ApplicationView, ...]:
    """Return the person's other applications that wait for a seat of the same course."""
    own = select(Batch.course_id).where(Batch.id == found.batch_id).scalar_subquery()
    ids = db.session.scalars(
        select(Application.id)
        .join(Batch, Batch.id == Application.batch_id)
        .where(
            Application.person_id == found.person_id,
            Application.batch_id != found.batch_id,
            Application.state.in_((State.WAITLISTED, State.OFFERED)),
            Batch.course_id == own,
        )
        .order_by(Application.id)
    ).all()
    views = applications.by_ids(ids)
    return tuple(views[each] for each in ids)


def length(course_id: int) -> int:
    """Return how many people stand in a course's line."""
    statement = (
        select(func.count(Application.person_id.distinct()))
        .join(Batch, Batch.id == Application.batch_id)
        .where(
            Batch.course_id == course_id,
            Application.state.in_(LINE),
            Application.queues_since.is_not(None),
        )
    )
    return db.session.scalar(statement) or 0
