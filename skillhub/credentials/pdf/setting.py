"""The only place that breaks Chinese text into lines.

A line may end after any character, but closing marks never begin a line, opening
marks never end one, and words in Latin letters and numbers stay whole where they can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

CLOSING = frozenset("，。、；：！？）》」』”’】·…—,.;:!?)")
OPENING = frozenset("（《「『“‘【(")
HAIR = 0.01  # of a point: sums of widths are not exact
Measure = Callable[[str, str, float], float]


@dataclass(frozen=True)
class Run:
    """Text in one face and size."""

    text: str
    face: str
    size: float


@dataclass(frozen=True)
class Line:
    """What stands on one line, and how wide it is in points."""

    runs: tuple[Run, ...]
    width: float

    @property
    def gaps(self) -> int:
        """How many places between characters there are to stretch."""
        return sum(len(run.text) for run in self.runs) - 1


def lines(runs: Sequence[Run], room: float, measure: Measure, *, indent: float = 0.0) -> list[Line]:
    """Break runs into lines no wider than `room`; the first begins `indent` to the right."""
    done: list[Line] = []
    current: list[Run] = []
    used = indent
    for run in runs:
        for piece in pieces(run.text):
            for part in _fitting(Run(piece, run.face, run.size), room, measure):
                wide = measure(part.text, part.face, part.size)
                if current and used + wide > room + HAIR:
                    done.append(_line(current, measure))
                    current, used = [], 0.0
                current.append(part)
                used += wide
    return [*done, _line(current, measure)] if current else done


def pieces(text: str) -> list[str]:
    """Cut a text into the smallest parts that may stand on lines of their own."""
    found: list[str] = []
    for character in text:
        if found and (_is_joined(found[-1], character)):
            found[-1] += character
        else:
            found.append(character)
    return found


def _is_joined(before: str, character: str) -> bool:
    last = before[-1]
    if character in CLOSING or last in OPENING:
        return True
    return character.isascii() and last.isascii() and not character.isspace() and not last.isspace()


def _fitting(run: Run, room: float, measure: Measure) -> list[Run]:
    """Cut a word that is wider than a whole line, wherever it has to be."""
    if measure(run.text, run.face, run.size) <= room + HAIR:
        return [run]
    return [Run(character, run.face, run.size) for character in run.text]


def _line(parts: Sequence[Run], measure: Measure) -> Line:
    merged: list[Run] = []
    for part in parts:
        if merged and (merged[-1].face, merged[-1].size) == (part.face, part.size):
            merged[-1] = Run(merged[-1].text + part.text, part.face, part.size)
        else:
            merged.append(part)
    last = merged[-1]
    merged[-1] = Run(last.text.rstrip(" "), last.face, last.size)
    return Line(tuple(merged), sum(measure(run.text, run.face, run.size) for run in merged))
