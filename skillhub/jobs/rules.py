"""Pure decisions about postings: which course qualifies for a trade, and how far away a place is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088  # mean radius
ENDINGS = ("师", "员", "工", "手")


@dataclass(frozen=True)
class Taught:
    """A course, as far as it matters for a posting."""

    code: str
    name: str
    trade: str


def stem(trade: str) -> str:
    """Return the name of a trade without the ending that names the person: 整理收纳师 is 整理收纳."""
    text = trade.strip()
    return text[:-1] if len(text) > 2 and text.endswith(ENDINGS) else text  # noqa: PLR2004 (a trade has two characters)


def qualifying(trade: str, courses: Iterable[Taught]) -> Taught | None:
    """Return the course that qualifies for a trade: the one named after it, else one of the same trade.

    Among several the one with the shortest name is taken, since it says least besides the
    trade; then the first by code, so that the answer never wavers.
    """
    wanted = stem(trade)
    if not wanted:
        return None
    ordered = sorted(courses, key=lambda course: (len(course.name), course.code))
    named = [course for course in ordered if wanted in course.name]
    same = [course for course in ordered if stem(course.trade) == wanted]
    return next(iter(named or same), None)


def km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the distance along the ground between two WGS 84 positions, in kilometres."""
    wide = radians(other_lon - lon)
    high = radians(other_lat - lat)
    half = sin(high / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(wide / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
