"""Pages about courses: what is taught, and putting a new one on file."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from skillhub.base.access import Actor, Role, require_role
from skillhub.base.errors import NotFound
from skillhub.courses.forms.courses import CourseForm
from skillhub.courses.queries import batch_lists
from skillhub.courses.queries import courses as queries
from skillhub.courses.rules.levels import LEVELS
from skillhub.courses.service import courses as service
from skillhub.districts import queries as districts
from skillhub.web import forms, requests

bp = Blueprint("courses", __name__)


@bp.get("/courses")
def index() -> ResponseReturnValue:
    """List what is taught, each with its next class."""
    asked = request.args.get("district") or None
    known = districts.districts()
    if asked is not None and asked not in {each.code for each in known}:
        raise NotFound
    if asked is not None:
        requests.show_district(asked)
    page = queries.listed(district=asked, after=request.args.get("after"), limit=30)
    return render_template(
        "courses/courses.html",
        page=page,
        district=asked,
        districts=known,
        next_batches=batch_lists.next_of_courses([each.id for each in page.items]),
        levels=LEVELS,
        may_add=requests.actor().has(*service.ADDERS),
    )


@bp.route("/courses/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Put a course of the reader's district on file."""
    actor = requests.actor()
    require_role(actor, *service.ADDERS)
    form = CourseForm()
    form.district.choices = _districts(actor)
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(lambda: _add(actor, form))
            flash(_("课程已登记，可以用它开班了。"), "ok")
            is_school = actor.has(Role.SCHOOL)
            return redirect(
                url_for("teaching.new") if is_school else url_for(".index", district=form.district.data)
            )
    return render_template("courses/course_new.html", form=form)


def _districts(actor: Actor) -> list[SelectChoice]:
    own = sorted(actor.districts(*service.ADDERS))
    if not own:
        raise NotFound
    requests.show_district(own[0])
    return [SelectChoice(code, districts.district(code).name) for code in own]


def _add(actor: Actor, form: CourseForm) -> str:
    return service.add(
        actor=actor,
        district=form.district.data,
        name=form.name.data or "",
        trade=form.trade.data or "",
        occupation=form.occupation.data or None,
        level=form.level.data or None,
        theory_hours=form.theory_hours.data,
        practice_hours=form.practice_hours.data,
    )
