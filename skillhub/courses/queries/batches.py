"""The only place that reads batches with their sessions, for people, pages and other floors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from skillhub.accounts.queries import organisations, people
from skillhub.accounts.queries.organisations import OrganisationView
from skillhub.accounts.queries.people import PersonView
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.courses.model import Batch, ClassSession, Course, TrainingOrder
from skillhub.courses.queries.courses import COLUMNS, CourseView
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules import eligibility, plans
from skillhub.courses.rules.allocation import Quota
from skillhub.courses.rules.places import Place, Position


@dataclass(frozen=True)
class SessionView:
    """One meeting of a batch."""

    id: int
    handle: str
    starts_at: datetime
    ends_at: datetime
    part: str
    hours: int


@dataclass(frozen=True)
class OrderBrief:
    """The training order behind a batch, as far as the public may know it."""

    id: int
    code: str
    employer_id: int
    promised_jobs: int
    wage_fen: int | None
    wage_unit: str | None
    wage_text: str | None
    starts_on: date


@dataclass(frozen=True)
class BatchView:
    """One batch; what is asked of it now (open, full) depends on the clock."""

    id: int
    code: str
    district: str
    course: CourseView
    order: OrderBrief | None
    body_id: int
    trainer_id: int | None
    mode: str
    quotas: tuple[Quota, ...]
    release_at: datetime | None
    released_at: datetime | None
    cut_off: datetime
    seed_commitment: str | None
    seed: str | None
    beacon: str | None
    drawn_at: datetime | None
    short_code: str | None
    seats: int
    taken: int
    waiting: int
    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date
    state: str
    place: Place
    filed_at: datetime
    closed_at: datetime | None
    cancel_reason: str | None
    version: int
    sessions: tuple[SessionView, ...]

    @property
    def order_id(self) -> int | None:
        """The id of the training order behind it."""
        return self.order.id if self.order else None

    @property
    def seats_left(self) -> int:
        """How many seats nobody holds."""
        return self.seats - self.taken

    @property
    def is_open(self) -> bool:
        """Tell whether people can apply now."""
        return rules.is_open(
            state=self.state, opens_at=self.opens_at, closes_at=self.closes_at, now=clock.now()
        )

    @property
    def phase(self) -> str:
        """One word for where it stands now: draft, before, open, full, over, closed or cancelled."""
        return rules.phase(
            state=self.state,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            has_seats=self.seats_left > 0 and self.waiting == 0,
            now=clock.now(),
        )

    @property
    def planned_hours(self) -> int:
        """The class hours of its sessions."""
        return sum(each.hours for each in self.sessions)

    @property
    def is_taught(self) -> bool:
        """Tell whether its last session has ended."""
        return not self.sessions or self.sessions[-1].ends_at <= clock.now()


@dataclass(frozen=True)
class BatchFace:
    """A batch with the names of those who hold it."""

    batch: BatchView
    body: OrganisationView
    trainer: PersonView | None
    employer: OrganisationView | None

    def promise(self) -> eligibility.Promise | None:
        """Return the work that stands behind it."""
        order = self.batch.order
        if order is None or self.employer is None:
            return None
        return eligibility.Promise(
            employer=self.employer.name,
            jobs=order.promised_jobs,
            wage_fen=order.wage_fen,
            wage_unit=order.wage_unit,
            wage_text=order.wage_text,
        )

    def eligibility(self) -> list[str]:
        """Return what people are told about joining, in the reader's language."""
        course = self.batch.course
        return eligibility.texts(
            theory_hours=course.theory_hours, practice_hours=course.practice_hours, promise=self.promise()
        )


def batch(code: str) -> BatchView:
    """Return one batch in whatever state; the caller has checked who may see it.

    :raises NotFound: there is none.
    """
    return _one(Batch.code == code)


def batch_by_id(batch_id: int) -> BatchView:
    """Return one batch by its id, in whatever state.

    :raises NotFound: there is none.
    """
    return _one(Batch.id == batch_id)


def code_of_short(short_code: str) -> str:
    """Return the code of the batch that a poster's short code names.

    :raises NotFound: there is none.
    """
    code = db.session.scalar(select(Batch.code).where(Batch.short_code == short_code))
    if code is None:
        raise NotFound
    return code


def many(ids: Collection[int]) -> dict[int, BatchView]:
    """Return several batches by id; what does not exist is left out."""
    wanted = sorted(set(ids))
    found = (
        view
        for start in range(0, len(wanted), 500)
        for view in read(Batch.id.in_(wanted[start : start + 500]))
    )
    return {view.id: view for view in found}


def ids_of_course(course_id: int) -> tuple[int, ...]:
    """Return the ids of all batches of a course, whatever became of them."""
    return tuple(db.session.scalars(select(Batch.id).where(Batch.course_id == course_id)))


def face(found: BatchView) -> BatchFace:
    """Return one batch with its names."""
    return faces([found])[0]


def faces(found: Sequence[BatchView]) -> tuple[BatchFace, ...]:
    """Return batches with their names, in two statements however many there are."""
    employers = [each.order.employer_id for each in found if each.order]
    bodies = organisations.many([*(each.body_id for each in found), *employers])
    trainers = people.many([each.trainer_id for each in found if each.trainer_id is not None])
    return tuple(
        BatchFace(
            batch=each,
            body=bodies[each.body_id],
            trainer=trainers.get(each.trainer_id) if each.trainer_id is not None else None,
            employer=bodies.get(each.order.employer_id) if each.order else None,
        )
        for each in found
    )


