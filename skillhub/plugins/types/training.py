"""What a plugin is told about a person's training, and what it answers about completing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Person:
    """A trainee without name, number or phone: only what a rule may weigh.

    ``sex`` is ``"M"``, ``"F"`` or None; ``district`` is the six-digit code where the person is registered.
    """

    handle: str
    birth_on: date | None = None
    sex: str | None = None
    groups: tuple[str, ...] = ()
    district: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course as it stood on the day that the question is about."""

    code: str
    name: str
    trade: str
    occupation: str | None = None
    level: str | None = None
    theory_hours: int
    practice_hours: int
    minutes_per_hour: int


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One class; ``order`` is the code of the employer's training order behind it."""

    code: str
    starts_on: date
    ends_on: date
    order: str | None = None
    seats: int


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """What one person was meant to attend in one batch, and did."""

    minutes_planned: int
    minutes_present: int
    sessions_planned: int
    sessions_present: int


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Marks of 0 to 100; None as long as a part was not examined."""

    theory: int | None = None
    practice: int | None = None


class Outcome(StrEnum):
    """How a person's training ended."""

    CERTIFIED = "certified"
    FAILED = "failed"
    HOURS_SHORT = "hours_short"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a decision went as it did: a stable code, the paragraph, and words for people."""

    code: str
    clause: str | None = None
    text: str
    text_en: str | None = None


@dataclass(frozen=True, kw_only=True)
class CompletionDecision:
    """Whether a person completed the course, with every reason against it."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
