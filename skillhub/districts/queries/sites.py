"""The only place that reads the public directory of sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from skillhub.base import paging
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.districts.model import Site


@dataclass(frozen=True)
class SiteView:
    """One market, centre, station or stall; position in WGS 84, None where it has not been measured."""

    id: int
    code: str
    district: str
    name: str
    kind: str
    tier: int
    address: str
    phone: str | None
    lon: float | None
    lat: float | None
    parent_id: int | None


_COLUMNS = select(
    Site.id,
    Site.code,
    Site.district_code,
    Site.name,
    Site.kind,
    Site.tier,
    Site.address,
    Site.phone,
    Site.lon,
    Site.lat,
    Site.parent_id,
)


def site(code: str) -> SiteView:
    """Return one site by its code.

    :raises NotFound: there is none.
    """
    row = db.session.execute(_COLUMNS.where(Site.code == code)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def sites(district: str | None = None) -> tuple[SiteView, ...]:
    """Return all sites, or those of one district: markets first, then centres, stations and stalls."""
    statement = _COLUMNS.where(*_of(district)).order_by(Site.district_code, Site.tier, Site.code)
    return tuple(_view(row) for row in db.session.execute(statement))


def site_page(district: str | None, *, after: str | None, limit: int = paging.MOST) -> paging.Page[SiteView]:
    """Return one page of the directory, by code."""
    conditions = _of(district)
    begin = paging.after(after)
    if begin is not None:
        conditions.append(Site.code > str(begin))
    rows = db.session.execute(_COLUMNS.where(*conditions).order_by(Site.code).limit(limit + 1))
    return paging.page([_view(row) for row in rows], limit, lambda view: view.code)


def _of(district: str | None) -> list[ColumnElement[bool]]:
    return [] if district is None else [Site.district_code == district]


def _view(row: Row[*tuple[Any, ...]]) -> SiteView:
    return SiteView(*row)
