"""The only place that reads the public directory of sites, and the tree in which they stand."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
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
    closed_on: date | None
    version: int

    @property
    def is_closed(self) -> bool:
        """Tell whether nobody is served there any more."""
        return self.closed_on is not None


@dataclass(frozen=True)
class Node:
    """A site in its tree, and how deep it stands there: 0 at the top."""

    site: SiteView
    depth: int


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
    Site.closed_on,
    Site.version,
)


def site(code: str) -> SiteView:
    """Return one site by its code.

    :raises NotFound: there is none.
    """
    row = db.session.execute(_COLUMNS.where(Site.code == code)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def site_by_id(site_id: int) -> SiteView:
    """Return one site by its id.

    :raises NotFound: there is none.
    """
    row = db.session.execute(_COLUMNS.where(Site.id == site_id)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def sites(district: str | None = None, *, with_closed: bool = False) -> tuple[SiteView, ...]:
    """Return all open sites, or those of one district: markets first, then centres, stations and stalls."""
    statement = _COLUMNS.where(*_of(district, with_closed=with_closed))
    rows = db.session.execute(statement.order_by(Site.district_code, Site.tier, Site.code))
    return tuple(_view(row) for row in rows)


def site_page(district: str | None, *, after: str | None, limit: int = paging.MOST) -> paging.Page[SiteView]:
    """Return one page of the open sites, by code."""
    conditions = _of(district, with_closed=False)
    begin = paging.after(after)
    if begin is not None:
        conditions.append(Site.code > str(begin))
    rows = db.session.execute(_COLUMNS.where(*conditions).order_by(Site.code).limit(limit + 1))
    return paging.page([_view(row) for row in rows], limit, lambda view: view.code)


def tree(found: Iterable[SiteView]) -> tuple[Node, ...]:
    """Return sites in the order of their tree, each before what stands below it.

    A site whose parent is not among them stands at the top.
    """
    below: dict[int | None, list[SiteView]] = defaultdict(list)
    views = list(found)
    known = {view.id for view in views}
    for view in views:
        below[view.parent_id if view.parent_id in known else None].append(view)

    def walk(parent: int | None, depth: int) -> Iterator[Node]:
        for view in below[parent]:
            yield Node(view, depth)
            yield from walk(view.id, depth + 1)

    return tuple(walk(None, 0))


def ids_below(found: Iterable[SiteView], site_id: int) -> frozenset[int]:
    """Return the ids of a site and of everything that stands below it."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for view in found:
        below[view.parent_id].append(view.id)
    reached, ahead = {site_id}, [site_id]
    while ahead:
        fresh = [each for each in below[ahead.pop()] if each not in reached]
        reached.update(fresh)
        ahead.extend(fresh)
    return frozenset(reached)


def matching(found: Iterable[SiteView], words: str) -> tuple[SiteView, ...]:
    """Return the sites whose name, address or code holds every one of the words, full width or half."""
    wanted = _folded(words).split()
    return tuple(
        view
        for view in found
        if all(word in _folded(f"{view.name}\n{view.address}\n{view.code}") for word in wanted)
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _of(district: str | None, *, with_closed: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if district is not None:
        conditions.append(Site.district_code == district)
    if not with_closed:
        conditions.append(Site.closed_on.is_(None))
    return conditions


def _view(row: Row[*tuple[Any, ...]]) -> SiteView:
    return SiteView(*row)
