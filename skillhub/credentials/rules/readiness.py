"""Pure decision: whether certificates of a class may bear a certain day."""

from __future__ import annotations

from datetime import date

from skillhub.base.errors import Conflict
from skillhub.credentials.errors import ClassCancelled, TooEarly

HELD = ("published", "closed")
CLOSED = "closed"


def obstacle(*, state: str, is_taught: bool, ends_on: date, day: date) -> Conflict | None:
    """Return what stands in the way of issuing: not held, or not over; None if nothing does."""
    if state not in HELD:
        return ClassCancelled()
    if day < ends_on or not (is_taught or state == CLOSED):
        return TooEarly()
    return None
