"""Where the movable clock begins when a process of ours starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, create_engine

from skillhub.base import clock, clock_row
from skillhub.config import Config, Profile

DEMONSTRATION_DAY = datetime.fromisoformat("2025-11-10T09:00:00+08:00")


@contextmanager
def database_of(config: Config) -> Iterator[Engine]:
    """Lend an engine for the clock's row alone."""
    engine = create_engine(config.database)
    try:
        yield engine
    finally:
        engine.dispose()


def restart(config: Config) -> None:
    """Let the clock of all processes begin at SKILLHUB_NOW."""
    with database_of(config) as engine:
        clock_row.store(engine, config.start)


def begin(config: Config) -> None:
    """Begin at SKILLHUB_NOW; else go on, and the first time of a demonstration begin at its day."""
    with database_of(config) as engine:
        if config.start is not None:
            clock_row.store(engine, config.start)
        elif config.profile == Profile.DEMO and clock_row.read(engine) is None:
            clock_row.store(engine, DEMONSTRATION_DAY)


def has_row(config: Config) -> bool:
    """Tell whether some process has set the clock already."""
    with database_of(config) as engine:
        return clock_row.read(engine) is not None


def stored(config: Config) -> clock.Setting | None:
    """Return the stored setting."""
    with database_of(config) as engine:
        return clock_row.read(engine)
