"""The only list of what can happen to an application, as the allocation log names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Event(StrEnum):
    """What happened; the state that came of it is kept beside it."""

    APPLY = "apply"
    DECIDE = "decide"
    DRAW = "draw"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"
    MOVE_UP = "move_up"
    CARRY_OVER = "carry_over"
    WITHDRAW = "withdraw"
    SEATS = "seats"
    CUT_OFF = "cut_off"


OF_THE_PLAN = frozenset({Event.SEATS, Event.CUT_OFF})
"""These change the plan of the batch and belong to no application."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event before it is written; `at` None means now."""

    batch_id: int
    application_id: int | None
    event: Event
    state: str
    group: str | None = None
    at: datetime | None = None
