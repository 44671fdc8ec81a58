"""The only place that reads training orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries.organisations import OrganisationView
from skillhub.base import cursors, paging
from skillhub.base.access import Actor, Right, Role, may, require_role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.base.paging import Page
from skillhub.courses.model import Application, Attendance, Batch, Course, TrainingOrder
from skillhub.courses.rules.orders import Funnel

READERS = (Role.EMPLOYER, Role.OFFICER, Role.AUDITOR, Role.DESK, Role.SCHOOL)
MOST_CHOICES = 200
CAME = ("present", "late")


@dataclass(frozen=True)
class Visit:
    """Who looked at the job, when, and what was found."""

    by: str | None
    on: date
    result: str | None


@dataclass(frozen=True)
class OrderView:
    """One training order; `visit` is its own, not the one to the employer."""

    id: int
    code: str
    district: str
    employer_id: int
    course_id: int | None
    course: str | None
    course_name: str | None
    occupation: str | None
    trade: str
    level: str | None
    heads: int
    skills: tuple[str, ...]
    wage_fen: int | None
    wage_unit: str | None
    wage_text: str | None
    starts_on: date
    promised_jobs: int
    site_id: int | None
    state: str
    asked_at: datetime
    visit: Visit | None
    decided_at: datetime | None
    decided_by_id: int | None
    decision_reason: str | None


@dataclass(frozen=True)
class OrderFace:
    """An order with what a reader needs to recognise it."""

    order: OrderView
    employer: OrganisationView
    batches: tuple[str, ...]

    @property
    def visit(self) -> Visit | None:
        """The visit that counts: the order's own, else the one to the employer."""
        return visit_that_counts(self.order, self.employer)


def visit_that_counts(order: OrderView, employer: OrganisationView) -> Visit | None:
    """Return the order's own visit, else the one to the employer, None if nobody has looked."""
    if order.visit is not None:
        return order.visit
    if employer.visited_on is None:
        return None
    return Visit(employer.visited_by, employer.visited_on, employer.visit_result)


def order(code: str) -> OrderView:
    """Return one order; the caller has checked who may see it.

    :raises NotFound: there is none.
    """
    return _one(TrainingOrder.code == code)


def order_by_id(order_id: int) -> OrderView:
    """Return one order by its id; the caller has checked who may see it.

    :raises NotFound: there is none.
    """
    return _one(TrainingOrder.id == order_id)


def code_of(order_id: int) -> str:
    """Return the code of an order.

    :raises NotFound: there is none.
    """
    found = db.session.scalar(select(TrainingOrder.code).where(TrainingOrder.id == order_id))
    if found is None:
        raise NotFound
    return found


def batch_ids(order_id: int) -> tuple[int, ...]:
    """Return the ids of an order's batches that were not cancelled, in order of filing."""
    statement = select(Batch.id).where(Batch.order_id == order_id, Batch.state != "cancelled")
    return tuple(db.session.scalars(statement.order_by(Batch.id)))


def visible(*, actor: Actor, code: str) -> OrderView:
    """Return an order that the actor may see: its employer, and the staff and schools of its district.

    :raises Forbidden: the actor holds none of these roles.
    :raises NotFound: there is no such order for this actor.
    """
    require_role(actor, *READERS)
    found = order(code)
    if not may(actor, *_readers(found)):
        raise NotFound
    return found


def _readers(found: OrderView) -> tuple[Right, ...]:
    """Return who may see an order; a school only once it may file classes for it."""
    staff = tuple(Right(role, district=found.district) for role in (Role.OFFICER, Role.AUDITOR, Role.DESK))
    schools = (
        (Right(Role.SCHOOL, district=found.district),) if found.state in ("approved", "completed") else ()
    )
    return (Right(Role.EMPLOYER, organisation=found.employer_id), *staff, *schools)


def face(found: OrderView) -> OrderFace:
    """Return one order with its employer and its batches."""
    return faces([found])[0]


def faces(found: Collection[OrderView]) -> tuple[OrderFace, ...]:
    """Return orders with their employers and batches, in three statements however many there are."""
    employers = organisations.many([each.employer_id for each in found])
    batches = batches_of([each.id for each in found])
    return tuple(OrderFace(each, employers[each.employer_id], batches.get(each.id, ())) for each in found)


