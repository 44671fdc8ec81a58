"""JSON address of job postings, public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from pydantic import Field

from skillhub.base import paging
from skillhub.base.errors import FieldError, Invalid
from skillhub.jobs import queries
from skillhub.jobs.queries import JobView
from skillhub.web import api

bp = Blueprint("jobs_api", __name__, url_prefix="/api/v1")
MOST = 50
MOST_KM = 20_000  # half the way round the earth


class JobsQuery(api.Shape):
    """Which postings: a district's, of a trade, near a point, after a cursor."""

    district: api.Code | None = None
    trade: api.Code | None = None
    near: api.Code | None = None
    within_km: float | None = Field(default=None, gt=0, le=MOST_KM)
    after: str | None = None


class PayShape(api.Shape):
    """A wage in fen, where it could be read without doubt."""

    min_fen: int | None
    max_fen: int | None
    unit: str | None
    settlement: str | None


class VisitShape(api.Shape):
    """Who looked at the work place, when and how."""

    by: str
    on: date | None
    how: str | None


class QualifyingShape(api.Shape):
    """The course that qualifies for the job, and its next batch that is open."""

    course: str
    next_batch: str | None


class ExtraShape(api.Shape):
    """One field of the district's own, as it stands in the feed."""

    label: str
    label_en: str
    value: str


class JobShape(api.Shape):
    """One posting with its source and age."""

    id: str
    source: str
    as_of: datetime | None
    title: str
    pay: PayShape
    heads: int | None
    position: str | None
    valid_through: date | None
    visit: VisitShape | None
    flags: list[str]
    extra: list[ExtraShape]
    qualifies_by: QualifyingShape | None


class JobsShape(api.Shape):
    """One page of postings."""

    items: list[JobShape]
    next: str | None


@bp.get("/jobs")
@api.operation("岗位", scope=None, query=JobsQuery, answer=JobsShape, public=True)
def get_jobs() -> JobsShape:
    """List postings of installed feeds, each with the course that qualifies for it."""
    asked = api.query(JobsQuery)
    cursor = paging.after(asked.after)
    found = queries.postings(
        district=asked.district,
        trade=asked.trade,
        near=position(asked.near),
        within_km=asked.within_km,
        after=cursor if isinstance(cursor, int) else 0,
        limit=MOST,
    )
    page = paging.page(found, MOST, lambda job: job.id)
    return JobsShape(items=[_shape(job) for job in page.items], next=page.next)


def position(text: str | None) -> tuple[float, float] | None:
    """Read ``lon,lat``.

    :raises Invalid: it is not two numbers on the globe.
    """
    if not text:
        return None
    lon, comma, lat = text.partition(",")
    try:
        found = float(lon), float(lat)
    except ValueError:
        found = (999.0, 999.0)
    if not comma or not (-180 <= found[0] <= 180 and -90 <= found[1] <= 90):  # noqa: PLR2004 (degrees)
        raise Invalid(FieldError("near", "position", _l("请写“经度,纬度”，比如118.18,39.62。")))
    return found


def _date(facts: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(facts[name]) if facts.get(name) else None


def _shape(job: JobView) -> JobShape:
    facts = job.facts
    visit = None
    if facts.get("visited_by"):
        visit = VisitShape(
            by=facts["visited_by"], on=_date(facts, "visited_on"), how=facts.get("visited_how")
        )
    return JobShape(
        id=job.public_id,
        source=f"{job.feed.plugin}/{job.feed.name}",
        as_of=job.feed.good_at,
        title=job.title,
        pay=PayShape(
            min_fen=facts.get("pay_min_fen"),
            max_fen=facts.get("pay_max_fen"),
            unit=facts.get("pay_unit"),
            settlement=facts.get("settlement"),
        ),
        heads=facts.get("headcount"),
        position=None if job.lon is None or job.lat is None else f"{job.lon},{job.lat}",
        valid_through=_date(facts, "valid_through"),
        visit=visit,
        flags=list(facts.get("flags", ())),
        extra=[ExtraShape(**each) for each in facts.get("extra", ())],
        qualifies_by=QualifyingShape(course=job.course.code, next_batch=job.next_batch)
        if job.course
        else None,
    )
