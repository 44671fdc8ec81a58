"""Pages of staff about applicants: the list of a class, a clerk's decision, enrolling somebody at a desk."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.queries import people
from skillhub.base import access, clock
from skillhub.base.access import Right, Role
from skillhub.courses.forms.applications import DecisionForm, EnrolForm, FindForm, NoShowForm
from skillhub.courses.queries import admissions, batches, doors, search
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import applications as rules
from skillhub.courses.service import applications as service
from skillhub.courses.service import changes
from skillhub.web import forms, requests

bp = Blueprint("rosters", __name__)
CHANNEL = "窗口"
"""How people write down that somebody applied at a desk."""


@bp.get("/teach/batches/<code>/roster")
def roster(code: str) -> ResponseReturnValue:
    """Show everybody who applied for a batch."""
    actor = requests.actor()
    door = doors.readable(actor, code)
    requests.show_district(door.district)
    rows = queries.roster(door.id)
    may_teach = access.may(actor, *door.teachers())
    return render_template(
        "courses/roster.html",
        batch=batches.batch_by_id(door.id),
        rows=rows,
        unoffered={each.application.id: _unoffered(door, each.application) for each in rows},
        no_show_form=NoShowForm(formdata=None),
        may_miss=may_teach and _has_begun(door),
        shows_names=access.may(actor, Right(Role.OFFICER, district=door.district), *door.teachers()),
        may_decide=access.may(actor, *door.deciders()),
        may_teach=may_teach,
        may_open_files=access.may(actor, *door.file_readers()),
    )


def _unoffered(door: Door, found: ApplicationView) -> str:
    """Say to staff why somebody who waits has not been offered a seat."""
    why = rules.why_unoffered(
        state=found.state,
        batch_state=door.state,
        cut_off=door.cut_off,
        has_free_seats=batches.batch_by_id(door.id).seats_left > 0,
        now=clock.now(),
    )
    return str(rules.UNOFFERED[why]) if why else ""


def _has_begun(door: Door) -> bool:
    begins_at = doors.first_session_at(door.id)
    return door.state == "published" and begins_at is not None and begins_at <= clock.now()


@bp.post("/applications/<receipt>/no-show")
def no_show(receipt: str) -> ResponseReturnValue:
    """Take the seat from somebody who did not come."""
    actor = requests.actor()
    access.require_role(actor, Role.TRAINER, Role.SCHOOL)
    found = queries.application(receipt)
    access.require(actor, *doors.door_by_id(found.batch_id).teachers())
    NoShowForm()
    forms.once(lambda: changes.no_show(actor=actor, receipt=receipt))
    flash(_("已登记没到，名额作废，已通知本人。"), "ok")
    return redirect(url_for(".roster", code=found.batch))


@bp.route("/applications/<receipt>/decision", methods=["GET", "POST"])
def decide(receipt: str) -> ResponseReturnValue:
    """Decide on an application under review."""
    actor = requests.actor()
    door = changes.decidable(actor, receipt)
    requests.show_district(door.district)
    form = DecisionForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: service.decide(
                    actor=actor, receipt=receipt, decision=form.decision.data, reason=form.reason.data or ""
                )
            )
            flash(_("决定已提交，已通知本人。"), "ok")
            return redirect(url_for(".roster", code=door.code))
    found = queries.application(receipt)
    return render_template(
        "courses/application_decision.html",
        application=found,
        person=people.person(found.person_id),
        batch=batches.batch_by_id(door.id),
        form=form,
    )


@bp.route("/desk/batches/<code>/enrol", methods=["GET", "POST"])
def enrol(code: str) -> ResponseReturnValue:
    """Find a person by phone or document, then apply on that person's behalf."""
    actor = requests.actor()
    door = doors.registrable(actor, code)
    requests.show_district(door.district)
    form = FindForm()
    found = None
    if "person" in request.form:
        chosen = EnrolForm()
        if chosen.validate_on_submit():
            handle, consent = chosen.person.data, chosen.consent.data
            receipt = forms.once(
                lambda: service.apply(
                    actor=actor, batch=code, person=handle, channel=CHANNEL, consent=consent
                ),
                kept_by=admissions.kept_call,
            )
            return redirect(url_for("applications.receipt", receipt=receipt))
        form.form_errors.append(_("没有选好人，或没有选本人怎样同意。请重新找一次，再选。"))
    elif form.validate_on_submit():
        with forms.errors_on(form):
            found = search.exactly(form.who.data, district=door.district)
    batch = batches.batch_by_id(door.id)
    return render_template(
        "courses/application_desk.html", batch=batch, form=form, found=found, choose=EnrolForm
    )
