"""Reads about results: how each person's training ended, and what the rules are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from skillhub import plugins
from skillhub.base.db import db
from skillhub.courses.model import Application, Batch, Course, Result
from skillhub.courses.queries.applications import ReasonView
from skillhub.courses.rules.applications import State


@dataclass(frozen=True, kw_only=True)
class ResultView:
    """Marks and outcome of one application, and the rule set that decided."""

    application_id: int
    receipt: str
    person_id: int
    batch_id: int
    theory: int | None
    practice: int | None
    minutes_planned: int
    minutes_present: int
    outcome: str
    reasons: tuple[ReasonView, ...]
    plugin: str
    plugin_version: str
    plugin_sha256: str
    recorded_at: datetime


def _select() -> Select[Result, str, int]:
    return select(Result, Application.receipt, Application.person_id).join(
        Application, Application.id == Result.application_id
    )


def _views(statement: Select[Result, str, int]) -> tuple[ResultView, ...]:
    rows = db.session.execute(statement.execution_options(populate_existing=True)).all()
    return tuple(
        ResultView(
            application_id=row.application_id,
            receipt=receipt,
            person_id=person_id,
            batch_id=row.batch_id,
            theory=row.theory,
            practice=row.practice,
            minutes_planned=row.minutes_planned,
            minutes_present=row.minutes_present,
            outcome=row.outcome,
            reasons=tuple(_reason(each) for each in row.reasons),
            plugin=row.plugin,
            plugin_version=row.plugin_version,
            plugin_sha256=row.plugin_sha256,
            recorded_at=row.recorded_at,
        )
        for row, receipt, person_id in rows
    )


def _reason(stored: dict[str, Any]) -> ReasonView:
    return ReasonView(stored["code"], stored.get("clause"), stored["text"])


def result(application_id: int) -> ResultView | None:
    """Return the result of one application, None as long as there is none."""
    found = _views(_select().where(Result.application_id == application_id))
    return found[0] if found else None


def of_batch(batch_id: int) -> tuple[ResultView, ...]:
    """Return the results of a batch in arrival order."""
    return _views(_select().where(Result.batch_id == batch_id).order_by(Application.order_no))


def certifiable(batch_id: int) -> tuple[ResultView, ...]:
    """Return the results of a batch that lead to a certificate, in arrival order."""
    return _views(
        _select()
        .where(
            Result.batch_id == batch_id,
            Result.outcome == plugins.Outcome.CERTIFIED,
            Application.state == State.ENROLLED,
        )
        .order_by(Application.order_no)
    )


def course_of(batch_id: int) -> plugins.Course:
    """Return the course of a batch as a plugin is told about it."""
    course = db.session.scalars(
        select(Course).join(Batch, Batch.course_id == Course.id).where(Batch.id == batch_id)
    ).one()
    return plugins.Course(
        code=course.code,
        name=course.name,
        trade=course.trade,
        occupation=course.occupation,
        level=course.level,
        theory_hours=course.theory_hours,
        practice_hours=course.practice_hours,
        minutes_per_hour=course.minutes_per_hour,
    )
