"""Background work that survives a kill: asked for inside a unit, done by the worker in slices.

A job is a row; its handler does at most 50 items at a time and says where to go
on. `engine.py` is the only module that knows the library underneath.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from flask import Flask

from skillhub.base.db import Unit, db
from skillhub.base.work.handlers import ItemFailure, Slice, every, handles, repetitions
from skillhub.base.work.heartbeat import is_alive, last_beat
from skillhub.base.work.inline import InlineEngine
from skillhub.base.work.jobs import Engine, JobView, engine_in_use, enqueue_in, job, use
from skillhub.base.work.model import State
from skillhub.base.work.slices import asked_by

if TYPE_CHECKING:
    from skillhub.base.work.engine import Sender

__all__ = [
    "Engine",
    "InlineEngine",
    "ItemFailure",
    "JobView",
    "Slice",
    "State",
    "asked_by",
    "drain",
    "enqueue_in",
    "every",
    "handles",
    "init_app",
    "is_alive",
    "is_inline",
    "job",
    "last_beat",
    "repetitions",
    "use",
]


class _Durable:
    """Loads the library with the first job: it takes half a second, and few processes enqueue at once."""

    def __init__(self) -> None:
        self._sender: Sender | None = None

    def enqueue(self, unit: Unit, job_id: str) -> None:
        """Enqueue in the unit's own transaction."""
        if self._sender is None:
            self._sender = importlib.import_module("skillhub.base.work.engine").Sender(db.engine)
        cast("Sender", self._sender).enqueue(unit, job_id)


def init_app(app: Flask, _config: object, *, inline: bool) -> None:
    """Choose what carries the application's jobs: the durable engine, or this process."""
    use(InlineEngine() if inline else _Durable(), app)


def is_inline() -> bool:
    """Tell whether this process carries out its own jobs (tests)."""
    return isinstance(engine_in_use(), InlineEngine)


def drain() -> int:
    """Carry out in this process what was enqueued in it, and return the number of jobs (inline only)."""
    engine = engine_in_use()
    if not isinstance(engine, InlineEngine):
        raise TypeError("only an application with inline work can be drained")
    return engine.drain()
