"""The page on which a trainer records who was at a session."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.base import access, clock
from skillhub.base.access import Actor, Right, Role
from skillhub.courses.forms.classroom import AttendanceForm, in_rows
from skillhub.courses.queries import applications, batches, doors
from skillhub.courses.queries import attendance as queries
from skillhub.courses.queries.doors import SessionDoor
from skillhub.courses.rules import attendance as rules
from skillhub.courses.service import attendance as service
from skillhub.web import forms, requests

bp = Blueprint("attendance", __name__)


@bp.route("/teach/sessions/<handle>", methods=["GET", "POST"])
def session(handle: str) -> ResponseReturnValue:
    """Show a session's attendance and take it."""
    actor = requests.actor()
    door = doors.teachable_session if request.method == "POST" else doors.readable_session
    meeting = door(actor, handle)
    requests.show_district(meeting.door.district)
    form = AttendanceForm() if access.may(actor, *meeting.door.teachers()) else None
    if form is not None and form.validate_on_submit():
        marks = form.marks()
        with forms.errors_on(form), in_rows():
            forms.once(lambda: service.record(actor=actor, session=handle, marks=marks))
            flash(_("考勤已保存。"), "ok")
            return redirect(url_for(".session", handle=handle))
    return _page(actor, meeting, form)


def _page(actor: Actor, meeting: SessionDoor, form: AttendanceForm | None) -> ResponseReturnValue:
    enrolled = [row for row in applications.roster(meeting.door.id) if row.application.state == "enrolled"]
    marks = queries.of_session(meeting.id)
    longest = rules.length(meeting.starts_at, meeting.ends_at)
    if form is not None and not form.rows.entries:
        for row in enrolled:
            mark = marks.get(row.application.id)
            form.rows.append_entry(
                {
                    "receipt": row.application.receipt,
                    "state": mark.state if mark else rules.Presence.PRESENT.value,
                    "minutes": mark.minutes if mark else longest,
                }
            )
    officer = Right(Role.OFFICER, district=meeting.door.district)
    return render_template(
        "courses/attendance.html",
        session=meeting,
        batch=batches.batch_by_id(meeting.door.id),
        people={row.application.receipt: row for row in enrolled},
        enrolled=enrolled,
        marks=marks,
        words=rules.WORDS,
        there=rules.THERE,
        longest=longest,
        form=form,
        has_begun=clock.now() >= meeting.starts_at,
        shows_names=access.may(actor, officer, *meeting.door.teachers()),
    )
