"""The only place that reads what the people of a district are looking for, one wish a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from skillhub.accounts.model import Person, Wish
from skillhub.base import cursors, paging
from skillhub.base.db import db

KINDS = ("job", "course", "both")
SHOWN = 50


@dataclass(frozen=True)
class Wished:
    """One wish, and whose it is."""

    id: int
    handle: str
    name: str
    kind: str
    trade: str
    time_slot: str | None
    within_km: int | None
    registered_at: datetime


def page(
    *,
    district: str,
    kind: str | None = None,
    trade: str | None = None,
    after: str | None = None,
    limit: int = SHOWN,
) -> paging.Page[Wished]:
    """Return the wishes of a district, the latest first."""
    statement = (
        select(
            Wish.id,
            Person.handle,
            Person.name,
            Wish.kind,
            Wish.trade,
            Wish.time_slot,
            Wish.within_km,
            Wish.registered_at,
        )
        .join(Person, Person.id == Wish.person_id)
        .where(Wish.district_code == district)
    )
    if kind is not None:
        statement = statement.where(Wish.kind == kind)
    if trade is not None:
        statement = statement.where(Wish.trade == trade)
    begin = cursors.instant_and_id(after)
    if begin is not None:
        at, number = begin
        statement = statement.where(
            (Wish.registered_at < at) | ((Wish.registered_at == at) & (Wish.id < number))
        )
    rows = db.session.execute(statement.order_by(Wish.registered_at.desc(), Wish.id.desc()).limit(limit + 1))
    return paging.page(
        [Wished(*row) for row in rows], limit, lambda one: f"{one.registered_at.isoformat()}|{one.id}"
    )


def trades(district: str) -> tuple[tuple[str, int], ...]:
    """Return for each trade how many people of a district look for it, the most wanted first."""
    persons = func.count(Wish.person_id.distinct())
    rows = db.session.execute(
        select(Wish.trade, persons)
        .where(Wish.district_code == district)
        .group_by(Wish.trade)
        .order_by(persons.desc(), Wish.trade)
    )
    return tuple((row[0], row[1]) for row in rows)
