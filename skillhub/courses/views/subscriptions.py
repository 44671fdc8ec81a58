"""The page on which somebody asks to be told about the next batch of a course, or no more."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.base import access
from skillhub.base.access import Right, Role
from skillhub.courses.forms.applications import SubscriptionForm
from skillhub.courses.queries import courses, doors
from skillhub.courses.queries import subscriptions as queries
from skillhub.courses.service import subscriptions as service
from skillhub.web import forms, requests

bp = Blueprint("subscriptions", __name__)


@bp.route("/courses/<code>/subscription", methods=["GET", "POST"])
def subscription(code: str) -> ResponseReturnValue:
    """Show whether the reader is told, and change it with one tap."""
    actor = requests.actor()
    person_id = actor.person_id or doors.NOBODY
    access.require(actor, Right(Role.TRAINEE, person=person_id))
    course = courses.by_code(code)
    requests.show_district(course.district)
    is_on = queries.is_subscribed(course_id=course.id, person_id=person_id)
    form = SubscriptionForm()
    if form.validate_on_submit():
        change = service.unsubscribe if is_on else service.subscribe
        forms.once(lambda: change(actor=actor, course=code))
        flash(_("以后不再提醒。") if is_on else _("有新的一期就发短信给您。"), "ok")
        return redirect(url_for(".subscription", code=code))
    return render_template("courses/subscription.html", course=course, is_on=is_on, form=form)
