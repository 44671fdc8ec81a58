"""The worker's sign of life, by which other processes know that background work is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from skillhub.base import clock
from skillhub.base.db import db, unit_of_work
from skillhub.base.work.model import Heartbeat

EVERY_SECONDS = 10.0
SILENCE = timedelta(seconds=35)  # three beats missed, and some


def beat(*, is_first: bool = False) -> None:
    """Say that the worker lives; the first beat also says since when."""
    now = clock.real_now()
    values = {"beat_at": now, "started_at": now} if is_first else {"beat_at": now}
    with unit_of_work() as unit:
        known = unit.session.execute(update(Heartbeat).values(**values).returning(Heartbeat.id)).first()
        if known is None:
            unit.session.execute(insert(Heartbeat).values(id=1, beat_at=now, started_at=now))


def last_beat() -> datetime | None:
    """Return when the worker last gave a sign of life (real time), None if there never was one."""
    return db.session.scalar(select(Heartbeat.beat_at))


def is_alive() -> bool:
    """Tell whether a worker has given a sign of life lately."""
    last = last_beat()
    return last is not None and clock.real_now() - last < SILENCE
