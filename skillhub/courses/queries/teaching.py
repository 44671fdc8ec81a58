"""How far the records of an actor's own classes have come: what a school or a trainer still has to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

from skillhub import plugins
from skillhub.base.access import Actor, Role, require_role
from skillhub.base.db import db
from skillhub.courses.model import Application, Attendance, Batch, Result
from skillhub.courses.queries.batches import BatchView, read
from skillhub.courses.rules.applications import State


def own(actor: Actor, *, since: date) -> tuple[BatchView, ...]:
    """Return the classes that the actor's training bodies run or the actor teaches, by their first day.

    What is neither closed nor cancelled is always among them, what was closed only if it ended since a day.

    :raises Forbidden: the actor is neither school nor trainer.
    """
    require_role(actor, Role.SCHOOL, Role.TRAINER)
    is_current = or_(
        Batch.state.in_(("draft", "published")), and_(Batch.state == "closed", Batch.ends_on >= since)
    )
    return tuple(read(_is_own(actor), is_current, order_by=(Batch.starts_on, Batch.id)))


def _is_own(actor: Actor) -> ColumnElement[bool]:
    filed = Batch.body_id.in_(sorted(actor.organisations(Role.SCHOOL)))
    if not actor.has(Role.TRAINER):
        return filed
    return or_(filed, and_(Batch.trainer_id == actor.person_id, Batch.state != "draft"))


def recorded(session_ids: Collection[int]) -> frozenset[int]:
    """Return at which of these sessions attendance has been taken."""
    statement = select(Attendance.session_id).where(Attendance.session_id.in_(sorted(session_ids))).distinct()
    return frozenset(db.session.scalars(statement))


def marked(batch_ids: Collection[int]) -> dict[int, int]:
    """Return how many people of each batch have a result."""
    statement = (
        select(Result.batch_id, func.count().label("heads"))
        .where(Result.batch_id.in_(sorted(batch_ids)))
        .group_by(Result.batch_id)
    )
    return {row.batch_id: row.heads for row in db.session.execute(statement)}


def certifiable(batch_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the applications of each batch that lead to a certificate."""
    found: dict[int, set[int]] = defaultdict(set)
    statement = (
        select(Result.batch_id, Result.application_id)
        .join(Application, Application.id == Result.application_id)
        .where(
            Result.batch_id.in_(sorted(batch_ids)),
            Result.outcome == plugins.Outcome.CERTIFIED,
            Application.state == State.ENROLLED,
        )
    )
    for batch_id, application_id in db.session.execute(statement):
        found[batch_id].add(application_id)
    return {batch_id: frozenset(each) for batch_id, each in found.items()}
