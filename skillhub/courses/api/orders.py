"""JSON addresses of training orders: placing one, the visit, the decision, and the order with its funnel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal

from flask import Blueprint
from pydantic import Field

from skillhub.base.access import Role, Scope, require_role
from skillhub.courses.queries import orders as queries
from skillhub.courses.queries.orders import OrderFace, Visit
from skillhub.courses.rules.orders import Funnel
from skillhub.courses.service import orders as service
from skillhub.districts import queries as districts
from skillhub.web import api, requests

bp = Blueprint("orders_api", __name__, url_prefix="/api/v1")

_funnel: list[Callable[[int], Funnel]] = [queries.funnel]


def use_funnel(provider: Callable[[int], Funnel]) -> None:
    """Name who counts an order's people to the end; certificates and hires are kept on upper floors."""
    _funnel[0] = provider


class OrderPost(api.Shape):
    """What an employer asks for; `employer` is the organisation's code, `course` and `site` are codes."""

    district: api.Code
    employer: api.Code
    course: api.Code | None = None
    occupation: api.Code | None = None
    trade: str
    level: api.Code | None = None
    heads: int
    skills: list[str] = Field(default_factory=list)
    wage_fen: int
    wage_unit: Literal["day", "month", "piece"]
    starts_on: date
    promised_jobs: int
    site: api.Code | None = None


class VisitedShape(api.Shape):
    """Who looked at the job, when, and what was found."""

    by: str | None
    on: date
    result: str | None


class FunnelShape(api.Shape):
    """How many people were asked for, held a seat, came, were certified and were hired."""

    asked: int
    enrolled: int
    attended: int
    certified: int
    hired: int


class RatesShape(api.Shape):
    """Percent with one decimal: enrolled of asked, certified of enrolled, hired of certified."""

    fill: float | None
    passed: float | None = Field(serialization_alias="pass")
    placed: float | None


class OrderShape(api.Shape):
    """A training order with its chain."""

    code: str
    district: str
    employer: str
    course: str | None
    occupation: str | None
    trade: str
    level: str | None
    heads: int
    skills: list[str]
    wage_fen: int | None
    wage_unit: str | None
    starts_on: date
    promised_jobs: int
    site: str | None
    state: str
    visited: VisitedShape | None
    batches: list[str]
    funnel: FunnelShape
    rates: RatesShape


class VisitPost(api.Shape):
    """When somebody looked at the job, and what was found."""

    on: date
    result: str


class ApprovalPost(api.Shape):
    """The decision on an order; a refusal needs a reason."""

    decision: Literal["approved", "refused"]
    reason: str | None = None


def _shown(code: str) -> OrderShape:
    found = queries.visible(actor=requests.actor(), code=code)
    return shape(queries.face(found), _funnel[0](found.id))


def shape(face: OrderFace, funnel: Funnel) -> OrderShape:
    """Return an order as programs see it."""
    order, rates = face.order, funnel.rates
    return OrderShape(
        code=order.code,
        district=order.district,
        employer=face.employer.code,
        course=order.course,
        occupation=order.occupation,
        trade=order.trade,
        level=order.level,
        heads=order.heads,
        skills=list(order.skills),
        wage_fen=order.wage_fen,
        wage_unit=order.wage_unit,
        starts_on=order.starts_on,
        promised_jobs=order.promised_jobs,
        site=_site(order.district, order.site_id),
        state=order.state,
        visited=_visited(face.visit),
        batches=list(face.batches),
        funnel=FunnelShape(
            asked=funnel.asked,
            enrolled=funnel.enrolled,
            attended=funnel.attended,
            certified=funnel.certified,
            hired=funnel.hired,
        ),
        rates=RatesShape(fill=rates.fill, passed=rates.passed, placed=rates.placed),
    )


def _visited(visit: Visit | None) -> VisitedShape | None:
    return None if visit is None else VisitedShape(by=visit.by, on=visit.on, result=visit.result)


def _site(district: str, site_id: int | None) -> str | None:
    if site_id is None:
        return None
    return next((site.code for site in districts.sites(district) if site.id == site_id), None)


@bp.post("/orders")
@api.operation("下培训订单", scope=Scope.ORDER, body=OrderPost, answer=OrderShape, status=201)
@api.writing(show=_shown)
def post_order() -> str:
    """Ask for trained people on behalf of the caller's own employer or team."""
    require_role(requests.actor(), Role.EMPLOYER)
    sent = api.read(OrderPost)
    return service.place(
        actor=requests.actor(),
        district=sent.district,
        employer=sent.employer,
        course=sent.course,
        occupation=sent.occupation,
        trade=sent.trade,
        level=sent.level,
        heads=sent.heads,
        skills=sent.skills,
        wage_fen=sent.wage_fen,
        wage_unit=sent.wage_unit,
        starts_on=sent.starts_on,
        promised_jobs=sent.promised_jobs,
        site=sent.site,
    )


@bp.get("/orders/<code>")
@api.operation("一个培训订单和它的全链条", scope=Scope.READ, answer=OrderShape)
def get_order(code: str) -> OrderShape:
    """Show an order to its employer and to the staff and schools of its district."""
    return _shown(code)


@bp.post("/orders/<code>/visit")
@api.operation("记录探岗", scope=Scope.DECIDE, body=VisitPost, answer=OrderShape)
@api.writing(show=_shown)
def post_visit(code: str) -> str:
    """Record that the caller has looked at the job."""
    service.in_office(actor=requests.actor(), code=code)
    sent = api.read(VisitPost)
    return service.record_visit(actor=requests.actor(), code=code, on=sent.on, result=sent.result)


@bp.post("/orders/<code>/approval")
@api.operation("核准或不予核准订单", scope=Scope.DECIDE, body=ApprovalPost, answer=OrderShape)
@api.writing(show=_shown)
def post_approval(code: str) -> str:
    """Approve or refuse an order; approving needs a visit to the job or to the employer."""
    service.in_office(actor=requests.actor(), code=code)
    sent = api.read(ApprovalPost)
    return service.decide(actor=requests.actor(), code=code, decision=sent.decision, reason=sent.reason)
