"""The steps of a claim: who may take which, from where to where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    OBJECTED = "objected"
    PAID = "paid"
    CLAWED_BACK = "clawed_back"


class Step(StrEnum):
    """What may be done with a claim, as the addresses name it."""

    SUBMISSION = "submission"
    RETURN = "return"
    APPROVAL = "approval"
    OBJECTIONS = "objections"
    PAYMENT = "payment"
    CLAWBACK = "clawback"


@dataclass(frozen=True)
class Way:
    """From which states a step leads to which; the officer takes it unless it is the school's."""

    start: frozenset[State]
    end: State
    by_school: bool = False
    needs_reason: bool = False


WAYS = {
    Step.SUBMISSION: Way(frozenset({State.DRAFT, State.RETURNED}), State.SUBMITTED, by_school=True),
    Step.RETURN: Way(frozenset({State.SUBMITTED, State.OBJECTED}), State.RETURNED, needs_reason=True),
    Step.APPROVAL: Way(frozenset({State.SUBMITTED, State.OBJECTED}), State.APPROVED),
    Step.OBJECTIONS: Way(frozenset({State.APPROVED}), State.OBJECTED, needs_reason=True),
    Step.PAYMENT: Way(frozenset({State.APPROVED}), State.PAID),
    Step.CLAWBACK: Way(frozenset({State.PAID}), State.CLAWED_BACK, needs_reason=True),
}
USES_A_CHANCE = frozenset({State.SUBMITTED, State.APPROVED, State.OBJECTED, State.PAID})


def open_steps(state: State) -> tuple[Step, ...]:
    """Return what may be done next."""
    return tuple(step for step, way in WAYS.items() if state in way.start)
