"""The only place that says what a report holds, and how it is kept between the check and the import."""

from __future__ import annotations

import json
from dataclasses import dataclass

from skillhub.imports.rules import lines
from skillhub.imports.rules.lines import Decision, Line, Remark

PEOPLE, SITES = "people", "sites"
ACCEPT, SKIP = "accept", "skip"


@dataclass(frozen=True)
class Choices:
    """What somebody decided about the lines that cannot simply be taken; None means not decided yet."""

    skips_refused: bool = False
    flagged: str | None = None


@dataclass(frozen=True)
class Report:
    """What was decided about the lines of a file, and whether they have been written."""

    kind: str
    lines: tuple[Line, ...]
    written: int = 0
    is_written: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """Return how many lines there are of each decision."""
        return lines.counts(self.lines)

    def is_blocked(self, choices: Choices) -> bool:
        """Tell whether lines stand in the way of all others."""
        return lines.blocking(
            self.lines,
            skips_refused=choices.skips_refused,
            has_decided_flags=choices.flagged is not None,
        )

    def asks_the_same(self, other: Report) -> bool:
        """Tell whether the other report refuses and flags the same lines, for the same reasons."""
        return _asked(self.lines) == _asked(other.lines)


def _asked(every: tuple[Line, ...]) -> list[tuple[int, str, tuple[str, ...]]]:
    return [
        (line.number, line.decision.value, tuple(reason.code for reason in line.reasons))
        for line in every
        if line.decision in (Decision.REFUSE, Decision.FLAG)
    ]


def kept(every: tuple[Line, ...]) -> str:
    """Return lines as text."""
    rows = [
        [
            line.number,
            line.name,
            line.decision.value,
            [[reason.code, dict(reason.facts)] for reason in line.reasons],
            list(line.normalised),
        ]
        for line in every
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> tuple[Line, ...]:
    """Return the lines that were kept as text."""
    return tuple(
        Line(
            number,
            name,
            Decision(decision),
            tuple(Remark(code, tuple(facts.items())) for code, facts in reasons),
            tuple(normalised),
        )
        for number, name, decision, reasons, normalised in json.loads(text)
    )
