"""What a plugin is told when somebody applies or a batch is published, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Background:
    """What is on file about a person who applies.

    ``has_passed`` says that the same trade and level has been completed before; ``clash`` is the code of
    another class of the person's that meets at the same time.
    """

    has_identity: bool
    has_passed: bool
    clash: str | None = None


class Eligibility(StrEnum):
    """What a condition that does not hold leads to."""

    REFUSED = "refused"
    UNSUBSIDISED = "unsubsidised"


@dataclass(frozen=True, kw_only=True)
class EligibilityLine:
    """One condition, whichever way it turned out, and what it leads to where it does not hold.

    ``lacks`` names, in Chinese, what would have to be on file to work it out: a clerk decides then.
    """

    code: str
    clause: str | None = None
    text: str
    text_en: str | None = None
    met: bool
    lacks: tuple[str, ...] = ()
    otherwise: Eligibility = Eligibility.REFUSED


@dataclass(frozen=True, kw_only=True)
class EligibilityDecision:
    """Every condition of a district, and whether people may come without the subsidy."""

    lines: tuple[EligibilityLine, ...] = ()
    allows_unsubsidised: bool = True


@dataclass(frozen=True, kw_only=True)
class SeatQuota:
    """Seats that are kept for one group of people."""

    group: str
    seats: int
    clause: str | None = None


@dataclass(frozen=True, kw_only=True)
class AllocationPlan:
    """How a batch's seats are given out: ``first_come``, ``draw`` or ``quotas``.

    Kept seats are released so many hours before the cut-off.
    """

    mode: str
    quotas: tuple[SeatQuota, ...] = ()
    release_hours: int | None = None
