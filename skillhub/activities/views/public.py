"""What everybody sees of events: those to come, one on its page, signing in by the digits in the hall."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.queries import organisations
from skillhub.activities.errors import TooManyWrongCodes
from skillhub.activities.forms import CodeForm
from skillhub.activities.queries import activities, sign_ins
from skillhub.activities.queries.activities import ActivityView
from skillhub.activities.rules import plans
from skillhub.activities.service import doors
from skillhub.base import access
from skillhub.base.access import Role
from skillhub.districts import queries as districts
from skillhub.web import forms, requests

bp = Blueprint("activities", __name__)


@bp.get("/activities")
def index() -> ResponseReturnValue:
    """List the events to come, all or those of one district."""
    person = requests.person()
    asked = request.args.get("district")
    code = asked if asked is not None else (person.district if person else None)
    chosen = districts.district(code) if code else None
    if chosen:
        requests.show_district(chosen.code)
    return render_template(
        "activities/index.html",
        activities=activities.coming(district=chosen.code if chosen else None),
        chosen=chosen,
        districts=districts.districts(),
        kinds=plans.KINDS,
    )


@bp.get("/activities/<code>")
def activity(code: str) -> ResponseReturnValue:
    """Show one event."""
    found = activities.activity(code)
    requests.show_district(found.district)
    actor = requests.actor()
    return render_template(
        "activities/activity.html",
        activity=found,
        kinds=plans.KINDS,
        organiser=organisations.organisation(found.organiser_id) if found.organiser_id else None,
        site=districts.site_by_id(found.site_id) if found.site_id else None,
        district=districts.district(found.district),
        turnout=sign_ins.turnouts((found.id,))[found.id],
        has_come=_has_come(found),
        may_keep=access.may(actor, *found.readers()),
    )


@bp.route("/activities/<code>/sign-in", methods=["GET", "POST"])
def sign_in(code: str) -> ResponseReturnValue:
    """Sign in with the digits that the screen in the hall shows."""
    actor = requests.actor()
    access.require_role(actor, Role.TRAINEE)
    found = activities.activity(code)
    requests.show_district(found.district)
    form = CodeForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            try:
                forms.once(
                    lambda: doors.sign_in_oneself(actor=actor, activity=code, code=form.code.data or "")
                )
            except TooManyWrongCodes as many:
                flash(many.text(), "bad")
                return redirect(url_for(".activity", code=code))
            flash(_("签到了。"), "ok")
            return redirect(url_for(".activity", code=code))
    return render_template("activities/sign_in.html", activity=found, form=form, has_come=_has_come(found))


def _has_come(found: ActivityView) -> bool:
    person_id = requests.actor().person_id
    return person_id is not None and sign_ins.has_come(found.id, person_id)
