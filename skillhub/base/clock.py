"""The only module that may ask what time it is.

`now()` is the time of the trade: it can be moved in the profiles demo and test,
for all processes at once, through a row that `source` reads. `real_now()` cannot
be moved: sign-in sessions, code lifetimes and rate limits live by it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

READ_AGAIN_AFTER_SECONDS = 0.5


@dataclass(frozen=True)
class Setting:
    """The clock showed `instant` when the real time was `set_at`, and has run on since."""

    instant: datetime
    set_at: datetime


_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


class _Moved:
    """The setting that all processes share, read again at most twice a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._source: Callable[[], Setting | None] | None = None
        self._setting: Setting | None = None
        self._read_at = float("-inf")

    def use(self, source: Callable[[], Setting | None] | None) -> None:
        with self._lock:
            self._source, self._setting, self._read_at = source, None, float("-inf")

    def forget(self) -> None:
        with self._lock:
            self._read_at = float("-inf")

    def setting(self) -> Setting | None:
        if self._source is None:
            return None
        with self._lock:
            if time.monotonic() - self._read_at > READ_AGAIN_AFTER_SECONDS:
                self._setting = self._source()
                self._read_at = time.monotonic()
            return self._setting


_moved = _Moved()


def use_source(source: Callable[[], Setting | None] | None) -> None:
    """Name where the shared setting is read; None for a clock that cannot be moved (production)."""
    _moved.use(source)


def read_again() -> None:
    """Read the shared setting at the next question (after this process has changed it)."""
    _moved.forget()


def real_now() -> datetime:
    """Return the real instant, aware and in UTC; nothing moves it."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the current instant of the trade, aware and in UTC."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    setting = _moved.setting()
    if setting is None:
        return real_now()
    return setting.instant + (real_now() - setting.set_at)


def is_moved() -> bool:
    """Tell whether `now()` differs from the real time, so that pages can say so."""
    return _frozen.get() is not None or _moved.setting() is not None


def today(zone: str) -> date:
    """Return the civil date in a district's time zone; deadlines use this."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still inside the block (tests, replays, loading of history)."""
    if instant.tzinfo is None:
        raise ValueError("frozen_at() needs an aware datetime")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
