"""Asking for background work inside a unit, and looking how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import Flask, current_app
from sqlalchemy import insert, select

from skillhub.base import clock, ids
from skillhub.base.access import Actor
from skillhub.base.db import Unit, db
from skillhub.base.work import handlers
from skillhub.base.work.handlers import ItemFailure
from skillhub.base.work.model import Job, State

EXTENSION = "skillhub.work"


class Engine(Protocol):
    """What brings a job to its handler once the unit has been committed."""

    def enqueue(self, unit: Unit, job_id: str) -> None:
        """Note the job in the unit's own transaction: if that rolls back, it never existed."""


@dataclass(frozen=True)
class JobView:
    """How far a job is. `asked_by` (a person) and `district` say who may look at it."""

    job: str
    state: str
    done: int
    of: int
    failed: tuple[ItemFailure, ...]
    name: str
    asked_by: int | None
    district: str | None


def use(engine: Engine, app: Flask | None = None) -> None:
    """Let this engine carry the jobs of an application (the current one if none is given)."""
    target = app if app is not None else current_app
    target.extensions[EXTENSION] = engine


def engine_in_use() -> Engine:
    """Return what carries the jobs of the current application."""
    return cast(Engine, current_app.extensions[EXTENSION])


def enqueue_in(
    unit: Unit, *, name: str, payload: dict[str, Any], actor: Actor, district: str | None = None
) -> str:
    """Ask for work as part of the unit, and return the job's unguessable id.

    :raises KeyError: no handler of this name is registered.
    """
    handlers.handler(name)
    job_id = ids.secret()
    unit.session.execute(
        insert(Job).values(
            id=job_id,
            name=name,
            payload=payload,
            state=State.WAITING,
            cursor=handlers.FIRST,
            done=0,
            of=0,
            failed=[],
            actor_id=actor.person_id,
            district_code=district,
            made_at=clock.now(),
        )
    )
    engine_in_use().enqueue(unit, job_id)
    return job_id


def job(job_id: str) -> JobView | None:
    """Return how far a job is, None if there is no such job."""
    row = db.session.execute(
        select(Job.state, Job.done, Job.of, Job.failed, Job.name, Job.actor_id, Job.district_code).where(
            Job.id == job_id
        )
    ).one_or_none()
    if row is None:
        return None
    failed = tuple(ItemFailure(each["item"], each["code"]) for each in row.failed)
    return JobView(job_id, row.state, row.done, row.of, failed, row.name, row.actor_id, row.district_code)
