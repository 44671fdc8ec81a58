"""Reads of postings: the last good data of each feed, with its age and the course that qualifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.periods import ALL_TIME, Period
from skillhub.courses.queries import batches, courses
from skillhub.jobs import rules
from skillhub.jobs.model import JobFeed, JobPosting
from skillhub.jobs.rules import Taught


@dataclass(frozen=True)
class FeedView:
    """One feed: when it was read, of when its data is, and what is wrong with it now."""

    id: int
    district: str
    plugin: str
    name: str
    tried_at: datetime | None
    good_at: datetime | None
    problem: str | None
    rejected: list[dict[str, Any]]

    @property
    def age_hours(self) -> int | None:
        """Hours since the last good data, None if there never was any."""
        return None if self.good_at is None else int((clock.now() - self.good_at).total_seconds() // 3600)


@dataclass(frozen=True)
class JobView:
    """One posting, its source and age, and the course that qualifies for it."""

    id: int
    public_id: str
    feed: FeedView
    trade: str
    title: str
    facts: dict[str, Any]
    lon: float | None
    lat: float | None
    distance_km: float | None
    course: Taught | None
    next_batch: str | None


def _feed(row: JobFeed) -> FeedView:
    return FeedView(
        row.id, row.district_code, row.plugin, row.name, row.tried_at, row.good_at, row.problem, row.rejected
    )


def feeds(district: str | None = None) -> tuple[FeedView, ...]:
    """Return the feeds of a district, or all."""
    statement = select(JobFeed).order_by(JobFeed.district_code, JobFeed.plugin, JobFeed.name)
    if district:
        statement = statement.where(JobFeed.district_code == district)
    return tuple(_feed(row) for row in db.session.scalars(statement))


@dataclass(frozen=True)
class PostedJob:
    """The little of a posting that a list of many shows."""

    id: int
    external_id: str
    title: str
    employer: str | None
    posted_on: date | None


def posted(district: str, period: Period = ALL_TIME) -> int:
    """Count the postings of a district's feeds by the day on which they were posted."""
    statement = select(func.count(JobPosting.id)).where(*_posted(district, period))
    return int(db.session.scalar(statement) or 0)


def posted_page(district: str, period: Period, *, after: int, limit: int) -> list[PostedJob]:
    """Return these postings after the one of an id, in the order of their feeds."""
    rows = db.session.execute(
        select(JobPosting.id, JobPosting.external_id, JobPosting.title, JobPosting.facts)
        .where(*_posted(district, period), JobPosting.id > after)
        .order_by(JobPosting.id)
        .limit(limit)
    )
    return [
        PostedJob(
            row.id,
            row.external_id,
            row.title,
            row.facts.get("employer"),
            date.fromisoformat(row.facts["posted_on"]) if row.facts.get("posted_on") else None,
        )
        for row in rows
    ]


def _posted(district: str, period: Period) -> list[ColumnElement[bool]]:
    posted_on = JobPosting.facts["posted_on"].as_string()
    conditions = [JobPosting.district_code == district]
    if period.first is not None:
        conditions.append(posted_on >= period.first.isoformat())
    if period.last is not None:
        conditions.append(posted_on <= period.last.isoformat())
    return conditions


def postings(
    *,
    district: str | None = None,
    trade: str | None = None,
    near: tuple[float, float] | None = None,
    within_km: float | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[JobView]:
    """Return postings, `limit` + 1 at most so that the caller sees whether there are more.

    With `near` (lon, lat) the nearest come first and those without a position last, unless `within_km`
    leaves them out; else they come in the order of their ids after `after`.
    """
    statement = select(JobPosting).order_by(JobPosting.id).where(JobPosting.id > after)
    if district:
        statement = statement.where(JobPosting.district_code == district)
    if trade:
        statement = statement.where(JobPosting.trade == trade)
    if near is None:
        statement = statement.limit(limit + 1)
    sources = {feed.id: feed for feed in feeds(district)}
    found = [(row, _distance(row, near)) for row in db.session.scalars(statement)]
    if near is not None:
        if within_km is not None:
            found = [(row, far) for row, far in found if far is not None and far <= within_km]
        found.sort(key=lambda each: (each[1] is None, each[1] or 0.0, each[0].id))
    taught = _Taught()
    return [taught.view(row, sources[row.feed_id], far) for row, far in found[: limit + 1]]


def _distance(row: JobPosting, near: tuple[float, float] | None) -> float | None:
    if near is None or row.lon is None or row.lat is None:
        return None
    return rules.km(near[0], near[1], row.lon, row.lat)


class _Taught:
    """The courses and open batches of the districts that come up, each read once."""

    def __init__(self) -> None:
        self._courses: dict[str, list[Taught]] = {}
        self._next: dict[str, dict[str, str]] = {}

    def view(self, row: JobPosting, feed: FeedView, far: float | None) -> JobView:
        course = rules.qualifying(row.trade, self._of(row.district_code))
        batch = self._next[row.district_code].get(course.code) if course else None
        return JobView(
            row.id, row.public_id, feed, row.trade, row.title, row.facts, row.lon, row.lat, far, course, batch
        )

    def _of(self, district: str) -> list[Taught]:
        if district not in self._courses:
            self._courses[district] = [
                Taught(course.code, course.name, course.trade) for course in courses.of_district(district)
            ]
            self._next[district] = {}
            for batch in batches.open_batches(district):
                self._next[district].setdefault(batch.course.code, batch.code)
        return self._courses[district]
