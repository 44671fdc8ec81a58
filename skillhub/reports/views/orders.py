"""The page of an order: the chain from the wish to hired people, each number with who is behind it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.base.access import Actor, Right, Role, may
from skillhub.base.errors import NotFound
from skillhub.courses.queries import batches, orders
from skillhub.courses.queries.batches import BatchFace
from skillhub.courses.queries.orders import OrderFace, OrderView
from skillhub.courses.rules import batches as batch_rules
from skillhub.courses.rules import orders as rules
from skillhub.courses.rules.orders import Funnel
from skillhub.courses.views import batch_office as batch_views
from skillhub.courses.views import orders as order_views
from skillhub.reports.queries import funnels, order_people
from skillhub.reports.queries.funnels import Stage
from skillhub.web import requests, words

bp = Blueprint("order_page", __name__)

Stop = tuple[str, str, str]
STAGES: dict[Stage, LazyString] = {
    Stage.ENROLLED: _l("报上名"),
    Stage.ATTENDED: _l("来上课"),
    Stage.CERTIFIED: _l("拿到证"),
    Stage.HIRED: _l("上了岗"),
}


@dataclass(frozen=True)
class Figure:
    """One number of the chain: how many, of whom, in percent."""

    stage: Stage
    count: int
    of: str | None
    rate: float | None


@bp.get("/orders/<code>")
def order(code: str) -> ResponseReturnValue:
    """Show how far an order has come, and the people behind one of its numbers."""
    actor = requests.actor()
    found = orders.visible(actor=actor, code=code)
    requests.show_district(found.district)
    shown = _shown()
    people = funnels.of_order(found)
    funnel = funnels.counted(found, people)
    classes = batches.faces([batches.batch_by_id(each) for each in orders.batch_ids(found.id)])
    face = orders.face(found)
    return render_template(
        "reports/order.html",
        order=found,
        face=face,
        funnel=funnel,
        figures=_figures(funnel),
        stages=STAGES,
        shown=shown,
        listed=()
        if shown is None
        else order_people.at(
            actor=actor, order=found, batches=[each.batch for each in classes], found=people, stage=shown
        ),
        classes=classes,
        stops=_stops(face, classes, funnel),
        states=rules.STATES,
        kinds=order_views.KINDS,
        batch_states=batch_rules.STATES,
        batch_kinds=batch_views.KINDS,
        units=rules.WAGE_UNITS,
        to_confirm=len(people.certified - people.hired),
        is_employer=may(actor, Right(Role.EMPLOYER, organisation=found.employer_id)),
        may_decide=may(actor, Right(Role.OFFICER, district=found.district)),
        in_office=_in_office(actor, found),
        may_file=found.state == "approved" and may(actor, Right(Role.SCHOOL, district=found.district)),
    )


def _shown() -> Stage | None:
    asked = request.args.get("show")
    if asked is None:
        return None
    if asked not in set(Stage):
        raise NotFound
    return Stage(asked)


def _in_office(actor: Actor, found: OrderView) -> bool:
    return may(actor, *(Right(role, district=found.district) for role in (Role.OFFICER, Role.AUDITOR)))


def _figures(funnel: Funnel) -> tuple[Figure, ...]:
    rates = funnel.rates
    return (
        Figure(Stage.ENROLLED, funnel.enrolled, _("占要的人"), rates.fill),
        Figure(Stage.ATTENDED, funnel.attended, None, None),
        Figure(Stage.CERTIFIED, funnel.certified, _("占报上名的"), rates.passed),
        Figure(Stage.HIRED, funnel.hired, _("占拿到证的"), rates.placed),
    )


def _stops(face: OrderFace, classes: tuple[BatchFace, ...], funnel: Funnel) -> list[Stop]:
    """Return the line of the chain: asked, visited, approved, taught, certified, hired."""
    state = face.order.state
    asked = (_("要人"), words.day(face.order.asked_at), "done")
    visit = face.visit
    visited = (_("探岗"), words.day(visit.on) if visit else _("还没有去看"), "done" if visit else "now")
    if state == "refused":
        return [asked, visited, (_("未核准"), words.day(face.order.decided_at), "halt")]
    if state == "asked":
        decided = (_("核准"), _("等区里决定"), "now" if visit else "todo")
        return [
            asked,
            visited,
            decided,
            *((label, "", "todo") for label in (_("开班"), _("发证"), _("上岗"))),
        ]
    reached = [
        (_("开班"), _taught(classes), bool(classes)),
        (_("发证"), _("%(n)s人", n=funnel.certified) if funnel.certified else "", funnel.certified > 0),
        (_("上岗"), _("%(n)s人", n=funnel.hired) if funnel.hired else "", funnel.hired > 0),
    ]
    line = [asked, visited, (_("核准"), words.day(face.order.decided_at), "done")]
    is_next = True
    for label, small, is_reached in reached:
        line.append(
            (label, small, "done" if is_reached else "now" if is_next and state != "completed" else "todo")
        )
        is_next = is_next and is_reached
    return line


def _taught(classes: tuple[BatchFace, ...]) -> str:
    if not classes:
        return ""
    first = min(each.batch.starts_on for each in classes)
    return str(_("%(n)s个班，%(day)s开课", n=len(classes), day=words.day(first)))
