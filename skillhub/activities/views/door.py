"""Pages of those who keep the door of an event: signing people in, the list, the sheet, the digits."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.queries.people import PersonView
from skillhub.accounts.service import finding, people
from skillhub.accounts.service.finding import Clue
from skillhub.activities.forms import FindForm, RemovalForm, SignInForm, WalkInsForm
from skillhub.activities.queries import activities, sign_ins
from skillhub.activities.queries.activities import ActivityView
from skillhub.activities.rules import doors as rules
from skillhub.activities.rules import plans
from skillhub.activities.service import doors as service
from skillhub.base import access, clock, spreadsheets
from skillhub.base.errors import Conflict, Invalid, NotFound
from skillhub.districts import queries as districts
from skillhub.web import forms, requests, words

bp = Blueprint("activity_door", __name__)
EMPTY_LINES = 20
"""How many empty lines the sheet has for people who are not registered."""


@bp.route("/activities/<code>/door", methods=["GET", "POST"])
def door(code: str) -> ResponseReturnValue:
    """Find somebody who came; the list of those who did stands below."""
    actor = requests.actor()
    activity = service.read_by(actor=actor, code=code)
    found: tuple[PersonView, ...] | None = None
    form = FindForm()
    if form.is_submitted():
        service.kept_by(actor=actor, code=code)
    if form.validate_on_submit():
        clue = Clue(who=form.who.data or "", name=form.name.data or "", phone_tail=form.phone_tail.data or "")
        with forms.errors_on(form):
            found = finding.find(actor=actor, district=activity.district, clue=clue)
    return _page(activity, form=form, found=found)


@bp.post("/activities/<code>/door/sign-ins")
def sign_in(code: str) -> ResponseReturnValue:
    """Put one of those found on the list."""
    actor = requests.actor()
    service.kept_by(actor=actor, code=code)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            _carry_out(
                lambda: service.sign_in(
                    actor=actor, activity=code, person=form.person.data, method=form.method.data
                ),
                _("记下了。"),
            )
        except Invalid as invalid:
            flash(" ".join(str(each.message) for each in invalid.errors), "bad")
    else:
        flash(_("没有选好人。请重新找一次，再选。"), "bad")
    return redirect(url_for(".door", code=code))


@bp.route("/activities/<code>/door/removal/<handle>", methods=["GET", "POST"])
def remove(code: str, handle: str) -> ResponseReturnValue:
    """Take somebody off the list who was put there by mistake."""
    actor = requests.actor()
    activity = service.kept_by(actor=actor, code=code)
    requests.show_district(activity.district)
    entry = next((each for each in sign_ins.of_activity(activity.id) if each.person.handle == handle), None)
    if entry is None:
        raise NotFound
    form = RemovalForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: service.remove(
                    actor=actor, activity=code, person=handle, reason=form.reason.data or ""
                )
            )
            flash(_("已划去，原因记下了。"), "ok")
            return redirect(url_for(".door", code=code))
    return render_template("activities/removal.html", activity=activity, entry=entry, form=form)


@bp.post("/activities/<code>/door/walk-ins")
def count_walk_ins(code: str) -> ResponseReturnValue:
    """Record how many came who could not be named."""
    actor = requests.actor()
    activity = service.kept_by(actor=actor, code=code)
    form = WalkInsForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            _carry_out(
                lambda: service.count_walk_ins(
                    actor=actor,
                    activity=code,
                    count=form.walk_ins.data,
                    version=requests.version(form.version.data),
                ),
                _("人数记下了。"),
            )
            return redirect(url_for(".door", code=code))
    return _page(activity, form=FindForm(formdata=None), found=None, walk_ins=form)


@bp.get("/activities/<code>/sheet")
def sheet(code: str) -> ResponseReturnValue:
    """Show the sheet to be printed: those on the list, and empty lines to sign on."""
    activity = service.read_by(actor=requests.actor(), code=code)
    requests.show_district(activity.district)
    return render_template(
        "activities/sheet.html",
        activity=activity,
        kinds=plans.KINDS,
        entries=sign_ins.of_activity(activity.id),
        empty_lines=EMPTY_LINES,
    )


@bp.get("/activities/<code>/people.csv")
def table(code: str) -> ResponseReturnValue:
    """Return who came as a table, without numbers by which somebody could be taken for another."""
    activity = service.read_by(actor=requests.actor(), code=code)
    requests.show_district(activity.district)
    head = [_("序号"), _("姓名"), _("人员编号"), _("证件尾号"), _("签到时间"), _("方式"), _("凭据等级")]
    rows = [
        (
            number,
            each.person.name,
            each.person.handle,
            each.person.id_last4,
            words.local(each.came_at).strftime("%Y-%m-%d %H:%M"),
            str(rules.METHODS[each.method]),
            each.evidence,
        )
        for number, each in enumerate(sign_ins.of_activity(activity.id), 1)
    ]
    return Response(
        spreadsheets.table(head, rows),
        content_type=f"{spreadsheets.MEDIA_TYPE}; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="activity.csv"'},
    )


@bp.get("/activities/<code>/hall-code")
def hall_code(code: str) -> ResponseReturnValue:
    """Show the digits to the hall; the page turns with them."""
    activity = service.kept_by(actor=requests.actor(), code=code)
    requests.show_district(activity.district)
    now = clock.now()
    is_open = activity.phase == "open"
    shown = render_template(
        "activities/hall_code.html",
        activity=activity,
        code=rules.code(activities.door_key(activity.id), now) if is_open else None,
    )
    response = Response(shown)
    if is_open:
        response.headers["Refresh"] = str(rules.seconds_left(now) + 1)
    return response


def _carry_out(call: Callable[[], str], said: str) -> None:
    """Carry out what the page asked for and say so; what stands against it is said on the page, too."""
    try:
        forms.once(call)
    except Conflict as conflict:
        flash(conflict.text(), "bad")
    else:
        flash(said, "ok")


def _page(
    activity: ActivityView,
    *,
    form: FindForm,
    found: tuple[PersonView, ...] | None,
    walk_ins: WalkInsForm | None = None,
) -> ResponseReturnValue:
    requests.show_district(activity.district)
    entries = sign_ins.of_activity(activity.id)
    filled = {"walk_ins": activity.walk_ins, "version": activity.version}
    return render_template(
        "activities/door.html",
        activity=activity,
        kinds=plans.KINDS,
        methods=rules.METHODS,
        entries=entries,
        here={each.person.handle for each in entries},
        turnout=sign_ins.turnouts((activity.id,))[activity.id],
        form=form,
        found=found,
        choose=SignInForm,
        walk_ins=walk_ins or WalkInsForm(formdata=None, data=filled),
        district=districts.district(activity.district),
        may_keep=access.may(requests.actor(), *activity.runners()),
        may_register=requests.actor().has(*people.REGISTRARS),
    )
