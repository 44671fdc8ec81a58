"""Pure decisions about applications: their states, who may be let in, when a freed seat is passed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.accounts.rules import ages

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
    """One reason: a code of core's, and the paragraph it rests on."""

    code: str
    clause: str | None = None


@dataclass(frozen=True)
class Standing:
    """What the rules say before any seat is asked for; `held` None means: a seat or a place in line."""

    held: State | None
    reasons: tuple[Why, ...]


def standing(*, birth_on: date | None, has_identity: bool, on: date) -> Standing:
    """Say whether a person may be let in on a day.

    A rule that says no refuses; papers that are missing hold the application for a clerk.
    """
    if birth_on is not None and ages.age(birth_on, on) < LEAST_AGE:
        return Standing(State.REFUSED, (Why("below_16", LABOUR_LAW),))
    if not has_identity:
        return Standing(State.UNDER_REVIEW, (Why("identity_unverified"),))
    return Standing(None, ())


def passes_on(*, batch_state: str, first_session_at: datetime | None, now: datetime) -> bool:
    """Tell whether a seat that becomes free still goes to the first in line: until the class begins."""
    return batch_state == "published" and (first_session_at is None or now < first_session_at)
