"""Pages of applicants: the one tap, the receipt, leaving, and all applications of a person."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from skillhub.accounts.queries import people
from skillhub.base import access
from skillhub.base.access import Right, Role
from skillhub.courses.forms.applications import LONGEST_INVITE, AnswerForm, ApplyForm, WithdrawForm
from skillhub.courses.queries import admissions, batches, doors
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules import admission, queue_log
from skillhub.courses.rules.applications import State
from skillhub.courses.service import applications as service
from skillhub.courses.service import changes, offers, rulings
from skillhub.courses.views import conditions, receipts
from skillhub.courses.views.conditions import ConditionView
from skillhub.web import forms, menus, requests

bp = Blueprint("applications", __name__)
CHANNEL = "网页"
"""How people write down that somebody applied at these pages; registers have their own words."""
menus.add(Role.TRAINEE, "applications.mine", lazy_pgettext("menu", "报名"), 20)


@dataclass(frozen=True)
class ApplyPanel:
    """What the reader of a batch's page can do there, and how each condition turns out."""

    form: ApplyForm
    is_signed_in: bool
    is_trainee: bool
    application: ApplicationView | None
    conditions: tuple[ConditionView, ...] = ()
    may_without_subsidy: bool = False

    @property
    def is_fit(self) -> bool:
        """Tell whether every condition holds."""
        return all(each.met for each in self.conditions)


def apply_panel(batch: BatchView) -> ApplyPanel:
    """Return what the reader can do on the page of a batch (`courses/_apply.html`)."""
    actor = requests.actor()
    form = ApplyForm(formdata=None, invite=request.args.get("invite", "")[:LONGEST_INVITE])
    if actor.person_id is None or not actor.has(Role.TRAINEE):
        return ApplyPanel(form, not actor.is_anonymous, is_trainee=False, application=None)
    seen = admissions.look(batch=admissions.of_code(batch.code), person=admissions.of_person(actor.person_id))
    held = queries.application(seen.held) if seen.held else None
    if held is not None or batch.phase not in ("before", "open", "full"):
        return ApplyPanel(form, is_signed_in=True, is_trainee=True, application=held)
    asked = rulings.ask(seen)
    found = rulings.conditions(seen, asked)
    return ApplyPanel(
        form,
        is_signed_in=True,
        is_trainee=True,
        application=None,
        conditions=conditions.shown(found),
        may_without_subsidy=admission.may_without_subsidy(
            found, allows_unsubsidised=asked.ruling.allows_unsubsidised
        ),
    )


@bp.app_context_processor
def _offered() -> dict[str, object]:
    return {"apply_panel": apply_panel}


@bp.post("/batches/<code>/apply")
def apply(code: str) -> ResponseReturnValue:
    """Apply with one tap and show the receipt."""
    actor = requests.actor()
    access.require_role(actor, Role.TRAINEE)
    form = ApplyForm()
    receipt = forms.once(
        lambda: service.apply(
            actor=actor,
            batch=code,
            channel=CHANNEL,
            invite=(form.invite.data or "")[:LONGEST_INVITE] or None,
            is_unsubsidised=form.unsubsidised.data == "1",
        ),
        kept_by=admissions.kept_call,
    )
    return redirect(url_for(".receipt", receipt=receipt))


@bp.get("/applications/<receipt>")
def receipt(receipt: str) -> ResponseReturnValue:
    """Show where an application stands."""
    actor = requests.actor()
    found = queries.visible(actor, receipt)
    requests.show_district(found.district)
    person = people.person(found.person_id)
    batch = batches.batch_by_id(found.batch_id)
    return render_template(
        "courses/receipt.html",
        application=found,
        person=person,
        is_own=actor.person_id == found.person_id,
        shows_name=actor.person_id == found.person_id or _knows_names(found),
        may_withdraw=found.is_active and _may_withdraw(found),
        batch=batch,
        stops=receipts.stops(found, cut_off=batch.cut_off, closes_at=batch.closes_at),
        answer=receipts.answer(found),
        answer_form=AnswerForm(formdata=None),
        may_answer=found.state == State.OFFERED and _may_withdraw(found),
        invite=_invite(found) if actor.person_id == found.person_id else None,
    )


def _invite(found: ApplicationView) -> str | None:
    """Return the address that somebody can pass on; it opens the page and changes nothing in the order."""
    batch = batches.batch_by_id(found.batch_id)
    if batch.phase not in ("before", "open", "full") or batch.short_code is None:
        return None
    mark = queue_log.receipt_sha256(found.receipt)[:12]
    return url_for("posters.short", short_code=batch.short_code, invite=mark, _external=True)


@bp.post("/applications/<receipt>/acceptance")
def accept(receipt: str) -> ResponseReturnValue:
    """Take the seat that is offered."""
    actor = requests.actor()
    offers.answerable(actor, receipt)
    AnswerForm()
    forms.once(lambda: offers.accept(actor=actor, receipt=receipt))
    flash(_("名额是您的了。"), "ok")
    return redirect(url_for(".receipt", receipt=receipt))


@bp.post("/applications/<receipt>/decline")
def decline(receipt: str) -> ResponseReturnValue:
    """Let the seat go to the next in line."""
    actor = requests.actor()
    offers.answerable(actor, receipt)
    AnswerForm()
    forms.once(lambda: offers.decline(actor=actor, receipt=receipt))
    flash(_("名额已让给下一位。"), "ok")
    return redirect(url_for(".receipt", receipt=receipt))


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
