"""The pages of certificates that others issued: told by the worker or a clerk, looked up by staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.queries import people
from skillhub.base import access
from skillhub.base.access import Role
from skillhub.base.errors import NotFound
from skillhub.courses.rules.levels import LEVELS
from skillhub.credentials import service
from skillhub.credentials.forms import ExternalForm, LookUpForm
from skillhub.credentials.queries import external
from skillhub.credentials.rules.external import State
from skillhub.web import forms, requests

bp = Blueprint("external", __name__)


def _recorded(form: ExternalForm, record: Callable[..., str]) -> str:
    return forms.once(
        lambda: record(
            number=form.number.data or "",
            issuer=form.issuer.data or "",
            trade=form.trade.data or "",
            issued_on=form.issued_on.data,
        )
    )


@bp.route("/me/external-certificates", methods=["GET", "POST"])
def mine() -> ResponseReturnValue:
    """List the reader's own, and take another one."""
    actor = requests.actor()
    access.require_role(actor, Role.TRAINEE)
    if actor.person_id is None:
        raise NotFound
    form = ExternalForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            _recorded(form, partial(service.external.record_own, actor=actor))
            flash(_("已登记。工作人员核对以前，别人看到的是“没核实”。"), "ok")
            return redirect(url_for(".mine"))
    return render_template(
        "credentials/external.html",
        form=form,
        found=external.of_person(actor.person_id),
        levels=LEVELS,
        holder=None,
    )


@bp.route("/people/<handle>/external-certificates", methods=["GET", "POST"])
def of_person(handle: str) -> ResponseReturnValue:
    """List a person's, and take another one from the original in a clerk's hands."""
    actor = requests.actor()
    holder = external.recordable(actor, handle)
    requests.show_district(holder.district)
    form = ExternalForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            made = _recorded(form, partial(service.external.record_for, actor=actor, person=handle))
            return redirect(url_for(".looking_up", handle=made))
    return render_template(
        "credentials/external.html",
        form=form,
        found=external.of_person(holder.id),
        levels=LEVELS,
        holder=holder,
    )


@bp.get("/office/external-certificates")
def index() -> ResponseReturnValue:
    """List those of the reader's district, what nobody has looked up first."""
    found = external.listed(requests.actor())
    names = {each.id: each.name for each in people.many([one.person_id for one in found]).values()}
    return render_template("credentials/external_list.html", found=found, names=names, levels=LEVELS)


@bp.route("/office/external-certificates/<handle>", methods=["GET", "POST"])
def looking_up(handle: str) -> ResponseReturnValue:
    """Show one, and take what staff have found out about it and where."""
    actor = requests.actor()
    found = external.readable(actor, handle)
    requests.show_district(found.district)
    form = LookUpForm()
    if form.validate_on_submit():
        is_confirmed = form.decision.data == State.CONFIRMED
        decide = service.external.confirm if is_confirmed else service.external.refute
        with forms.errors_on(form):
            forms.once(lambda: decide(actor=actor, certificate=handle, looked_up=form.looked_up.data or ""))
            flash(_("已记下核对结果。"), "ok")
            return redirect(url_for(".index"))
    holder = people.person(found.person_id)
    return render_template(
        "credentials/external_look_up.html",
        certificate=found,
        form=form,
        holder=holder,
        level=LEVELS.get(found.level or "", ""),
        decided_by=people.person(found.decided_by).name if found.decided_by else "",
        may_decide=found.is_open and external.is_decidable(actor, found),
    )
