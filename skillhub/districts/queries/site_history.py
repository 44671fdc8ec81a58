"""The only place that reads how a site came to be what it is: each change, and how it stood on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from skillhub.accounts.queries import people
from skillhub.base.db import db
from skillhub.districts.model import Site, SiteChange


@dataclass(frozen=True)
class Standing:
    """A site as it was from an instant on."""

    at: datetime
    verb: str
    by: str | None
    reason: str | None
    parent: str | None
    name: str
    kind: str
    address: str
    phone: str | None
    closed_on: date | None


@dataclass(frozen=True)
class Change:
    """One change: how the site stood before it, None for the first, and after it."""

    before: Standing | None
    after: Standing


def changes(site_id: int) -> tuple[Change, ...]:
    """Return every change of a site, the latest first."""
    found = _standings(site_id)
    pairs = zip((None, *found[:-1]), found, strict=True)
    return tuple(Change(before, after) for before, after in reversed(list(pairs)))


def on(site_id: int, day: date, zone: str) -> Standing | None:
    """Return how a site stood at the end of a day, None before it was in the directory."""
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return next((each for each in reversed(_standings(site_id)) if each.at < end), None)


def _standings(site_id: int) -> tuple[Standing, ...]:
    rows = db.session.execute(
        select(SiteChange, Site.name.label("parent"))
        .outerjoin(Site, Site.id == SiteChange.parent_id)
        .where(SiteChange.site_id == site_id)
        .order_by(SiteChange.id)
    ).all()
    names = people.many([row.SiteChange.by_id for row in rows if row.SiteChange.by_id is not None])
    return tuple(_standing(row, {number: person.name for number, person in names.items()}) for row in rows)


def _standing(row: Row[*tuple[Any, ...]], names: dict[int, str]) -> Standing:
    change: SiteChange = row.SiteChange
    return Standing(
        at=change.at,
        verb=change.verb,
        by=names.get(change.by_id or 0),
        reason=change.reason,
        parent=row.parent,
        name=change.name,
        kind=change.kind,
        address=change.address,
        phone=change.phone,
        closed_on=change.closed_on,
    )
