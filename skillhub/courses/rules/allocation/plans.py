"""A batch's plan of allocation, and the pools in which its seats lie."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

GENERAL = ""
"""The pool of seats that no group has to itself."""


class Mode(StrEnum):
    """How a batch's seats are given out."""

    FIRST_COME = "first_come"
    DRAW = "draw"
    QUOTAS = "quotas"


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Seats that are kept for one group until the release."""

    group: str
    seats: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was published before anybody applied."""

    mode: Mode
    seats: int
    quotas: tuple[Quota, ...] = ()
    release_at: datetime | None = None
    cut_off: datetime

    def group_of(self, groups: Collection[str]) -> str | None:
        """Return under which group somebody counts who belongs to these."""
        return next((quota.group for quota in self.quotas if quota.group in groups), None)


@dataclass
class Pool:
    """Some seats, and how many of them are held."""

    seats: int
    taken: int = 0

    @property
    def free(self) -> int:
        """How many seats nobody holds."""
        return self.seats - self.taken


def pools(plan: Plan) -> dict[str, Pool]:
    """Return the pools of a plan, none of their seats held."""
    kept = {quota.group: Pool(quota.seats) for quota in plan.quotas}
    return {**kept, GENERAL: Pool(plan.seats - sum(quota.seats for quota in plan.quotas))}
