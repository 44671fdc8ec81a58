"""The lists of batches: for everybody, for programs, for training bodies and for a district's officers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from skillhub.base import clock, cursors, paging
from skillhub.base.access import Actor, Role, require_role
from skillhub.base.db import db
from skillhub.base.paging import Page
from skillhub.courses.model import Batch, Course
from skillhub.courses.queries.batches import BatchView, open_now, read
from skillhub.courses.rules import places
from skillhub.courses.rules.places import Position

LISTED = ("published", "closed")
MOST_NEAR = 1_000
NOWHERE_M = 99_999_999
"""Stands for the distance of a batch without a position: those come last."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which batches a program asks for."""

    district: str | None = None
    course: str | None = None
    is_open: bool | None = None
    near: Position | None = None
    within_km: float | None = None


def listed(wanted: Wanted, *, after: str | None = None, limit: int = 50) -> Page[BatchView]:
    """Return a page of the published and closed batches: the newest first, or those nearest to a point.

    A batch without a position is listed last; with a limit of distance only if its
    district was asked for, since the district is all that is known of its place.
    """
    if wanted.near is not None:
        return _nearest(wanted, wanted.near, after, limit)
    conditions = _conditions(wanted)
    last = cursors.number(after)
    if last is not None:
        conditions.append(Batch.id < last)
    views = read(*conditions, order_by=(Batch.id.desc(),), limit=limit + 1)
    return paging.page(views, limit, lambda view: view.id)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Batch.state.in_(LISTED)]
    if wanted.district is not None:
        conditions.append(Batch.district_code == wanted.district)
    if wanted.course is not None:
        conditions.append(
            Batch.course_id == select(Course.id).where(Course.code == wanted.course).scalar_subquery()
        )
    if wanted.is_open is not None:
        opened = open_now()
        conditions.append(opened if wanted.is_open else ~opened)
    return conditions


def _nearest(wanted: Wanted, near: Position, after: str | None, limit: int) -> Page[BatchView]:
    ways = _ways(wanted, near)
    last = cursors.parts(after, 2)
    if last is not None:
        begins_after = (cursors.whole(last[0]), cursors.whole(last[1]))
        ways = [way for way in ways if way > begins_after]
    chosen = ways[: limit + 1]
    views = {view.id: view for view in read(Batch.id.in_([number for _, number in chosen]))}
    rows = [(metres, views[number]) for metres, number in chosen if number in views]
    page = paging.page(rows, limit, lambda row: f"{row[0]}|{row[1].id}")
    return Page(tuple(view for _, view in page.items), page.next)


def _ways(wanted: Wanted, near: Position) -> list[tuple[int, int]]:
    """Return how many metres away each batch is, with its id, the nearest first."""
    conditions = _conditions(wanted)
    if wanted.within_km is not None:
        box = places.box_around(near, wanted.within_km)
        inside = and_(
            Batch.place_lon.between(box.west, box.east), Batch.place_lat.between(box.south, box.north)
        )
        conditions.append(or_(inside, Batch.place_lon.is_(None)) if wanted.district else inside)
    rows = db.session.execute(
        select(Batch.id, Batch.place_lon, Batch.place_lat)
        .where(*conditions)
        .order_by(Batch.id.desc())
        .limit(MOST_NEAR)
    )
    ways = []
    for number, lon, lat in rows:
        if lon is None or lat is None:
            ways.append((NOWHERE_M, number))
            continue
        metres = round(places.distance_km(near, Position(lon, lat)) * 1000)
        if wanted.within_km is None or metres <= wanted.within_km * 1000:
            ways.append((metres, number))
    return sorted(ways)


