"""Pages of officers about training orders: the queue, the visit, the decision, completion."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from skillhub.base import clock
from skillhub.base.access import Actor, Role, require_role
from skillhub.courses.forms.orders import OneTap, OrderDecisionForm, VisitForm
from skillhub.courses.queries import orders as queries
from skillhub.courses.rules import orders as rules
from skillhub.courses.service import orders as service
from skillhub.courses.views.orders import KINDS
from skillhub.districts import queries as districts
from skillhub.web import forms, menus, requests, words

bp = Blueprint("order_office", __name__)
menus.add(Role.OFFICER, "order_office.queue", lazy_pgettext("menu", "订单"), 20)

Stop = tuple[str, str, str]


@bp.get("/office/orders")
def queue() -> ResponseReturnValue:
    """List the orders of the reader's district in one state, the longest waiting first."""
    actor = requests.actor()
    state = request.args.get("state", "asked")
    if state not in rules.STATES:
        state = "asked"
    page = queries.queue(actor=actor, state=state, after=request.args.get("after"))
    own = actor.districts(Role.OFFICER, Role.AUDITOR)
    counts = {each: queries.count(districts=own, state=each) for each in rules.STATES}
    return render_template(
        "courses/order_queue.html", page=page, state=state, states=rules.STATES, kinds=KINDS, counts=counts
    )


@bp.get("/office/orders/<code>")
def order(code: str) -> ResponseReturnValue:
    """Show one order with what there is to decide."""
    return _page(requests.actor(), code)


@bp.post("/office/orders/<code>/visit")
def visit(code: str) -> ResponseReturnValue:
    """Record that somebody has looked at the job."""
    actor = requests.actor()
    service.in_office(actor=actor, code=code)
    form = VisitForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: service.record_visit(
                    actor=actor, code=code, on=form.on.data, result=form.result.data or ""
                )
            )
            flash(_("探岗已记录。"), "ok")
            return redirect(url_for(".order", code=code))
    return _page(actor, code, visit_form=form)


@bp.post("/office/orders/<code>/decision")
def decision(code: str) -> ResponseReturnValue:
    """Approve or refuse an order."""
    actor = requests.actor()
    service.in_office(actor=actor, code=code)
    form = OrderDecisionForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: service.decide(
                    actor=actor, code=code, decision=form.decision.data, reason=form.reason.data
                )
            )
            flash(_("决定已提交。"), "ok")
            return redirect(url_for(".order", code=code))
    return _page(actor, code, decision_form=form)


@bp.post("/office/orders/<code>/completion")
def completion(code: str) -> ResponseReturnValue:
    """Close an order whose classes have ended."""
    actor = requests.actor()
    service.in_office(actor=actor, code=code)
    OneTap()
    forms.once(lambda: service.complete(actor=actor, code=code))
    flash(_("订单已办结。"), "ok")
    return redirect(url_for(".order", code=code))


def _page(
    actor: Actor,
    code: str,
    *,
    visit_form: VisitForm | None = None,
    decision_form: OrderDecisionForm | None = None,
) -> ResponseReturnValue:
    require_role(actor, Role.OFFICER, Role.AUDITOR)
    found = queries.visible(actor=actor, code=code)
    requests.show_district(found.district)
    face = queries.face(found)
    today = clock.today(districts.district(found.district).zone)
    may_decide = found.district in actor.districts(Role.OFFICER)
    if visit_form is None:
        visit_form = VisitForm(formdata=None, on=today)
    return render_template(
        "courses/order_office.html",
        face=face,
        order=found,
        states=rules.STATES,
        kinds=KINDS,
        units=rules.WAGE_UNITS,
        stops=_stops(face),
        may_decide=may_decide,
        visit_form=visit_form,
        decision_form=decision_form or OrderDecisionForm(formdata=None),
        completion_form=OneTap(formdata=None),
    )


def _stops(face: queries.OrderFace) -> list[Stop]:
    """Return the line of an order: asked, visited, decided, taught."""
    order, visit = face.order, face.visit
    asked = (_("提交订单"), words.day(order.asked_at), "done")
    seen = words.day(visit.on) if visit else _("还没有去看")
    state = order.state
    if state == "refused":
        looked = (_("探岗"), seen, "done" if visit else "todo")
        return [asked, looked, (_("不予核准"), words.day(order.decided_at), "halt")]
    decided = words.day(order.decided_at)
    is_decided = state != "asked"
    return [
        asked,
        (_("探岗"), seen, "done" if visit or is_decided else "now"),
        (_("核准"), decided, "done" if is_decided else ("now" if visit else "todo")),
        (
            _("开班"),
            _("%(n)s个班", n=len(face.batches)) if face.batches else "",
            {"asked": "todo", "approved": "now"}.get(state, "done"),
        ),
        (_("办结"), "", "done" if state == "completed" else "todo"),
    ]
