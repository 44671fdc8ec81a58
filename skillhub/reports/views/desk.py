"""The home of a station's clerk: find somebody by the whole number, register somebody, enrol somebody."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from skillhub.accounts.queries.people import PersonView
from skillhub.accounts.service import finding
from skillhub.accounts.service.finding import Clue
from skillhub.activities.queries import activities
from skillhub.base.access import Role, require_role
from skillhub.courses.forms.applications import FindForm
from skillhub.courses.queries import batch_lists
from skillhub.districts.queries import clerks
from skillhub.districts.rules import kinds
from skillhub.web import forms, menus, requests

bp = Blueprint("desk", __name__)
menus.add(Role.DESK, "desk.home", _l("首页"), 0)
menus.add(Role.DESK, "batches.index", lazy_pgettext("menu", "班期"), 30)
menus.add(Role.DESK, "jobs.jobs", _l("岗位"), 40)

SHOWN = 20
EVENTS_SHOWN = 5


@bp.route("/desk", methods=["GET", "POST"])
def home() -> ResponseReturnValue:
    """Find a person; one who is found alone is opened at once."""
    actor = requests.actor()
    require_role(actor, Role.DESK)
    district = min(actor.districts(Role.DESK))
    requests.show_district(district)
    form = FindForm()
    found: tuple[PersonView, ...] | None = None
    if form.validate_on_submit():
        with forms.errors_on(form):
            found = finding.find(actor=actor, district=district, clue=Clue(who=form.who.data))
            if len(found) == 1:
                return redirect(url_for("people.file", handle=found[0].handle))
    coming = batch_lists.coming(district=district, limit=SHOWN)
    own = clerks.site_of(actor.person_id, district)
    return render_template(
        "reports/desk.html",
        form=form,
        found=found,
        coming=coming,
        site=own,
        offered=kinds.offered(own.kind) if own else (),
        events=activities.coming(district=district, limit=EVENTS_SHOWN),
        enrols=own is None or (not own.is_closed and kinds.offers(own.kind, kinds.Feature.ENROL_WALK_INS)),
        files=clerks.offers(actor, district, kinds.Feature.FILE_BATCHES),
        keeps=own is None or (not own.is_closed and kinds.offers(own.kind, kinds.Feature.KEEP_EMPLOYERS)),
    )