def coming(*, district: str | None = None, after: str | None = None, limit: int = 20) -> Page[BatchView]:
    """Return a page of what people can still apply for: free seats first, then full, then opening later."""
    now = clock.now()
    rank = case((Batch.opens_at > now, 2), (Batch.taken >= Batch.seats, 1), else_=0)
    moment = case((Batch.opens_at > now, Batch.opens_at), else_=Batch.closes_at)
    conditions: list[ColumnElement[bool]] = [Batch.state == "published", Batch.closes_at > now]
    if district is not None:
        conditions.append(Batch.district_code == district)
    rows = db.session.execute(
        select(Batch.id).where(*conditions).order_by(rank, moment, Batch.id).limit(MOST_NEAR)
    )
    ordered = [row.id for row in rows]
    begun = _position_after(ordered, cursors.number(after))
    views = {view.id: view for view in read(Batch.id.in_(ordered[begun : begun + limit + 1]))}
    chosen = [views[number] for number in ordered[begun : begun + limit + 1] if number in views]
    return paging.page(chosen, limit, lambda view: view.id)


def _position_after(ordered: list[int], last: int | None) -> int:
    if last is None or last not in ordered:
        return 0
    return ordered.index(last) + 1


def next_of_courses(course_ids: Collection[int]) -> dict[int, BatchView]:
    """Return for each course the next batch that people can still apply for."""
    now = clock.now()
    rank = (
        func.row_number()
        .over(partition_by=Batch.course_id, order_by=(Batch.starts_on, Batch.id))
        .label("rank")
    )
    ranked = (
        select(Batch.id, rank)
        .where(
            Batch.course_id.in_(sorted(set(course_ids))), Batch.state == "published", Batch.closes_at > now
        )
        .subquery()
    )
    chosen = list(db.session.scalars(select(ranked.c.id).where(ranked.c.rank == 1)))
    return {view.course.id: view for view in read(Batch.id.in_(chosen))}


def of_bodies(*, actor: Actor, after: str | None = None, limit: int = 20) -> Page[BatchView]:
    """Return a page of the batches of the actor's own training bodies, the newest first.

    :raises Forbidden: the actor acts for no training body.
    """
    require_role(actor, Role.SCHOOL)
    return _newest(Batch.body_id.in_(sorted(actor.organisations(Role.SCHOOL))), after=after, limit=limit)


def of_trainer(*, actor: Actor, after: str | None = None, limit: int = 20) -> Page[BatchView]:
    """Return a page of the batches that the actor teaches, the newest first.

    :raises Forbidden: the actor is no trainer.
    """
    require_role(actor, Role.TRAINER)
    mine = and_(Batch.trainer_id == actor.person_id, Batch.state != "draft")
    return _newest(mine, after=after, limit=limit)


def filed(
    *, actor: Actor, state: str = "draft", after: str | None = None, limit: int = 20
) -> Page[BatchView]:
    """Return a page of the batches in one state of the actor's districts, the longest waiting first.

    :raises Forbidden: the actor is no officer or auditor.
    """
    require_role(actor, Role.OFFICER, Role.AUDITOR)
    districts = sorted(actor.districts(Role.OFFICER, Role.AUDITOR))
    conditions: list[ColumnElement[bool]] = [Batch.district_code.in_(districts), Batch.state == state]
    last = cursors.number(after)
    if last is not None:
        conditions.append(Batch.id > last)
    views = read(*conditions, order_by=(Batch.id,), limit=limit + 1)
    return paging.page(views, limit, lambda view: view.id)


def count(*, districts: Collection[str], state: str) -> int:
    """Return how many batches of some districts are in one state."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Batch)
            .where(Batch.district_code.in_(sorted(districts)), Batch.state == state)
        )
        or 0
    )


def _newest(mine: ColumnElement[bool], *, after: str | None, limit: int) -> Page[BatchView]:
    conditions = [mine]
    last = cursors.number(after)
    if last is not None:
        conditions.append(Batch.id < last)
    views = read(*conditions, order_by=(Batch.id.desc(),), limit=limit + 1)
    return paging.page(views, limit, lambda view: view.id)
