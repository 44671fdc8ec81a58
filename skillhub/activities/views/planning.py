"""Pages of those who plan events: the list with its figures, announcing, changing, calling off."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext
from wtforms.fields import SelectChoice

from skillhub.accounts.queries import organisations
from skillhub.activities.errors import ActivityCancelled, ActivityHeld
from skillhub.activities.forms import ActivityForm, CancelForm, PeriodForm, local
from skillhub.activities.queries import activities, counts, sign_ins
from skillhub.activities.queries.activities import ActivityView
from skillhub.activities.rules import plans
from skillhub.activities.service import doors, planning
from skillhub.base import access
from skillhub.base.access import Actor, Role
from skillhub.base.errors import Forbidden, NotFound, VersionConflict
from skillhub.base.periods import ALL_TIME, Period
from skillhub.districts import queries as districts
from skillhub.web import forms, menus, requests

bp = Blueprint("activity_office", __name__)
READERS = (*doors.KEEPERS, Role.AUDITOR)

menus.add(Role.DESK, "activity_office.index", lazy_pgettext("menu", "活动"), 50)


@bp.get("/office/activities")
def index() -> ResponseReturnValue:
    """List the events of the reader's district or training body, with the figures of a period."""
    actor = requests.actor()
    access.require_role(actor, *READERS)
    district = min(actor.districts(*READERS))
    requests.show_district(district)
    page = activities.latest(actor=actor, after=request.args.get("after"))
    form = PeriodForm(request.args)
    period = _period(form, districts.district(district).zone) if form.validate() else ALL_TIME
    return render_template(
        "activities/office.html",
        page=page,
        turnouts=sign_ins.turnouts(tuple(each.id for each in page.items)),
        kinds=plans.KINDS,
        form=form,
        figures=(
            counts.events_of(district, period),
            counts.persons_at_events(district, period),
            counts.person_times_at_events(district, period),
        )
        if actor.has(*planning.PLANNERS, Role.AUDITOR)
        else None,
        may_plan=_may_plan(actor, district),
    )


@bp.route("/office/activities/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Announce an event."""
    actor = requests.actor()
    access.require_role(actor, *planning.PLANNERS)
    district = min(actor.districts(*planning.PLANNERS))
    planning.require_planner(actor, district)
    requests.show_district(district)
    form = _with_choices(ActivityForm(), district)
    if form.validate_on_submit():
        with forms.errors_on(form):
            code = forms.once(
                lambda: planning.announce(
                    actor=actor,
                    district=district,
                    plan=form.plan(districts.district(district).zone),
                    site=form.site.data or None,
                    organiser=form.organiser.data or None,
                )
            )
            flash(_("已公布，大家都能看到。"), "ok")
            return redirect(url_for("activities.activity", code=code))
    return render_template("activities/new.html", form=form, activity=None)


@bp.route("/activities/<code>/edit", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Change what was announced."""
    actor = requests.actor()
    found = _planned(actor, code)
    zone = districts.district(found.district).zone
    form = _with_choices(ActivityForm(data=_filled(found, zone)), found.district)
    if form.validate_on_submit():
        with forms.errors_on(form):
            try:
                forms.once(
                    lambda: planning.change(
                        actor=actor,
                        code=code,
                        plan=form.plan(zone),
                        site=form.site.data or None,
                        organiser=form.organiser.data or None,
                        version=requests.version(form.version.data),
                    )
                )
            except (VersionConflict, ActivityHeld, ActivityCancelled) as conflict:
                flash(conflict.text(), "bad")
            else:
                flash(_("已改好。"), "ok")
            return redirect(url_for("activities.activity", code=code))
    return render_template("activities/new.html", form=form, activity=found)


@bp.route("/activities/<code>/cancellation", methods=["GET", "POST"])
def cancel(code: str) -> ResponseReturnValue:
    """Call an event off."""
    actor = requests.actor()
    found = _planned(actor, code)
    form = CancelForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(lambda: planning.cancel(actor=actor, code=code, reason=form.reason.data or ""))
            flash(_("已取消，大家会在活动页面上看到原因。"), "ok")
            return redirect(url_for("activities.activity", code=code))
    return render_template("activities/cancel.html", form=form, activity=found)


def _planned(actor: Actor, code: str) -> ActivityView:
    access.require_role(actor, *planning.PLANNERS)
    found = activities.activity(code)
    planning.require_planner(actor, found.district)
    requests.show_district(found.district)
    return found


def _may_plan(actor: Actor, district: str) -> bool:
    try:
        planning.require_planner(actor, district)
    except (Forbidden, NotFound):
        return False
    return True


def _with_choices(form: ActivityForm, district: str) -> ActivityForm:
    form.site.choices = [
        SelectChoice("", _("不在站点里")),
        *(SelectChoice(each.code, each.name) for each in districts.sites(district)),
    ]
    form.organiser.choices = [
        SelectChoice("", _("本区")),
        *(
            SelectChoice(each.code, each.name)
            for each in organisations.of_district(district, "training_body")
        ),
    ]
    return form


def _filled(found: ActivityView, zone: str) -> dict[str, object]:
    site = next((each.code for each in districts.sites(found.district) if each.id == found.site_id), "")
    organiser = organisations.organisation(found.organiser_id).code if found.organiser_id else ""
    return {
        "title": found.title,
        "kind": found.kind,
        "starts_at": local(found.starts_at, zone),
        "ends_at": local(found.ends_at, zone),
        "site": site,
        "place": found.place,
        "organiser": organiser,
        "capacity": found.capacity,
        "about": found.about or "",
        "version": found.version,
    }


def _period(form: PeriodForm, zone: str) -> Period:
    return Period(form.since.data, form.until.data, zone)
