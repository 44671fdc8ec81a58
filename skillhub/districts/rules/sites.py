"""Pure decisions about a site: its words, its position, and where in the tree it may stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults
from skillhub.districts.rules import kinds

LONGEST_NAME = 60
LONGEST_ADDRESS = 120
LONGEST_PHONE = 40
LONGEST_REASON = 200
LONGEST_CODE = 40
_PAIR = 2


@dataclass(frozen=True, kw_only=True)
class About:
    """What the directory says of a site."""

    name: str
    address: str
    phone: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Spot:
    """As much of another site as deciding about the tree needs."""

    id: int
    district: str
    tier: int
    is_closed: bool


def checked(faults: Faults, about: About) -> About:
    """Return what is said of a site in the form in which it is kept."""
    if (about.lon is None) != (about.lat is None):
        faults.add("position", "half", _l("位置要有经度和纬度两个数，或者都不填。"))
    elif about.lon is not None and about.lat is not None and not _is_on_the_map(about.lon, about.lat):
        faults.add(
            "position", "off_the_map", _l("这个位置不在地图上。请先写经度再写纬度，比如118.17,39.63。")
        )
    return About(
        name=faults.text("name", about.name, most=LONGEST_NAME),
        address=faults.text("address", about.address, most=LONGEST_ADDRESS, is_needed=False),
        phone=faults.text("phone", about.phone or "", most=LONGEST_PHONE, is_needed=False) or None,
        lon=about.lon,
        lat=about.lat,
    )


def position(faults: Faults, text: str) -> tuple[float, float] | None:
    """Read ``lon,lat`` as it is typed; nothing is no position."""
    typed = text.replace("，", ",").strip()
    if not typed:
        return None
    try:
        numbers = [float(each) for each in typed.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != _PAIR or not all(math.isfinite(each) for each in numbers):
        faults.add("position", "not_a_position", _l("请写成经度,纬度两个数，比如118.17,39.63。"))
        return None
    return numbers[0], numbers[1]


def check_kind(faults: Faults, kind: str, tier: int) -> None:
    """Refuse a kind that nobody knows, and a level on which its kind does not stand."""
    if kind not in kinds.KINDS:
        faults.add("kind", "not_listed", _l("请从列出的几项里选一项。"))
    elif tier not in kinds.TIERS[kind]:
        faults.add(
            "tier", "wrong_tier", _l("%(kind)s不在这一级。请换一级，或换一个种类。", kind=kinds.word(kind))
        )


def check_parent(faults: Faults, *, district: str, tier: int, parent: Spot) -> None:
    """Refuse a site above this one that is another district's, closed, or not above it."""
    if parent.district != district:
        faults.add("parent", "unknown", _l("本区没有这个站点。请从列出的几项里选。"))
    elif parent.is_closed:
        faults.add("parent", "parent_closed", _l("上级站点已经关停。请换一个开着的。"))
    elif parent.tier >= tier:
        faults.add("parent", "not_above", _l("上级站点要高一级：驿站在服务中心或市场下面，市场在最上面。"))


def tier_below(kind: str, tier: int, parent: Spot | None) -> int:
    """Return the level on which a site stands below another: its own if it can, else the next that fits."""
    if parent is None or tier > parent.tier:
        return tier
    return next((each for each in kinds.TIERS[kind] if each > parent.tier), tier)


def _is_on_the_map(lon: float, lat: float) -> bool:
    return math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90  # noqa: PLR2004 (the globe)