def open_now() -> ColumnElement[bool]:
    """Return the condition under which people can apply at this moment."""
    now = clock.now()
    return and_(Batch.state == "published", Batch.opens_at <= now, Batch.closes_at > now)


def open_batches(district: str | None = None, *, limit: int = 50) -> tuple[BatchView, ...]:
    """Return the batches that people can apply for at this moment, those that close first at the head."""
    conditions = [open_now()]
    if district is not None:
        conditions.append(Batch.district_code == district)
    return tuple(read(*conditions, order_by=(Batch.closes_at, Batch.id), limit=limit))


def unfinished_of_order(order_id: int) -> tuple[str, ...]:
    """Return the codes of an order's batches that are neither closed nor cancelled."""
    statement = select(Batch.code).where(Batch.order_id == order_id, Batch.state.in_(("draft", "published")))
    return tuple(db.session.scalars(statement.order_by(Batch.id)))


def read(
    *conditions: ColumnElement[bool], order_by: Iterable[Any] = (), limit: int | None = None
) -> list[BatchView]:
    """Return the batches that meet some conditions, with their sessions, in two statements."""
    statement = _BATCHES.where(*conditions).order_by(*(tuple(order_by) or (Batch.id,)))
    rows = db.session.execute(statement if limit is None else statement.limit(limit)).all()
    sessions = _sessions([row.id for row in rows])
    return [_view(row, sessions.get(row.id, ())) for row in rows]


_COURSE = tuple(column.label(f"course_{column.key}") for column in COLUMNS)
_BATCHES = (
    select(
        Batch.id,
        Batch.code,
        Batch.district_code.label("district"),
        Batch.body_id,
        Batch.trainer_id,
        Batch.mode,
        Batch.quotas,
        Batch.release_at,
        Batch.released_at,
        Batch.cut_off,
        Batch.seed_commitment,
        Batch.seed,
        Batch.beacon,
        Batch.drawn_at,
        Batch.short_code,
        Batch.seats,
        Batch.taken,
        Batch.waiting,
        Batch.opens_at,
        Batch.closes_at,
        Batch.starts_on,
        Batch.ends_on,
        Batch.state,
        Batch.place_name,
        Batch.place_address,
        Batch.place_lon,
        Batch.place_lat,
        Batch.filed_at,
        Batch.closed_at,
        Batch.cancel_reason,
        Batch.version,
        *_COURSE,
        TrainingOrder.id.label("order_id"),
        TrainingOrder.code.label("order_code"),
        TrainingOrder.employer_id,
        TrainingOrder.promised_jobs,
        TrainingOrder.wage_fen,
        TrainingOrder.wage_unit,
        TrainingOrder.wage_text,
        TrainingOrder.starts_on.label("order_starts_on"),
    )
    .join(Course, Course.id == Batch.course_id)
    .outerjoin(TrainingOrder, TrainingOrder.id == Batch.order_id)
)


def _one(condition: ColumnElement[bool]) -> BatchView:
    found = read(condition)
    if not found:
        raise NotFound
    return found[0]


def _sessions(batch_ids: Collection[int]) -> dict[int, tuple[SessionView, ...]]:
    found: dict[int, tuple[SessionView, ...]] = {}
    if not batch_ids:
        return found
    rows = db.session.execute(
        select(
            ClassSession.batch_id,
            ClassSession.id,
            ClassSession.handle,
            ClassSession.starts_at,
            ClassSession.ends_at,
            ClassSession.part,
            ClassSession.hours,
        )
        .where(ClassSession.batch_id.in_(sorted(batch_ids)))
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    for row in rows:
        session = SessionView(row.id, row.handle, row.starts_at, row.ends_at, row.part, row.hours)
        found[row.batch_id] = (*found.get(row.batch_id, ()), session)
    return found


def _view(row: Any, sessions: tuple[SessionView, ...]) -> BatchView:
    has_position = row.place_lon is not None and row.place_lat is not None
    return BatchView(
        id=row.id,
        code=row.code,
        district=row.district,
        course=CourseView(*(getattr(row, column.key) for column in _COURSE)),
        order=_order(row),
        body_id=row.body_id,
        trainer_id=row.trainer_id,
        mode=row.mode,
        quotas=plans.quotas(row.quotas),
        release_at=row.release_at,
        released_at=row.released_at,
        cut_off=row.cut_off,
        seed_commitment=row.seed_commitment,
        seed=row.seed,
        beacon=row.beacon,
        drawn_at=row.drawn_at,
        short_code=row.short_code,
        seats=row.seats,
        taken=row.taken,
        waiting=row.waiting,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=row.state,
        place=Place(
            row.place_name,
            row.place_address,
            Position(row.place_lon, row.place_lat) if has_position else None,
        ),
        filed_at=row.filed_at,
        closed_at=row.closed_at,
        cancel_reason=row.cancel_reason,
        version=row.version,
        sessions=sessions,
    )


def _order(row: Any) -> OrderBrief | None:
    if row.order_id is None:
        return None
    return OrderBrief(
        id=row.order_id,
        code=row.order_code,
        employer_id=row.employer_id,
        promised_jobs=row.promised_jobs,
        wage_fen=row.wage_fen,
        wage_unit=row.wage_unit,
        wage_text=row.wage_text,
        starts_on=row.order_starts_on,
    )
