"""Where a class is held: positions in WGS 84, longitude first, and the way between two of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults

EARTH_KM = 6371.0088
KM_PER_DEGREE = 111.195
MOST_KM = 500
LONGEST_NAME = 60
LONGEST_ADDRESS = 120
_PAIR = 2


@dataclass(frozen=True)
class Position:
    """A point on the map."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Place:
    """Where a class is held; the position is None where nobody has measured it."""

    name: str
    address: str
    position: Position | None = None


def position(faults: Faults, field: str, text: str) -> Position | None:
    """Read ``lon,lat``; swapped numbers are named, since people often swap them."""
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != _PAIR or not all(math.isfinite(each) for each in numbers):
        faults.add(field, "not_a_position", _l("请写成经度,纬度两个数，比如118.17,39.63。"))
        return None
    return within_bounds(faults, field, Position(numbers[0], numbers[1]))


def within_bounds(faults: Faults, field: str, point: Position) -> Position | None:
    """Keep a point that is on the globe."""
    lon, lat = point.lon, point.lat
    if not (math.isfinite(lon) and math.isfinite(lat)) or not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 (the globe)
        faults.add(field, "off_the_map", _l("这个位置不在地图上。请先写经度再写纬度，比如118.17,39.63。"))
        return None
    return point


def checked(faults: Faults, place: Place) -> Place:
    """Keep a place with a name and an address."""
    return Place(
        name=faults.text("place.name", place.name, most=LONGEST_NAME),
        address=faults.text("place.address", place.address, most=LONGEST_ADDRESS),
        position=within_bounds(faults, "place.position", place.position) if place.position else None,
    )


def distance_km(one: Position, other: Position) -> float:
    """Return the way between two points along the globe (haversine)."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True)
class Box:
    """A rectangle on the map that holds every point within some distance, and a few more."""

    west: float
    east: float
    south: float
    north: float


def box_around(centre: Position, within_km: float) -> Box:
    """Return the box around a circle, for a first, cheap choice by the database."""
    high = within_km / KM_PER_DEGREE
    wide = high / max(math.cos(math.radians(centre.lat)), 0.01)
    return Box(centre.lon - wide, centre.lon + wide, centre.lat - high, centre.lat + high)
