"""Pure decisions about applications: their states, who may be let in, when a freed seat is passed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LEAST_AGE = 16
MOST_A_MINUTE = 10
"""Applications that one account may make for itself in a minute."""
LABOUR_LAW = "《中华人民共和国劳动法》第十五条"


class State(StrEnum):
    """Where an application stands."""

    ENROLLED = "enrolled"
    WAITLISTED = "waitlisted"
    IN_DRAW = "in_draw"
    UNDER_REVIEW = "under_review"
    OFFERED = "offered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


WORDS: dict[str, tuple[LazyString, str]] = {
    State.ENROLLED: (_l("已录取"), "ok"),
    State.WAITLISTED: (_l("候补"), "wait"),
    State.IN_DRAW: (_l("等待抽签"), "wait"),
    State.UNDER_REVIEW: (_l("待审核"), "wait"),
    State.OFFERED: (_l("轮到您了"), "wait"),
    State.REFUSED: (_l("没有通过"), "bad"),
    State.WITHDRAWN: (_l("已退出"), "none"),
    State.LAPSED: (_l("已作废"), "none"),
}
"""The word for each state, and the kind of status mark beside it."""
ACTIVE = (State.ENROLLED, State.WAITLISTED, State.IN_DRAW, State.UNDER_REVIEW, State.OFFERED)
"""A person holds at most one of these for a batch."""
SEATED = (State.ENROLLED, State.OFFERED)
"""These hold a seat."""


@dataclass(frozen=True)
class Why:
    """One reason: its code, the paragraph it rests on, and a district's own words."""

    code: str
    clause: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Standing:
    """What the rules say before any seat is asked for; `held` None means: a seat or a place in line."""

    held: State | None
    reasons: tuple[Why, ...]


def passes_on(*, batch_state: str, cut_off: datetime, now: datetime) -> bool:
    """Tell whether a seat that becomes free still goes to the first in line: until the cut-off."""
    return batch_state == "published" and now < cut_off


class Unoffered(StrEnum):
    """Why somebody who waits has not been offered a seat."""

    FULL = "full"
    KEPT = "kept"
    NOT_DRAWN = "not_drawn"
    CUT_OFF = "cut_off"
    NOT_RUNNING = "not_running"


UNOFFERED: dict[str, LazyString] = {
    Unoffered.FULL: _l("没有空名额"),
    Unoffered.KEPT: _l("剩下的名额留给别的人员类别，还没到放开的时间"),
    Unoffered.NOT_DRAWN: _l("还没有抽签"),
    Unoffered.CUT_OFF: _l("过了停止递补的时间，次序带到下一期"),
    Unoffered.NOT_RUNNING: _l("这一期不再办，次序带到下一期"),
}
"""The words for staff."""


def why_unoffered(
    *, state: str, batch_state: str, cut_off: datetime, has_free_seats: bool, now: datetime
) -> Unoffered | None:
    """Say why this application has not been offered a seat; None where that is no question."""
    if state == State.IN_DRAW:
        return Unoffered.NOT_DRAWN
    if state != State.WAITLISTED:
        return None
    if batch_state != "published":
        return Unoffered.NOT_RUNNING
    if now >= cut_off:
        return Unoffered.CUT_OFF
    return Unoffered.KEPT if has_free_seats else Unoffered.FULL
