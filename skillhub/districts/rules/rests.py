"""When a plugin that fails has to rest, from the instants of its failures alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

MOST_FAILURES = 3
WITHIN = timedelta(seconds=60)


def window(now: datetime, woken_at: datetime | None) -> datetime:
    """Return the instant after which failures count: a minute ago, or when the plugin was last woken."""
    begin = now - WITHIN
    return begin if woken_at is None else max(begin, woken_at)


def must_rest(failed_at: Iterable[datetime], *, now: datetime, woken_at: datetime | None) -> bool:
    """Say whether a plugin has failed so often lately that it is no longer asked."""
    begin = window(now, woken_at)
    return sum(begin < each <= now for each in failed_at) >= MOST_FAILURES
