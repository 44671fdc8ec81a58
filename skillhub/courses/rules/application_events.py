"""The only list of what can happen to an application, as the allocation log names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Event(StrEnum):
    """What happened; the state that came of it is kept beside it."""

    APPLY = "apply"
    CARRY = "carry"
    DECIDE = "decide"
    DRAW = "draw"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    PUBLISH = "publish"
    SEATS = "seats"
    RELEASE = "release"
    CUT_OFF = "cut_off"
    CANCEL = "cancel"


ARRIVALS = (Event.APPLY, Event.CARRY)
"""The first event of every application is one of these."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event before it is written; `at` None means now."""

    batch_id: int
    application_id: int | None
    event: Event
    state: str
    group: str | None = None
    at: datetime | None = None
