"""The office's pages for taking many certificates back together: one asks, another one confirms."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.queries import people
from skillhub.base import access
from skillhub.base.access import Actor, Right, Role
from skillhub.credentials import service
from skillhub.credentials.forms import KINDS, RecallDecisionForm, RecallForm
from skillhub.credentials.queries import recalls
from skillhub.credentials.rules.recalls import Common, Decision, Kind
from skillhub.web import forms, requests

bp = Blueprint("recalls", __name__)


@bp.route("/office/recalls", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the requests of the reader's district, and take a new one."""
    actor = requests.actor()
    access.require_role(actor, *recalls.READERS)
    district = min(actor.districts(*recalls.READERS))
    requests.show_district(district)
    form = RecallForm()
    if form.validate_on_submit():
        access.require_role(actor, Role.OFFICER)
        with forms.errors_on(form):
            handle = forms.once(lambda: _asked(actor, district, form))
            flash(_("已提出。请另一位管理人员打开这一页确认，确认以前什么都不变。"), "ok")
            return redirect(url_for(".recall", handle=handle))
    return render_template(
        "credentials/recalls.html",
        form=form if actor.has(Role.OFFICER) else None,
        recalls=recalls.latest(actor, district),
        kinds=KINDS,
    )


def _asked(actor: Actor, district: str, form: RecallForm) -> str:
    common = Common(Kind(form.kind.data), (form.what.data or "").strip(), (form.border.data or "").strip())
    return service.recalls.ask(actor=actor, district=district, common=common, reason=form.reason.data or "")


@bp.route("/office/recalls/<handle>", methods=["GET", "POST"])
def recall(handle: str) -> ResponseReturnValue:
    """Show one request, and take what a second person says to it."""
    actor = requests.actor()
    found = recalls.recall(actor, handle)
    requests.show_district(found.district)
    form = RecallDecisionForm()
    if form.validate_on_submit():
        confirmed = form.decision.data == Decision.CONFIRMED
        decide = service.recalls.confirm if confirmed else service.recalls.withdraw
        forms.once(lambda: decide(actor=actor, recall=handle))
        flash(_("已确认，正在撤销。") if confirmed else _("已收回，证书都不变。"), "ok")
        return redirect(url_for(".recall", handle=handle))
    return render_template(
        "credentials/recall.html",
        recall=found,
        form=form,
        kinds=KINDS,
        asked_by=_name(found.asked_by),
        decided_by=_name(found.decided_by),
        is_own=found.asked_by is not None and found.asked_by == actor.person_id,
        may_decide=found.is_open and access.may(actor, Right(Role.OFFICER, district=found.district)),
    )


def _name(person_id: int | None) -> str:
    return people.person(person_id).name if person_id is not None else _("命令行")
