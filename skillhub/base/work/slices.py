"""Carrying out one slice of a job and writing down how far it is; knows no engine.

An expected error ends the job with its code. A database that is busy, away or
full ends nothing: the slice waits and tries again. Anything else is a bug: it is
logged, tried three times in all, and then ends the job as ``internal``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from skillhub.base import db as database
from skillhub.base.db import db, unit_of_work
from skillhub.base.errors import SkillHubError
from skillhub.base.work import handlers
from skillhub.base.work.handlers import ItemFailure, Slice
from skillhub.base.work.model import OPEN, Job, State

log = logging.getLogger("skillhub.work")

UNAVAILABLE = 503
TRIES = 3
LONGEST_PAUSE_SECONDS = 30.0
WHOLE_JOB = "job"

Result = TypeVar("Result")
Pause = Callable[[float], None]
_asked_by: ContextVar[int | None] = ContextVar("asked_by", default=None)


@dataclass(frozen=True)
class _Open:
    """What a runner needs of a job that is not finished."""

    id: str
    name: str
    payload: dict[str, Any]
    state: str
    cursor: int
    actor_id: int | None


def asked_by() -> int | None:
    """Return, inside a handler, the person who asked for the job: it acts with that person's rights."""
    return _asked_by.get()


def run_next(job_id: str, pause: Pause) -> bool:
    """Carry out the next slice of a job and tell whether another one follows.

    :param pause: waits so many seconds; an engine that may not wait raises instead.
    """
    found = _patiently(lambda: _open(job_id), pause)
    if found is None:
        return False
    try:
        done = _carried_out(found, pause)
        _patiently(lambda: _keep(job_id, done), pause)
    except SkillHubError as error:
        code = error.code
        log.warning("job %s (%s) ended: %s", found.id, found.name, code)
        _patiently(lambda: _end(job_id, code), pause)
        return False
    except Exception:
        log.exception("job %s (%s) ended by a bug", found.id, found.name)
        _patiently(lambda: _end(job_id, "internal"), pause)
        return False
    return done.next is not None


def _open(job_id: str) -> _Open | None:
    row = db.session.execute(
        select(Job.id, Job.name, Job.payload, Job.state, Job.cursor, Job.actor_id).where(
            Job.id == job_id, Job.state.in_(OPEN)
        )
    ).one_or_none()
    if row is None:
        return None
    if row.state == State.WAITING:
        with unit_of_work() as unit:
            unit.session.execute(update(Job).where(Job.id == job_id).values(state=State.RUNNING))
    return _Open(*row)


def _carried_out(found: _Open, pause: Pause) -> Slice:
    token = _asked_by.set(found.actor_id)
    try:
        handler = handlers.handler(found.name)
        for tries in range(1, TRIES + 1):
            try:
                return _patiently(lambda: handler(dict(found.payload), found.cursor), pause)
            except SkillHubError:
                raise
            except Exception:
                if tries == TRIES:
                    raise
                log.exception("job %s (%s) failed at %d, try %d", found.id, found.name, found.cursor, tries)
                pause(float(tries))
        raise AssertionError  # the loop returns or raises
    finally:
        _asked_by.reset(token)


def _patiently(call: Callable[[], Result], pause: Pause) -> Result:
    """Return what `call` returns, waiting while the database is busy, away or full."""
    seconds = 1.0
    while True:
        try:
            return call()
        except (SkillHubError, DBAPIError) as error:
            db.session.rollback()
            known = database.translated(error) if isinstance(error, DBAPIError) else error
            if getattr(known, "status", None) != UNAVAILABLE:
                raise
            log.warning("the database is not available (%s); waiting %.0f s", known, seconds)
            pause(seconds)
            seconds = min(seconds * 2, LONGEST_PAUSE_SECONDS)
        except Exception:
            db.session.rollback()
            raise


def _keep(job_id: str, done: Slice) -> None:
    with unit_of_work() as unit:
        kept = unit.session.scalar(select(Job.failed).where(Job.id == job_id)) or []
        values: dict[str, object] = {
            "done": done.done,
            "of": done.of,
            "failed": _joined(kept, done.failed),
            "state": State.DONE if done.next is None else State.RUNNING,
        }
        if done.next is not None:
            values["cursor"] = done.next
        unit.session.execute(update(Job).where(Job.id == job_id, Job.state.in_(OPEN)).values(**values))


def _end(job_id: str, code: str) -> None:
    with unit_of_work() as unit:
        kept = unit.session.scalar(select(Job.failed).where(Job.id == job_id)) or []
        failed = _joined(kept, (ItemFailure(WHOLE_JOB, code),))
        unit.session.execute(
            update(Job).where(Job.id == job_id, Job.state.in_(OPEN)).values(state=State.FAILED, failed=failed)
        )


def _joined(kept: list[dict[str, Any]], new: tuple[ItemFailure, ...]) -> list[dict[str, Any]]:
    """Return the failures in order, each item once, so that a repeated slice adds nothing."""
    failed = {each["item"]: each for each in kept}
    failed |= {each.item: {"item": each.item, "code": each.code} for each in new}
    return list(failed.values())
