"""The tables of background work: one row for each job, and the sign of life of the worker."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (State.WAITING, State.RUNNING)


class Job(Model):
    """One piece of background work: what is to be done, and how far it is.

    The row alone says where to go on, so that a killed worker repeats at most the
    slice that it was in. `failed` lists ``{"item", "code"}``.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state_known"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    cursor: Mapped[int]
    done: Mapped[int]
    of: Mapped[int]
    failed: Mapped[list[dict[str, Any]]]
    actor_id: Mapped[int | None]
    district_code: Mapped[str | None]
    made_at: Mapped[datetime]


class Heartbeat(Model):
    """When the worker last said, in real time, that it lives. There is one row at most."""

    __tablename__ = "worker_heartbeat"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
