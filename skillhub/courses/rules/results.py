"""Pure decisions about results: which marks there can be, and what the rules were asked about."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

HIGHEST = 100
WORDS: dict[str, tuple[LazyString, str]] = {
    "certified": (_l("合格"), "ok"),
    "failed": (_l("没有合格"), "bad"),
    "hours_short": (_l("课时不够"), "bad"),
}
"""The word for each outcome, and the kind of status mark beside it."""


@dataclass(frozen=True)
class Marks:
    """One person's marks; None as long as a part was not examined."""

    receipt: str
    theory: int | None
    practice: int | None


def is_possible(mark: int | None) -> bool:
    """Tell whether a mark is one of 0 to 100, or not given."""
    return mark is None or 0 <= mark <= HIGHEST


@dataclass(frozen=True, kw_only=True)
class Hours:
    """What one person was meant to attend, and did."""

    minutes_planned: int
    minutes_present: int
    sessions_planned: int
    sessions_present: int
