"""The page on which the staff of a district finds one person; nobody is listed."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from skillhub.accounts.forms import ClueForm
from skillhub.accounts.queries.people import PersonView
from skillhub.accounts.service import finding
from skillhub.accounts.service.finding import Clue
from skillhub.base.access import Role, require_role
from skillhub.web import forms, requests

bp = Blueprint("finding", __name__)
FINDERS = (Role.DESK, Role.OFFICER)


@bp.route("/desk/people", methods=["GET", "POST"])
def find() -> ResponseReturnValue:
    """Find somebody; the one whom a whole number names is opened at once."""
    actor = requests.actor()
    require_role(actor, *FINDERS)
    district = min(actor.districts(*FINDERS))
    requests.show_district(district)
    form = ClueForm()
    found: tuple[PersonView, ...] | None = None
    if form.validate_on_submit():
        with forms.errors_on(form):
            found = finding.find(actor=actor, district=district, clue=_clue(form))
            if len(found) == 1 and form.who.data:
                return redirect(url_for("people.file", handle=found[0].handle))
    return render_template("accounts/find.html", form=form, found=found)


def _clue(form: ClueForm) -> Clue:
    return Clue(
        who=form.who.data or "",
        name=form.name.data or "",
        phone_tail=form.phone_tail.data or "",
        id_last4=form.id_last4.data or "",
        born_on=form.born_on.data,
    )