def batches_of(order_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return the codes of each order's batches in order of filing, drafts and cancelled ones among them."""
    codes: dict[int, tuple[str, ...]] = {}
    rows = db.session.execute(
        select(Batch.order_id, Batch.code)
        .where(Batch.order_id.in_(sorted(set(order_ids))))
        .order_by(Batch.id)
    )
    for order_id, code in rows:
        if order_id is not None:
            codes[order_id] = (*codes.get(order_id, ()), code)
    return codes


def placed(*, actor: Actor, after: str | None = None, limit: int = 20) -> Page[OrderFace]:
    """Return a page of the orders of the actor's own employers, the newest first.

    :raises Forbidden: the actor acts for no employer.
    """
    require_role(actor, Role.EMPLOYER)
    mine = sorted(actor.organisations(Role.EMPLOYER))
    statement = (
        _COLUMNS.where(TrainingOrder.employer_id.in_(mine)).order_by(TrainingOrder.id.desc()).limit(limit + 1)
    )
    last = cursors.number(after)
    if last is not None:
        statement = statement.where(TrainingOrder.id < last)
    page = paging.page([_view(row) for row in db.session.execute(statement)], limit, lambda view: view.id)
    return Page(faces(page.items), page.next)


def queue(
    *, actor: Actor, state: str = "asked", after: str | None = None, limit: int = 20
) -> Page[OrderFace]:
    """Return a page of the orders in one state of the actor's districts, the longest waiting first.

    :raises Forbidden: the actor is no officer or auditor.
    """
    require_role(actor, Role.OFFICER, Role.AUDITOR)
    districts = sorted(actor.districts(Role.OFFICER, Role.AUDITOR))
    statement = (
        _COLUMNS.where(TrainingOrder.district_code.in_(districts), TrainingOrder.state == state)
        .order_by(TrainingOrder.id)
        .limit(limit + 1)
    )
    last = cursors.number(after)
    if last is not None:
        statement = statement.where(TrainingOrder.id > last)
    page = paging.page([_view(row) for row in db.session.execute(statement)], limit, lambda view: view.id)
    return Page(faces(page.items), page.next)


def count(*, districts: Collection[str], state: str) -> int:
    """Return how many orders of some districts are in one state."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(TrainingOrder)
            .where(TrainingOrder.district_code.in_(sorted(districts)), TrainingOrder.state == state)
        )
        or 0
    )


def approved(district: str) -> tuple[OrderFace, ...]:
    """Return a district's approved orders, for which classes can be filed, the newest first."""
    rows = db.session.execute(
        _COLUMNS.where(TrainingOrder.district_code == district, TrainingOrder.state == "approved")
        .order_by(TrainingOrder.id.desc())
        .limit(MOST_CHOICES)
    )
    return faces([_view(row) for row in rows])


def funnel(order_id: int) -> Funnel:
    """Return the funnel of an order as far as it is known on this floor: up to who came to class.

    Certificates and hires are added by the floors that keep them.
    """
    asked = db.session.scalar(select(TrainingOrder.heads).where(TrainingOrder.id == order_id)) or 0
    held = (
        Application.state == "enrolled",
        Batch.id == Application.batch_id,
        Batch.order_id == order_id,
        Batch.state != "cancelled",
    )
    enrolled = db.session.scalar(select(func.count(Application.person_id.distinct())).where(*held)) or 0
    attended = (
        db.session.scalar(
            select(func.count(Application.person_id.distinct())).where(
                *held, Attendance.application_id == Application.id, Attendance.state.in_(CAME)
            )
        )
        or 0
    )
    return Funnel(asked=asked, enrolled=enrolled, attended=attended, certified=0, hired=0)


_COLUMNS = select(
    TrainingOrder.id,
    TrainingOrder.code,
    TrainingOrder.district_code,
    TrainingOrder.employer_id,
    TrainingOrder.course_id,
    Course.code.label("course"),
    Course.name.label("course_name"),
    TrainingOrder.occupation,
    TrainingOrder.trade,
    TrainingOrder.level,
    TrainingOrder.heads,
    TrainingOrder.skills,
    TrainingOrder.wage_fen,
    TrainingOrder.wage_unit,
    TrainingOrder.wage_text,
    TrainingOrder.starts_on,
    TrainingOrder.promised_jobs,
    TrainingOrder.site_id,
    TrainingOrder.state,
    TrainingOrder.asked_at,
    TrainingOrder.visited_on,
    TrainingOrder.visited_by,
    TrainingOrder.visit_result,
    TrainingOrder.decided_at,
    TrainingOrder.decided_by_id,
    TrainingOrder.decision_reason,
).outerjoin(Course, Course.id == TrainingOrder.course_id)


def _view(row: Any) -> OrderView:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)
    on, by, result = values.pop("visited_on"), values.pop("visited_by"), values.pop("visit_result")
    return OrderView(
        district=values.pop("district_code"),
        skills=tuple(values.pop("skills")),
        visit=None if on is None else Visit(by, on, result),
        **values,
    )


def _one(condition: ColumnElement[bool]) -> OrderView:
    row = db.session.execute(_COLUMNS.where(condition)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)
