"""Pages where people are registered: by themselves after a code, or by a clerk at the desk."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from skillhub.accounts import places
from skillhub.accounts.errors import RegistrationExpired
from skillhub.accounts.forms import PersonForm, RegisterForm
from skillhub.accounts.rules.consents import BASIC, CURRENT, Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import files, people, registering
from skillhub.accounts.service.registration import Filing
from skillhub.accounts.views import sign_in as sign_in_views
from skillhub.base import access
from skillhub.base.access import Role
from skillhub.web import forms, menus, paths, requests

bp = Blueprint("registration", __name__)
CHANNEL_DESK, CHANNEL_PAGE = "窗口", "网页"

menus.add(Role.DESK, "registration.person_new", _l("登记"), 20)


@bp.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Register oneself; the phone has just been confirmed by a code."""
    ticket = session.get(sign_in_views.TICKET)
    if not registering.is_good(ticket=ticket):
        session.pop(sign_in_views.TICKET, None)
        return redirect(url_for("sign_in.enter", next=paths.own(request.args.get("next"), "") or None))
    form = RegisterForm(next=paths.own(request.args.get("next"), ""))
    form.district.choices = [SelectChoice("", _("请选择")), *_places()]
    if form.validate_on_submit():
        with forms.errors_on(form):
            try:
                found = registering.register(ticket=ticket, filing=_own_filing(form))
            except RegistrationExpired as expired:
                flash(expired.text(), "bad")
                return redirect(url_for("sign_in.enter"))
            return sign_in_views.admitted(found, form.next.data)
    return render_template("accounts/register.html", form=form, consent=CURRENT[BASIC])


@bp.route("/desk/people/new", methods=["GET", "POST"])
def person_new() -> ResponseReturnValue:
    """Register somebody who stands at the desk, with the consent that was given there."""
    actor = requests.actor()
    access.require_role(actor, *people.REGISTRARS)
    districts = sorted(actor.districts(*people.REGISTRARS))
    requests.show_district(districts[0])
    form = PersonForm()
    form.district.choices = [choice for choice in _places() if choice.value in districts]
    if form.validate_on_submit():
        with forms.errors_on(form):
            filing = _desk_filing(form, form.district.data or districts[0], requests.person())
            handle = forms.once(lambda: people.file(actor=actor, filing=filing).handle)
            flash(_("已登记，编号%(handle)s。", handle=handle), "ok")
            if actor.has(*files.STAFF):
                return redirect(url_for("people.file", handle=handle))
            return redirect(url_for(".person_new"))  # a school reads the files of its own classes alone
    return render_template(
        "accounts/person_new.html", form=form, consent=CURRENT[BASIC], has_districts=len(districts) > 1
    )


def _places() -> Sequence[SelectChoice]:
    return [SelectChoice(place.code, f"{place.city}{place.name}") for place in places.places()]


def _own_filing(form: RegisterForm) -> Filing:
    return Filing(
        name=form.name.data or "",
        id_type=form.id_type.data,
        id_number=form.id_number.data or "",
        phone=None,
        district=form.district.data or "",
        consents=_consent(is_given=form.consents.data),
        wish=WishMade("course", form.trade.data) if (form.trade.data or "").strip() else None,
        channel=CHANNEL_PAGE,
    )


def _desk_filing(form: PersonForm, district: str, clerk: requests.SignedIn | None) -> Filing:
    named = (form.groups.data or "").replace("，", "、").replace(",", "、").replace("；", "、")
    return Filing(
        name=form.name.data or "",
        id_type=form.id_type.data,
        id_number=form.id_number.data or "",
        phone=form.phone.data,
        district=district,
        groups=[group for group in (each.strip() for each in named.split("、")) if group],
        consents=_consent(is_given=form.consents.data),
        wish=WishMade(form.wish.data, form.trade.data) if (form.trade.data or "").strip() else None,
        channel=CHANNEL_DESK,
        registered_by=clerk.name if clerk else None,
    )


def _consent(*, is_given: bool) -> tuple[Given, ...]:
    text = CURRENT[BASIC]
    return (Given(text.purpose, text.version),) if is_given else ()
