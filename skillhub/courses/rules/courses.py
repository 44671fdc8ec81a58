"""What a course may look like."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults
from skillhub.courses.rules import levels

LONGEST_NAME = 60
LONGEST_KIND = 20
MOST_HOURS = 2_000
USUAL_MINUTES_PER_HOUR = 45  # a class hour, as schools usually count it; each course states its own
MOST_MINUTES_PER_HOUR = 120


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A course before it is on file."""

    name: str
    occupation: str | None
    trade: str
    level: str | None
    theory_hours: int
    practice_hours: int
    minutes_per_hour: int = USUAL_MINUTES_PER_HOUR
    kind: str | None = None


def checked(outline: Outline) -> Outline:
    """Return the outline in its kept form.

    :raises Invalid: with every fault found.
    """
    faults = Faults()
    kept = Outline(
        name=faults.text("name", outline.name, most=LONGEST_NAME),
        occupation=levels.occupation(faults, outline.occupation),
        trade=levels.trade(faults, outline.trade),
        level=levels.level(faults, outline.level),
        theory_hours=faults.whole("theory_hours", outline.theory_hours, least=0, most=MOST_HOURS),
        practice_hours=faults.whole("practice_hours", outline.practice_hours, least=0, most=MOST_HOURS),
        minutes_per_hour=faults.whole(
            "minutes_per_hour", outline.minutes_per_hour, least=1, most=MOST_MINUTES_PER_HOUR
        ),
        kind=faults.text("kind", outline.kind, most=LONGEST_KIND) if outline.kind else None,
    )
    if outline.theory_hours == 0 and outline.practice_hours == 0:
        faults.add("theory_hours", "no_hours", _l("理论和实操都是0课时。至少一项要大于0。"))
    faults.stop()
    return kept
