"""Pure decisions about attendance: which states there are, and which minutes fit them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Presence(StrEnum):
    """How one person's session went."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LEAVE = "leave"
    ABSENT = "absent"


WORDS: dict[str, tuple[LazyString, str]] = {
    Presence.PRESENT: (_l("出勤"), "ok"),
    Presence.LATE: (_l("迟到"), "wait"),
    Presence.LEFT_EARLY: (_l("早退"), "wait"),
    Presence.LEAVE: (_l("请假"), "none"),
    Presence.ABSENT: (_l("未到"), "bad"),
}
"""The word for each state, and the kind of status mark beside it."""
THERE = (Presence.PRESENT, Presence.LATE, Presence.LEFT_EARLY)
"""These count as a session attended."""


@dataclass(frozen=True)
class Mark:
    """What is recorded about one person at one session, and how it is known."""

    receipt: str
    state: str
    minutes: int
    method: str = "staff"
    evidence: str | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None


def length(starts_at: datetime, ends_at: datetime) -> int:
    """Return the minutes that a session lasts."""
    return int((ends_at - starts_at).total_seconds() // 60)


def fault(*, state: str, minutes: int, longest: int) -> str | None:
    """Return the code of what is wrong with one mark, None if it can be right."""
    if state not in set(Presence):
        return "state_unknown"
    if not 0 <= minutes <= longest:
        return "minutes_beyond"
    if state in THERE and minutes == 0:
        return "minutes_missing"
    if state not in THERE and minutes > 0:
        return "minutes_without_presence"
    return None
