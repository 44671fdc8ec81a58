"""Pages of signing in and out: phone first, then a code by SMS or a password."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from skillhub.accounts import cookies
from skillhub.accounts.errors import ChoosePerson, SignInFailed
from skillhub.accounts.forms import SignInForm
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import sign_in
from skillhub.accounts.service.sign_in import NotRegistered, SignedInAs
from skillhub.base.access import Actor
from skillhub.base.errors import TooMany
from skillhub.web import forms, menus, paths, requests

bp = Blueprint("sign_in", __name__)

TICKET = "ticket"
SEND = "send"


@bp.route("/sign-in", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Send a code, or let somebody in with a code or a password."""
    form = SignInForm(next=paths.own(request.args.get("next"), ""))
    if request.method == "GET" and not requests.actor().is_anonymous:
        return redirect(home(requests.actor(), form.next.data))
    if not form.validate_on_submit():
        return _page(form)
    with forms.errors_on(form):
        if request.form.get("act") == SEND or not (form.password.data or form.code.data):
            sign_in.send_code(phone=form.phone.data)
            return _page(form, is_sent=True)
        return _let_in(form)
    return _page(form)


def _let_in(form: SignInForm) -> ResponseReturnValue:
    try:
        found = sign_in.sign_in(
            phone=form.phone.data,
            address=request.remote_addr or "",
            kind=sign_ins.PAGE,
            code=form.code.data,
            password=form.password.data,
            person=form.person.data or None,
        )
    except ChoosePerson as several:
        return _page(form, persons=several.persons), several.status
    except (SignInFailed, TooMany) as refused:
        form.form_errors.append(refused.text())
        return _page(form, is_sent=bool(form.code.data)), refused.status, _retry(refused)
    if isinstance(found, NotRegistered):
        cookies.start_anew()
        session[TICKET] = found.ticket
        return redirect(url_for("registration.register", next=paths.own(form.next.data, "") or None))
    return admitted(found, form.next.data)


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the sign-in of this browser."""
    token = cookies.token()
    if token is not None:
        sign_in.sign_out(token=token)
    requests.forget()
    return cookies.take(redirect("/"))


def admitted(found: SignedInAs, target: str | None) -> Response:
    """Return the answer that begins a sign-in and leads on."""
    requests.forget()
    only_trainee = LIMITS.longest([grant.role for grant in found.actor.grants]) == LIMITS.trainee_longest
    response = redirect(home(found.actor, target))
    return cookies.give(response, found.token, found.expires_at if only_trainee else None)


def home(actor: Actor, target: str | None) -> str:
    """Return where a person goes after signing in: back, or to the first page of the first role."""
    role = menus.worn(actor)
    entries = menus.of(role) if role else ()
    return paths.own(target, entries[0].href if entries else "/")


def _page(form: SignInForm, *, is_sent: bool = False, persons: Sequence[tuple[str, str]] = ()) -> str:
    return render_template(
        "accounts/sign_in.html",
        form=form,
        is_sent=is_sent,
        minutes=LIMITS.code_minutes,
        persons=persons,
    )


def _retry(refused: SignInFailed | TooMany) -> dict[str, str]:
    return {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
