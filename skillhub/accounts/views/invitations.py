"""Pages of invitations: an officer makes a one-time link, its holder sets a password and is in."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from skillhub.accounts.errors import InvitationOver
from skillhub.accounts.forms import AcceptForm, InvitationForm
from skillhub.accounts.queries import invitations as queries
from skillhub.accounts.queries import organisations
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import accepting
from skillhub.accounts.service import invitations as service
from skillhub.accounts.service.invitations import Introduced, Invited
from skillhub.accounts.service.sign_in import SignedInAs
from skillhub.accounts.views import sign_in as sign_in_views
from skillhub.base import access
from skillhub.base.access import Role
from skillhub.base.errors import SkillHubError, TooMany
from skillhub.config import Config
from skillhub.web import forms, requests
from skillhub.web.forms import Form

bp = Blueprint("invitations", __name__)
SMS = "sms"


@bp.route("/invitations/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Show who is invited to what; with the registered phone the password is set."""
    actor = requests.actor()
    try:
        found = accepting.readable(actor=actor, token=token)
    except InvitationOver as over:
        return render_template("accounts/invitation_over.html", why=over.text()), over.status
    if found.district:
        requests.show_district(found.district)
    form = AcceptForm()
    status = 200
    if form.validate_on_submit():
        with forms.errors_on(form):
            try:
                signed_in = accepting.accept(
                    actor=actor,
                    token=token,
                    phone=form.phone.data or "",
                    password=form.password.data,
                    address=request.remote_addr or "",
                )
                return _admitted(signed_in)
            except TooMany as many:
                form.form_errors.append(many.text())
                status = many.status
            except InvitationOver as over:
                return render_template("accounts/invitation_over.html", why=over.text()), over.status
    response = make_response(render_template("accounts/invitation.html", form=form, invitation=found), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _admitted(signed_in: SignedInAs) -> ResponseReturnValue:
    answer = sign_in_views.admitted(signed_in, None)  # which forgets what was said before
    flash(_("密码设好了。以后用手机号和这个密码登录。"), "ok")
    return answer


@bp.route("/office/invitations", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the links that are open in the reader's district, and make another."""
    district = _district()
    form = InvitationForm()
    form.organisation.choices = _organisations(district)
    if form.validate_on_submit():
        with forms.errors_on(form):
            made: list[Introduced] = []
            forms.once(lambda: _introduce(form, district, made))
            return _answer(made)
    return render_template(
        "accounts/invitations.html",
        form=form,
        act=Form(),
        rows=[row for row in queries.open_ones(district) if row.role in service.BY_OFFICERS],
        has_organisations=len(form.organisation.choices) > 1,
    )


@bp.post("/office/invitations/<handle>/renewal")
def renew(handle: str) -> ResponseReturnValue:
    """Make a new link in the place of one that was lost."""
    actor = requests.actor()
    _district()
    made: list[Invited] = []

    def again() -> str:
        made.append(service.renew(actor=actor, invitation=handle))
        return made[0].handle

    if not Form().validate_on_submit():
        return redirect(url_for(".index"))
    try:
        forms.once(again)
    except SkillHubError as why:
        if why.status != 409:  # noqa: PLR2004 (a state in which no link is made)
            raise
        flash(why.text(), "bad")
        return redirect(url_for(".index"))
    return _shown(made[0]) if made else _lost()


@bp.post("/office/invitations/<handle>/revocation")
def revoke(handle: str) -> ResponseReturnValue:
    """Take a link back."""
    actor = requests.actor()
    _district()
    if Form().validate_on_submit():
        forms.once(lambda: service.revoke(actor=actor, invitation=handle))
        flash(_("链接已收回，不能再用。"), "ok")
    return redirect(url_for(".index"))


def _introduce(form: InvitationForm, district: str, made: list[Introduced]) -> str:
    address = _address("_token_").replace("_token_", "{token}")
    made.append(
        service.introduce(
            actor=requests.actor(),
            name=form.name.data or "",
            phone=form.phone.data or "",
            role=form.role.data,
            district=district,
            organisation=form.organisation.data or None,
            link=address if form.way.data == SMS else None,
        )
    )
    return made[0].person


def _answer(made: list[Introduced]) -> ResponseReturnValue:
    """Show the link this once; a repeated form gets none, since links are nowhere."""
    if not made:
        return _lost()
    one = made[0]
    if one.link is None:
        flash(_("身份已开通，没有做链接。"), "ok")
        if one.why is not None:
            flash(one.why.text(), "wait")
        return redirect(url_for(".index"))
    if request.form.get("way") == SMS:
        flash(_("短信已交给系统发送。"), "ok")
        return redirect(url_for(".index"))
    return _shown(one.link)


def _shown(made: Invited) -> ResponseReturnValue:
    response = make_response(
        render_template(
            "accounts/invitation_made.html",
            made=made,
            link=_address(made.token),
            hours=LIMITS.invitation_hours,
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _address(token: str) -> str:
    """Return a link under the configured address; what the request says of its host does not count."""
    config: Config = current_app.extensions["skillhub.config"]
    return f"{config.public_url.rstrip('/')}{url_for('.accept', token=token)}"


def _lost() -> ResponseReturnValue:
    flash(_("链接只显示一次。没有记下来的话，请在这里重新做一个。"), "wait")
    return redirect(url_for(".index"))


def _organisations(district: str) -> list[SelectChoice]:
    return [
        SelectChoice("", _("不属于单位")),
        *(SelectChoice(each.code, each.name) for each in organisations.of_district(district)),
    ]


def _district() -> str:
    actor = requests.actor()
    access.require_role(actor, Role.OFFICER)
    district = min(actor.districts(Role.OFFICER))
    requests.show_district(district)
    return district
