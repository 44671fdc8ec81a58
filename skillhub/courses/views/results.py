"""The page on which a trainer records results, and everybody of the staff reads the outcomes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.base import access
from skillhub.base.access import Actor, Right, Role
from skillhub.courses.forms.classroom import ResultsForm, in_rows
from skillhub.courses.queries import applications, batches, doors
from skillhub.courses.queries import results as queries
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import results as rules
from skillhub.courses.service import results as service
from skillhub.web import forms, requests

bp = Blueprint("results", __name__)


@bp.route("/teach/batches/<code>/results", methods=["GET", "POST"])
def results(code: str) -> ResponseReturnValue:
    """Show the outcomes of a batch and take its marks."""
    actor = requests.actor()
    door = (doors.teachable if request.method == "POST" else doors.readable)(actor, code)
    requests.show_district(door.district)
    form = ResultsForm() if access.may(actor, *door.teachers()) else None
    if form is not None and form.validate_on_submit():
        marks = form.marks()
        with forms.errors_on(form), in_rows():
            forms.once(lambda: service.record(actor=actor, batch=code, marks=marks))
            flash(_("成绩已保存，结论在下面。"), "ok")
            return redirect(url_for(".results", code=code))
    return _page(actor, door, form)


def _page(actor: Actor, door: Door, form: ResultsForm | None) -> ResponseReturnValue:
    enrolled = [row for row in applications.roster(door.id) if row.application.state == "enrolled"]
    known = {each.receipt: each for each in queries.of_batch(door.id)}
    if form is not None and not form.rows.entries:
        for row in enrolled:
            result = known.get(row.application.receipt)
            form.rows.append_entry(
                {
                    "receipt": row.application.receipt,
                    "theory": result.theory if result else None,
                    "practice": result.practice if result else None,
                }
            )
    officer = Right(Role.OFFICER, district=door.district)
    return render_template(
        "courses/results.html",
        batch=batches.batch_by_id(door.id),
        people={row.application.receipt: row for row in enrolled},
        enrolled=enrolled,
        results=known,
        words=rules.WORDS,
        form=form,
        shows_names=access.may(actor, officer, *door.teachers()),
    )
