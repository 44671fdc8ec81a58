"""Pages of a district's employers: the register with who was visited, a new one, one with its visit."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.queries import organisations
from skillhub.base import clock
from skillhub.base.access import Actor, require_role
from skillhub.base.errors import Forbidden, NotFound
from skillhub.districts import queries
from skillhub.districts.forms.employers import KINDS, EmployerForm, VisitForm
from skillhub.districts.service import employers
from skillhub.web import forms, requests

bp = Blueprint("employers", __name__)
TAIL = 4
STATES = ("visited", "unvisited")


@bp.get("/office/employers")
def index() -> ResponseReturnValue:
    """List the employers of the reader's district, all or those that fit."""
    actor = requests.actor()
    require_role(actor, *employers.READERS)
    district = min(actor.districts(*employers.READERS))
    requests.show_district(district)
    words, state = request.args.get("q", "").strip(), request.args.get("state")
    is_visited = {"visited": True, "unvisited": False}.get(state or "")
    return render_template(
        "districts/employers.html",
        page=organisations.page(
            district=district, words=words, is_visited=is_visited, after=request.args.get("after")
        ),
        counts=organisations.employer_counts(district),
        words=words,
        state=state if state in STATES else None,
        kinds=dict(KINDS),
        may_keep=_may_keep(actor, district),
    )


@bp.route("/office/employers/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Put an employer on file."""
    actor = requests.actor()
    require_role(actor, *employers.KEEPERS)
    district = min(actor.districts(*employers.KEEPERS))
    employers.require_keeper(actor, district)
    requests.show_district(district)
    form = EmployerForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            code = forms.once(
                lambda: employers.register(
                    actor=actor,
                    district=district,
                    kind=form.kind.data,
                    name=form.name.data or "",
                    uscc=form.uscc.data or None,
                    contact_name=form.contact_name.data or None,
                    contact_phone=form.contact_phone.data or None,
                )
            )
            flash(_("已登记。下一步去探岗，把看到的记下来。"), "ok")
            return redirect(url_for(".employer", code=code))
    return render_template("districts/employer_new.html", form=form)


@bp.route("/office/employers/<code>", methods=["GET", "POST"])
def employer(code: str) -> ResponseReturnValue:
    """Show an employer, and write down what was found there."""
    actor = requests.actor()
    found = employers.readable(actor, code)
    requests.show_district(found.district)
    person = requests.person()
    today = clock.today(queries.district(found.district).zone)
    form = VisitForm(data={"on": today, "by": person.name if person else ""})
    if form.is_submitted():
        employers.require_keeper(actor, found.district)
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: employers.record_visit(
                    actor=actor,
                    code=code,
                    on=form.on.data,
                    by=form.by.data or "",
                    result=form.result.data or "",
                )
            )
            flash(_("探岗已记下。"), "ok")
            return redirect(url_for(".employer", code=code))
    may_keep = _may_keep(actor, found.district)
    return render_template(
        "districts/employer.html",
        employer=found,
        phone_tail=(organisations.contact_phone_of(found.id) or "")[-TAIL:] if may_keep else "",
        kinds=dict(KINDS),
        form=form,
        may_keep=may_keep,
    )


def _may_keep(actor: Actor, district: str) -> bool:
    try:
        employers.require_keeper(actor, district)
    except (Forbidden, NotFound):
        return False
    return True
