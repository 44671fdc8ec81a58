"""Pages of applicants: the one tap, the receipt, leaving, and all applications of a person."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from skillhub.accounts.queries import people
from skillhub.base import access
from skillhub.base.access import Right, Role
from skillhub.courses.forms.applications import ApplyForm, WithdrawForm
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import batches, doors
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.applications import ACTIVE
from skillhub.courses.service import applications as service
from skillhub.courses.service import changes
from skillhub.courses.views import receipts
from skillhub.web import forms, menus, requests

bp = Blueprint("applications", __name__)
CHANNEL = "网页"
"""How people write down that somebody applied at these pages; registers have their own words."""
menus.add(Role.TRAINEE, "applications.mine", lazy_pgettext("menu", "报名"), 20)


@dataclass(frozen=True)
class ApplyPanel:
    """What the reader of a batch's page can do there."""

    form: ApplyForm
    is_signed_in: bool
    is_trainee: bool
    application: ApplicationView | None


def apply_panel(batch: BatchView) -> ApplyPanel:
    """Return what the reader can do on the page of a batch (`courses/_apply.html`)."""
    actor = requests.actor()
    own = queries.of_person(actor.person_id) if actor.person_id is not None else ()
    held = next((each for each in own if each.batch_id == batch.id and each.state in ACTIVE), None)
    return ApplyPanel(ApplyForm(), not actor.is_anonymous, actor.has(Role.TRAINEE), held)


@bp.app_context_processor
def _offered() -> dict[str, object]:
    return {"apply_panel": apply_panel}


@bp.post("/batches/<code>/apply")
def apply(code: str) -> ResponseReturnValue:
    """Apply with one tap and show the receipt."""
    actor = requests.actor()
    access.require_role(actor, Role.TRAINEE)
    doors.visible(actor, code)
    receipt = forms.once(lambda: service.apply(actor=actor, batch=code, channel=CHANNEL))
    return redirect(url_for(".receipt", receipt=receipt))


@bp.get("/applications/<receipt>")
def receipt(receipt: str) -> ResponseReturnValue:
    """Show where an application stands."""
    actor = requests.actor()
    found = queries.visible(actor, receipt)
    requests.show_district(found.district)
    person = people.person(found.person_id)
    return render_template(
        "courses/receipt.html",
        application=found,
        person=person,
        is_own=actor.person_id == found.person_id,
        shows_name=actor.person_id == found.person_id or _knows_names(found),
        may_withdraw=found.is_active and _may_withdraw(found),
        batch=batches.batch_by_id(found.batch_id),
        stops=receipts.stops(found),
        answer=receipts.answer(found),
    )


def _knows_names(found: ApplicationView) -> bool:
    door = doors.door_by_id(found.batch_id)
    officer = Right(Role.OFFICER, district=door.district)
    return access.may(requests.actor(), officer, *door.teachers())


def _may_withdraw(found: ApplicationView) -> bool:
    own = Right(Role.TRAINEE, person=found.person_id)
    return access.may(requests.actor(), own, *doors.door_by_id(found.batch_id).registrars())


@bp.route("/applications/<receipt>/withdraw", methods=["GET", "POST"])
def withdraw(receipt: str) -> ResponseReturnValue:
    """Ask once more, then withdraw."""
    actor = requests.actor()
    found = changes.with_rights(actor, receipt)
    requests.show_district(found.district)
    form = WithdrawForm()
    if form.validate_on_submit():
        forms.once(lambda: service.withdraw(actor=actor, receipt=receipt))
        flash(_("已退出。"), "ok")
        return redirect(url_for(".receipt", receipt=receipt))
    return render_template("courses/application_withdraw.html", application=found, form=form)


@bp.get("/me/applications")
def mine() -> ResponseReturnValue:
    """Show all applications of the person, the newest first."""
    actor = requests.actor()
    access.require(actor, Right(Role.TRAINEE, person=actor.person_id or doors.NOBODY))
    found = queries.of_person(actor.person_id or doors.NOBODY)
    dates = batches.many([each.batch_id for each in found])
    return render_template("courses/applications.html", applications=found, batches=dates)
