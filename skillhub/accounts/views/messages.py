"""A person's own messages, and the pages where the person says how to be told."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.accounts.forms import MailAddressForm, MailCodeForm, MessageChoiceForm, WithdrawMailForm
from skillhub.accounts.queries import mail as queries
from skillhub.accounts.rules import consents
from skillhub.accounts.rules import mail as rules
from skillhub.accounts.service import mail
from skillhub.base import outbox
from skillhub.base.access import Actor
from skillhub.base.errors import TooMany, Unauthenticated
from skillhub.base.outbox import State
from skillhub.web import forms, requests
from skillhub.web.forms import Form

bp = Blueprint("messages", __name__)

WORDS = {
    State.WAITING: (_l("正在发"), "wait"),
    State.SENDING: (_l("正在发"), "wait"),
    State.FAILED: (_l("没有发到，请看这里"), "bad"),
    State.EXPIRED: (_l("没有发到，请看这里"), "bad"),
}
"""What the person is told of how a message goes; that it was sent needs no word."""
SENT = {"sms": _l("已发短信"), "mail": _l("已发邮件")}


@bp.get("/me/messages")
def inbox() -> ResponseReturnValue:
    """Show the person's own messages, the newest first."""
    person_id, _actor = _oneself()
    return render_template(
        "accounts/messages.html", messages=outbox.of_person(person_id), words=WORDS, sent=SENT
    )


@bp.route("/me/messages/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Show how the person is told, and take another choice."""
    person_id, actor = _oneself()
    chosen = queries.choice_of(person_id)
    form = MessageChoiceForm(decisions=chosen.decisions.value, news=chosen.news.value)
    if form.validate_on_submit():
        choose = _kept(
            form,
            lambda: mail.choose(actor=actor, decisions=form.decisions.data, news=form.news.data),
            _("已经按您的选择改好。"),
        )
        if choose is not None:
            return choose
    return _page(person_id, choice=form if request.method == "POST" else None)


@bp.post("/me/messages/settings/mail")
def ask_mail() -> ResponseReturnValue:
    """Send a code to an address."""
    person_id, actor = _oneself()
    form = MailAddressForm()
    if form.validate_on_submit():
        asked = _kept(
            form,
            lambda: mail.ask(actor=actor, address=form.mail.data or ""),
            _("确认码已经发到这个邮箱，30分钟内有效。"),
        )
        if asked is not None:
            return asked
    return _page(person_id, address=form)


@bp.post("/me/messages/settings/mail/confirmation")
def confirm_mail() -> ResponseReturnValue:
    """Take the code that was sent."""
    person_id, actor = _oneself()
    form = MailCodeForm()
    if form.validate_on_submit():
        confirmed = _kept(
            form,
            lambda: mail.confirm(actor=actor, code=form.code.data or ""),
            _("邮箱已确认。以后的通知发到这个邮箱，验证码还是发短信。"),
        )
        if confirmed is not None:
            return confirmed
    return _page(person_id, code=form)


@bp.post("/me/messages/settings/mail/withdrawal")
def withdraw_mail() -> ResponseReturnValue:
    """Stop using the address."""
    person_id, actor = _oneself()
    form = WithdrawMailForm()
    if form.validate_on_submit():
        ended = _kept(form, lambda: mail.withdraw(actor=actor), _("邮箱已停用，通知改发短信。"))
        if ended is not None:
            return ended
    return _page(person_id, withdrawal=form)


def _oneself() -> tuple[int, Actor]:
    actor = requests.actor()
    if actor.person_id is None:
        raise Unauthenticated
    return actor.person_id, actor


def _kept(form: Form, call: Callable[[], str], done: str) -> ResponseReturnValue | None:
    """Carry out what the form asks for and lead back; None when something in it is wrong."""
    with forms.errors_on(form):
        try:
            forms.once(call)
        except TooMany as refused:
            form.form_errors.append(refused.text())
            requests.here().has_form_errors = True
            return None
        flash(done, "ok")
        return redirect(url_for(".settings"))
    return None


def _page(
    person_id: int,
    *,
    choice: MessageChoiceForm | None = None,
    address: MailAddressForm | None = None,
    code: MailCodeForm | None = None,
    withdrawal: WithdrawMailForm | None = None,
) -> str:
    chosen = queries.choice_of(person_id)
    asked = queries.asked(person_id)
    shown = choice or MessageChoiceForm(None, decisions=chosen.decisions.value, news=chosen.news.value)
    if chosen.mail is None:
        for field in (shown.decisions, shown.news):
            field.choices = [each for each in field.choices if each.value != "mail"]
    return render_template(
        "accounts/message_settings.html",
        choice=shown,
        mail=chosen.mail,
        asked=asked,
        masked=rules.masked,
        is_open=mail.is_open(),
        consent=consents.CURRENT[consents.MAIL],
        address=address or MailAddressForm(None),
        code=code or MailCodeForm(None),
        withdrawal=withdrawal or WithdrawMailForm(None),
    )
