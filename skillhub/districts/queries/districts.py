"""The only place that reads districts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.districts.model import District


@dataclass(frozen=True)
class DistrictView:
    """One district; its code has six digits."""

    code: str
    name: str
    short_name: str
    name_en: str
    city: str
    province: str
    zone: str
    phone: str | None


_COLUMNS = select(
    District.code,
    District.name,
    District.short_name,
    District.name_en,
    District.city,
    District.province,
    District.zone,
    District.phone,
)


def district(code: str) -> DistrictView:
    """Return one district.

    :raises NotFound: there is none with this code.
    """
    row = db.session.execute(_COLUMNS.where(District.code == code)).one_or_none()
    if row is None:
        raise NotFound
    return DistrictView(*row)


@cache
def zone(code: str) -> str:
    """Return a district's time zone; it is set for good when the district is made, so it is read once.

    :raises NotFound: there is none with this code.
    """
    return district(code).zone


def districts() -> tuple[DistrictView, ...]:
    """Return all districts, by code."""
    return tuple(DistrictView(*row) for row in db.session.execute(_COLUMNS.order_by(District.code)))
