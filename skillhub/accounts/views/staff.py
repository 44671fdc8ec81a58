"""Pages about who holds which role in a district: an officer gives roles and ends them, an auditor reads."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.forms import GrantForm
from skillhub.accounts.queries import actors
from skillhub.accounts.service import grants
from skillhub.base import access
from skillhub.base.access import Role
from skillhub.base.errors import NotFound
from skillhub.web import forms, requests
from skillhub.web.forms import Form

bp = Blueprint("staff", __name__)


@bp.route("/office/people-roles", methods=["GET", "POST"])
def staff() -> ResponseReturnValue:
    """List the staff of the reader's district; an officer gives roles, an auditor reads."""
    actor = requests.actor()
    district = _district() if request.method == "POST" else _district(Role.OFFICER, Role.AUDITOR)
    form = GrantForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: grants.give(
                    actor=actor,
                    person=form.person.data.strip(),
                    role=form.role.data,
                    district=district,
                    organisation=(form.organisation.data or "").strip() or None,
                )
            )
            flash(_("已记下。需要两人办理的，请另一位管理人员来确认。"), "ok")
            return redirect(url_for(".staff"))
    return render_template(
        "accounts/staff.html",
        form=form,
        act=Form(),
        rows=actors.staff(district),
        me=actor.person_id,
        my_handle=_handle(),
        may_change=district in actor.districts(Role.OFFICER),
    )


@bp.post("/office/people-roles/<int:grant>/end")
def end(grant: int) -> ResponseReturnValue:
    """End a role of somebody in the district."""
    return _act(grant, is_end=True)


@bp.post("/office/people-roles/<int:grant>/confirm")
def confirm(grant: int) -> ResponseReturnValue:
    """Confirm, as the second person, a role that was proposed."""
    return _act(grant, is_end=False)


def _act(grant: int, *, is_end: bool) -> ResponseReturnValue:
    actor = requests.actor()
    _district()
    form = Form()
    if not form.validate_on_submit():
        raise NotFound
    if is_end:
        forms.once(lambda: grants.end(actor=actor, grant=grant))
        flash(_("身份已收回，此人的登录和令牌同时失效。"), "ok")
    else:
        forms.once(lambda: grants.confirm(actor=actor, grant=grant))
        flash(_("已确认，从现在起生效。"), "ok")
    return redirect(url_for(".staff"))


def _district(*roles: Role) -> str:
    """Return the reader's district: by one of these roles, as officer if none is named."""
    actor = requests.actor()
    roles = roles or (Role.OFFICER,)
    access.require_role(actor, *roles)
    district = min(actor.districts(*roles))
    requests.show_district(district)
    return district


def _handle() -> str | None:
    signed_in = requests.person()
    return signed_in.handle if signed_in else None
