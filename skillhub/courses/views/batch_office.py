"""Pages of officers about batches: the filed ones, each on one page with what was found, and the approval."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from skillhub.base.access import Actor, Role
from skillhub.courses.forms.batches import CancelForm
from skillhub.courses.forms.orders import OneTap
from skillhub.courses.queries import batch_lists, batch_rights, findings
from skillhub.courses.queries import batches as queries
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules import plans
from skillhub.courses.service import batches as service
from skillhub.courses.views import links, seat_rules, stops
from skillhub.web import forms, menus, requests

bp = Blueprint("batch_office", __name__)
menus.add(Role.OFFICER, "batch_office.queue", lazy_pgettext("menu", "班期"), 30)

KINDS = {"draft": "wait", "published": "ok", "closed": "none", "cancelled": "bad"}
"""How each state of a batch looks."""


@bp.get("/office/batches")
def queue() -> ResponseReturnValue:
    """List the batches of the reader's district in one state, the longest waiting first."""
    actor = requests.actor()
    state = request.args.get("state", "draft")
    if state not in rules.STATES:
        state = "draft"
    page = batch_lists.filed(actor=actor, state=state, after=request.args.get("after"))
    own = actor.districts(Role.OFFICER, Role.AUDITOR)
    return render_template(
        "courses/batch_queue.html",
        page=page,
        faces=queries.faces(page.items),
        state=state,
        states=rules.STATES,
        kinds=KINDS,
        counts={each: batch_lists.count(districts=own, state=each) for each in rules.STATES},
    )


@bp.get("/office/batches/<code>")
def batch(code: str) -> ResponseReturnValue:
    """Show one batch as it was filed, with what the system knows beside it."""
    return _page(requests.actor(), code, CancelForm(formdata=None))


@bp.post("/office/batches/<code>/publication")
def publish(code: str) -> ResponseReturnValue:
    """Approve a batch; people see it from now on."""
    actor = requests.actor()
    batch_rights.approved_by(actor=actor, code=code)
    OneTap()
    forms.once(lambda: service.publish(actor=actor, code=code))
    flash(_("已核准并公布。"), "ok")
    return redirect(url_for(".batch", code=code))


@bp.post("/office/batches/<code>/cancellation")
def cancel(code: str) -> ResponseReturnValue:
    """Refuse or cancel a batch with a reason."""
    actor = requests.actor()
    batch_rights.approved_by(actor=actor, code=code)
    form = CancelForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(lambda: service.cancel(actor=actor, code=code, reason=form.reason.data or ""))
            flash(_("已取消，报名的人会收到短信。"), "ok")
            return redirect(url_for(".batch", code=code))
    return _page(actor, code, form)


def _page(actor: Actor, code: str, form: CancelForm) -> ResponseReturnValue:
    found = batch_rights.overseen_by(actor=actor, code=code)
    requests.show_district(found.district)
    face = queries.face(found)
    compared = findings.of(face)
    return render_template(
        "courses/batch_office.html",
        batch=found,
        face=face,
        findings=compared,
        stops=stops.of_batch(found),
        states=rules.STATES,
        modes=plans.MODES,
        seat_rules=seat_rules.sentences(found),
        parts=rules.PARTS,
        kinds=KINDS,
        may_decide=found.district in actor.districts(Role.OFFICER),
        publish_form=OneTap(formdata=None),
        cancel_form=form,
        roster=links.to("rosters.roster", code=code),
    )
