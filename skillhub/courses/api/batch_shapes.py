"""Batches as programs write and read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from flask_babel import lazy_gettext as _l
from pydantic import AwareDatetime, Field

from skillhub.base import clock
from skillhub.base.faults import Faults
from skillhub.courses.queries import plans as plan_queries
from skillhub.courses.queries.batch_lists import Wanted
from skillhub.courses.queries.batches import BatchFace, BatchView, faces
from skillhub.courses.rules import places, plans, queue_log
from skillhub.courses.rules.allocation import Plan
from skillhub.courses.rules.places import Place, Position
from skillhub.web import api

LONGEST_CODE = 60


class SessionPost(api.Shape):
    """One planned meeting."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    part: Literal["theory", "practice"]


class PlacePost(api.Shape):
    """Where the class is held; `position` is ``lon,lat`` in WGS 84."""

    name: str
    address: str
    position: api.Code | None = None


class QuotaPost(api.Shape):
    """Seats that are kept for one group until `release_at`."""

    group: Annotated[str, Field(max_length=plans.LONGEST_GROUP)]
    seats: int


class BatchPost(api.Shape):
    """A batch to be filed: `course` and `order` are codes, `trainer` is a handle."""

    course: api.Code
    order: api.Code | None = None
    seats: int
    mode: api.Code = "first_come"
    quotas: list[QuotaPost] | None = Field(default=None, max_length=plans.MOST_QUOTAS)
    release_at: AwareDatetime | None = None
    cut_off: AwareDatetime | None = None
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    sessions: list[SessionPost] = Field(min_length=1)
    place: PlacePost
    trainer: api.Code


class BatchPatch(api.Shape):
    """What is to change; what is left out or null stays. `first_at` moves the whole class, alone."""

    seats: int | None = None
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    place: PlacePost | None = None
    trainer: api.Code | None = None
    first_at: AwareDatetime | None = None

    @property
    def moves_only(self) -> bool:
        """Tell whether nothing but the days of the class is to change."""
        return not any((self.seats, self.opens_at, self.closes_at, self.place, self.trainer))


class CancellationPost(api.Shape):
    """Why the batch does not take place; applicants read it."""

    reason: str


class BatchQuery(api.Shape):
    """Which batches: a district's code, a course's code, near a point, open at this moment."""

    district: str | None = Field(default=None, max_length=LONGEST_CODE)
    course: str | None = Field(default=None, max_length=LONGEST_CODE)
    near: str | None = None
    within_km: float | None = Field(default=None, gt=0, le=places.MOST_KM)
    is_open: bool | None = Field(default=None, alias="open")
    after: str | None = None
    limit: int | None = Field(default=None, ge=1, le=100)


class SessionShape(api.Shape):
    """One meeting; `id` is its public handle."""

    id: str
    starts_at: datetime
    ends_at: datetime
    part: str
    hours: int


class PlaceShape(api.Shape):
    """Where the class is held."""

    name: str
    address: str
    position: str | None


class PlanShape(api.Shape):
    """How the seats are given out, published with the batch and never changed; `sha256` is of its log's plan.

    Of a draw, `seed_commitment` is the promise. Instants stand as in the allocation log.
    """

    seats: int
    quotas: list[QuotaPost]
    release_at: str | None
    cut_off: str
    sha256: str
    seed_commitment: str | None


class BatchShape(api.Shape):
    """A batch as everybody sees it at the moment `as_of`; `plan` is missing until it is published."""

    code: str
    district: str
    course: str
    trade: str
    level: str | None
    state: str
    mode: str
    plan: PlanShape | None
    seats: int
    taken: int
    waiting: int
    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date
    place: PlaceShape
    trainer: str | None
    eligibility: list[str]
    sessions: list[SessionShape]
    as_of: datetime


def wanted_of(asked: BatchQuery) -> Wanted:
    """Return what a query string asks for.

    :raises Invalid: the point is none.
    """
    faults = Faults()
    near = places.position(faults, "near", asked.near) if asked.near else None
    if asked.within_km is not None and asked.near is None:
        faults.add("near", "missing", _l("写了within_km，还要写near：从哪里算起，比如118.17,39.63。"))
    faults.stop()
    return Wanted(
        district=asked.district,
        course=asked.course,
        is_open=asked.is_open,
        near=near,
        within_km=asked.within_km,
    )


def place_of(sent: PlacePost) -> Place:
    """Return a sent place.

    :raises Invalid: its position is none.
    """
    faults = Faults()
    position = places.position(faults, "place.position", sent.position) if sent.position else None
    faults.stop()
    return Place(sent.name, sent.address, position)


def shape(view: BatchView) -> BatchShape:
    """Return one batch as programs see it."""
    return shapes([view])[0]


def shapes(views: Sequence[BatchView]) -> list[BatchShape]:
    """Return batches as programs see them."""
    frozen = plan_queries.frozen([each.id for each in views])
    return [_shape(each, frozen.get(each.batch.id)) for each in faces(views)]


def _shape(found: BatchFace, plan: Plan | None) -> BatchShape:
    batch = found.batch
    return BatchShape(
        code=batch.code,
        district=batch.district,
        course=batch.course.code,
        trade=batch.course.trade,
        level=batch.course.level,
        state=batch.state,
        mode=batch.mode,
        plan=_plan(batch, plan) if plan else None,
        seats=batch.seats,
        taken=batch.taken,
        waiting=batch.waiting,
        opens_at=batch.opens_at,
        closes_at=batch.closes_at,
        starts_on=batch.starts_on,
        ends_on=batch.ends_on,
        place=PlaceShape(
            name=batch.place.name, address=batch.place.address, position=_position(batch.place.position)
        ),
        trainer=found.trainer.handle if found.trainer else None,
        eligibility=found.eligibility(),
        sessions=[
            SessionShape(
                id=each.handle,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                part=each.part,
                hours=each.hours,
            )
            for each in batch.sessions
        ],
        as_of=clock.now(),
    )


def _plan(batch: BatchView, plan: Plan) -> PlanShape:
    return PlanShape(
        seats=plan.seats,
        quotas=[QuotaPost(group=each.group, seats=each.seats) for each in plan.quotas],
        release_at=queue_log.instant(plan.release_at) if plan.release_at else None,
        cut_off=queue_log.instant(plan.cut_off),
        sha256=queue_log.plan_sha256(batch.code, plan),
        seed_commitment=batch.seed_commitment,
    )


def _position(position: Position | None) -> str | None:
    return None if position is None else f"{position.lon},{position.lat}"
