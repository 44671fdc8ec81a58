"""The only place that says what each kind of site offers: a table that a district can read and sign."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Kind(StrEnum):
    """What sort of place it is."""

    MARKET = "market"
    CENTRE = "centre"
    STATION = "station"
    STALL = "stall"
    WORKSHOP = "workshop"


class Feature(StrEnum):
    """What the clerks of a site can do there, beyond what every clerk does."""

    SHOW_JOBS = "show_jobs"
    ENROL_WALK_INS = "enrol_walk_ins"
    KEEP_EMPLOYERS = "keep_employers"
    HOLD_ACTIVITIES = "hold_activities"
    FILE_BATCHES = "file_batches"


KINDS: dict[str, LazyString] = {
    Kind.MARKET: _l("零工市场"),
    Kind.CENTRE: _l("服务中心"),
    Kind.STATION: _l("零工驿站"),
    Kind.STALL: _l("摊位"),
    Kind.WORKSHOP: _l("工坊"),
}
FEATURES: dict[Feature, LazyString] = {
    Feature.SHOW_JOBS: _l("看岗位"),
    Feature.ENROL_WALK_INS: _l("给上门的人报名"),
    Feature.KEEP_EMPLOYERS: _l("用人单位登记"),
    Feature.HOLD_ACTIVITIES: _l("办活动"),
    Feature.FILE_BATCHES: _l("开班"),
}
_LIGHT = frozenset({Feature.SHOW_JOBS, Feature.ENROL_WALK_INS})
OFFERS: dict[str, frozenset[Feature]] = {
    Kind.MARKET: frozenset(Feature),
    Kind.CENTRE: frozenset(Feature),
    Kind.STATION: _LIGHT,
    Kind.STALL: frozenset({Feature.SHOW_JOBS}),
    Kind.WORKSHOP: frozenset({Feature.ENROL_WALK_INS}),
}
"""A market does everything; a station is light: it enrols who walks in, and shows jobs."""
TIERS: dict[str, tuple[int, ...]] = {
    Kind.MARKET: (1,),
    Kind.CENTRE: (2,),
    Kind.STATION: (2, 3),
    Kind.STALL: (3,),
    Kind.WORKSHOP: (3,),
}
"""On which of the three levels each kind stands: market, centre or street, station of a village."""


def offers(kind: str, feature: Feature) -> bool:
    """Tell whether a kind of site offers a feature; a kind that nobody knows offers none."""
    return feature in OFFERS.get(kind, frozenset())


def word(kind: str) -> str:
    """Return a kind in words."""
    return str(KINDS.get(kind, kind))


def offered(kind: str) -> list[str]:
    """Return what a kind offers, in words."""
    return [str(said) for feature, said in FEATURES.items() if offers(kind, feature)]
