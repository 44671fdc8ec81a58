"""Pages of training bodies and trainers: their batches, filing one, and one batch with its papers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from skillhub.base import clock
from skillhub.base.access import Actor, Right, Role, may, require_role
from skillhub.courses.forms.batches import BatchForm, CancelForm, MoveForm, SeatsForm, aware
from skillhub.courses.forms.orders import OneTap
from skillhub.courses.queries import batch_lists, batch_rights, filers
from skillhub.courses.queries import batches as queries
from skillhub.courses.queries import courses as course_queries
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules import batches as rules
from skillhub.courses.service import batch_changes, moving
from skillhub.courses.service import batches as service
from skillhub.courses.service.batch_changes import Change
from skillhub.courses.views import links, seat_rules, stops, teaching_choices
from skillhub.courses.views.batch_office import KINDS
from skillhub.districts import queries as districts
from skillhub.web import forms, menus, requests

bp = Blueprint("teaching", __name__)
menus.add(Role.SCHOOL, "teaching.index", lazy_pgettext("menu", "班期"), 20)
menus.add(Role.TRAINER, "teaching.index", lazy_pgettext("menu", "班期"), 20)


@bp.get("/teach/batches")
def index() -> ResponseReturnValue:
    """List the batches of the reader's training bodies, or those that the reader teaches."""
    actor = requests.actor()
    require_role(actor, Role.SCHOOL, Role.TRAINER)
    listed = batch_lists.of_bodies if actor.has(Role.SCHOOL) else batch_lists.of_trainer
    page = listed(actor=actor, after=request.args.get("after"))
    return render_template(
        "courses/batch_list.html",
        page=page,
        states=rules.STATES,
        kinds=KINDS,
        may_file=actor.has(Role.SCHOOL),
    )


@bp.route("/teach/batches/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """File a batch for an approved order or for a course."""
    actor = requests.actor()
    filers.districts_of(actor)
    form = BatchForm(order=request.args.get("order"), course=request.args.get("course"))
    teaching_choices.fill(form, actor)
    if form.validate_on_submit():
        with forms.errors_on(form):
            code = _file(actor, form)
            flash(_("开班申请已提交，等本区核准。"), "ok")
            return redirect(url_for(".batch" if actor.has(Role.SCHOOL) else "batches.batch", code=code))
    return render_template("courses/batch_new.html", form=form, is_school=actor.has(Role.SCHOOL))


def _file(actor: Actor, form: BatchForm) -> str:
    course = course_queries.by_code(form.course.data)
    zone = districts.district(course.district).zone
    place, planned, kept = form.place(), form.planned(zone), form.kept()
    with form.at_its_fields():
        return forms.once(
            lambda: service.file(
                actor=actor,
                course=course.code,
                order=form.order.data or None,
                trainer=form.trainer.data,
                seats=form.seats.data,
                mode=form.mode.data,
                quotas=kept,
                release_at=aware(form.release_at.data, zone) if form.release_at.data else None,
                cut_off=aware(form.cut_off.data, zone) if form.cut_off.data else None,
                opens_at=aware(form.opens_at.data, zone),
                closes_at=aware(form.closes_at.data, zone),
                place=place,
                sessions=planned,
            )
        )


@bp.get("/teach/batches/<code>")
def batch(code: str) -> ResponseReturnValue:
    """Show one batch with the ways to its roster, attendance, results and certificates."""
    return _page(requests.actor(), code)


@bp.post("/teach/batches/<code>/seats")
def change_seats(code: str) -> ResponseReturnValue:
    """Change the number of seats."""
    actor = requests.actor()
    _own(actor, code)
    form = SeatsForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: batch_changes.change(
                    actor=actor, code=code, version=None, change=Change(seats=form.seats.data)
                )
            )
            flash(_("名额已改。"), "ok")
            return redirect(url_for(".batch", code=code))
    return _page(actor, code, seats_form=form)


@bp.post("/teach/batches/<code>/move")
def move(code: str) -> ResponseReturnValue:
    """Move the whole class to other days; everybody in it is told."""
    actor = requests.actor()
    own = _own(actor, code)
    form = MoveForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            first_at = aware(form.first_at.data, districts.zone(own.district))
            forms.once(lambda: moving.move(actor=actor, code=code, first_at=first_at))
            flash(_("已改期，报名的人会收到短信。"), "ok")
            return redirect(url_for(".batch", code=code))
    return _page(actor, code, move_form=form)


@bp.post("/teach/batches/<code>/closing")
def close(code: str) -> ResponseReturnValue:
    """Close a batch after its last session."""
    actor = requests.actor()
    _own(actor, code)
    OneTap()
    forms.once(lambda: service.close(actor=actor, code=code))
    flash(_("这个班已结束。"), "ok")
    return redirect(url_for(".batch", code=code))


@bp.post("/teach/batches/<code>/cancellation")
def cancel(code: str) -> ResponseReturnValue:
    """Call a batch off; everybody in it is told."""
    actor = requests.actor()
    _own(actor, code)
    form = CancelForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(lambda: service.cancel(actor=actor, code=code, reason=form.reason.data or ""))
            flash(_("已取消，报名的人会收到短信。"), "ok")
            return redirect(url_for(".batch", code=code))
    return _page(actor, code, cancel_form=form)


def _own(actor: Actor, code: str) -> BatchView:
    require_role(actor, Role.SCHOOL)
    return batch_rights.run_by(actor=actor, code=code)


def _page(
    actor: Actor,
    code: str,
    *,
    seats_form: SeatsForm | None = None,
    cancel_form: CancelForm | None = None,
    move_form: MoveForm | None = None,
) -> ResponseReturnValue:
    found = batch_rights.taught_by(actor=actor, code=code)
    requests.show_district(found.district)
    runs = may(actor, Right(Role.SCHOOL, organisation=found.body_id))
    return render_template(
        "courses/batch_teach.html",
        batch=found,
        face=queries.face(found),
        states=rules.STATES,
        kinds=KINDS,
        stops=stops.of_batch(found),
        sessions=[(each, links.to("attendance.session", handle=each.handle)) for each in found.sessions],
        parts=rules.PARTS,
        seat_rules=seat_rules.sentences(found),
        move_form=move_form or MoveForm(formdata=None),
        begun=bool(found.sessions) and found.sessions[0].starts_at <= clock.now(),
        papers=_papers(found, runs=runs),
        runs=runs,
        seats_form=seats_form or SeatsForm(formdata=None, seats=found.seats),
        close_form=OneTap(formdata=None),
        cancel_form=cancel_form or CancelForm(formdata=None),
    )


def _papers(found: BatchView, *, runs: bool) -> list[tuple[str, str]]:
    """Return the labels and addresses of what belongs to a batch, as far as this application has it."""
    wanted = [
        (_("名册"), "rosters.roster"),
        (_("成绩"), "results.results"),
        (_("证书"), "certificates.of_batch"),
    ]
    if runs:
        wanted.append((_("申请补贴"), "subsidy.new_claim"))
    if found.state in ("draft", "cancelled"):
        return []
    linked = [(label, links.to(endpoint, code=found.code)) for label, endpoint in wanted]
    return [(label, address) for label, address in linked if address is not None]
