"""The only place that says what can be decided about a line, and how decisions are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """What becomes of a line."""

    OK = "ok"
    NORMALISED = "ok_after_normalising"
    MERGE = "merge"
    UNCHANGED = "unchanged"
    FLAG = "flag"
    REFUSE = "refuse"


WRITTEN = (Decision.OK, Decision.NORMALISED, Decision.MERGE)


@dataclass(frozen=True, slots=True)
class Remark:
    """Why, by a code that has words in every language; `facts` fill them in (numbers of lines, values)."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file with what was decided about it."""

    number: int
    name: str
    decision: Decision
    reasons: tuple[Remark, ...] = ()
    normalised: tuple[str, ...] = ()


def remark(code: str, **facts: object) -> Remark:
    """Return a remark with its facts."""
    return Remark(code, tuple((name, str(value)) for name, value in facts.items()))


def counts(lines: Iterable[Line]) -> dict[str, int]:
    """Return how many lines there are of each decision, those of which there is none included."""
    counted = Counter(line.decision for line in lines)
    return {decision.value: counted[decision] for decision in Decision}


def blocking(lines: Iterable[Line], *, skips_refused: bool, has_decided_flags: bool) -> bool:
    """Tell whether lines stand in the way of the others: a file goes in whole or not at all."""
    return any(
        (line.decision is Decision.REFUSE and not skips_refused)
        or (line.decision is Decision.FLAG and not has_decided_flags)
        for line in lines
    )
