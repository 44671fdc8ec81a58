"""The one place that stores where the movable clock stands; all processes read the same row.

It is read and written on connections of its own, so that a request's transaction
neither delays it nor sees an old value. The profiles demo and test only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Engine, delete, insert, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base import clock
from skillhub.base.db import Model, translated


class ClockSetting(Model):
    """The clock showed `instant` when the real time was `set_at`. There is one row at most."""

    __tablename__ = "clock_setting"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instant: Mapped[datetime]
    set_at: Mapped[datetime]


def source(engine: Engine, start: datetime | None = None) -> Callable[[], clock.Setting | None]:
    """Return what `clock.use_source` asks: the stored setting, or a start for this process alone.

    :param start: where this process's clock begins to run, until the row is set anew.
    """
    begun = clock.Setting(start, clock.real_now()) if start is not None else None

    def ask() -> clock.Setting | None:
        stored = read(engine)
        if begun is None or (stored is not None and stored.set_at > begun.set_at):
            return stored
        return begun

    return ask


def read(engine: Engine) -> clock.Setting | None:
    """Return the stored setting, None if there is none (or no table yet).

    :raises SkillHubError: the database is busy or away; time must not jump for that.
    """
    try:
        with engine.connect() as connection:
            row = connection.execute(select(ClockSetting.instant, ClockSetting.set_at)).one_or_none()
    except (OperationalError, ProgrammingError) as error:
        text = str(error.orig).lower()
        if "no such table" in text or "does not exist" in text:
            return None
        raise translated(error) from error
    return clock.Setting(row.instant, row.set_at) if row is not None else None


def store(engine: Engine, instant: datetime | None) -> None:
    """Let the clock of all processes run on from an instant; None gives the real time back."""
    with engine.connect().execution_options(outside_unit=True, write=True) as connection, connection.begin():
        connection.execute(delete(ClockSetting))
        if instant is not None:
            connection.execute(insert(ClockSetting).values(id=1, instant=instant, set_at=clock.real_now()))
    clock.read_again()


def advance(engine: Engine, step: timedelta) -> datetime:
    """Move the clock of all processes on, and return where it stands."""
    stored = read(engine)
    now = clock.real_now()
    instant = (stored.instant + (now - stored.set_at) if stored is not None else now) + step
    store(engine, instant)
    return instant
