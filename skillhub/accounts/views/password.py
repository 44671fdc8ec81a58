"""The page where a signed-in person sets or changes the own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.errors import SignInFailed
from skillhub.accounts.forms import PasswordForm
from skillhub.accounts.service import passwords
from skillhub.base.errors import Unauthenticated
from skillhub.web import forms, requests

bp = Blueprint("password", __name__)


@bp.route("/me/password", methods=["GET", "POST"])
def change() -> ResponseReturnValue:
    """Set a password, or change the one that there is."""
    actor = requests.actor()
    if actor.person_id is None:
        raise Unauthenticated
    has_one = passwords.has_one(person_id=actor.person_id)
    form = PasswordForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            try:
                passwords.change(actor=actor, current=form.current.data, password=form.password.data)
            except SignInFailed:
                form.current.errors = [_("现在的密码不对。请重新填写，或退出后用验证码登录。")]
                return render_template(
                    "accounts/password.html", form=form, has_one=has_one
                ), SignInFailed.status
            flash(_("密码已改好。"), "ok")
            return redirect(url_for(".change"))
    return render_template("accounts/password.html", form=form, has_one=has_one)
