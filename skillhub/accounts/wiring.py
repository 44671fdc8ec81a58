"""The only place that tells the web floor how a cookie and a bearer token find their person."""

from __future__ import annotations

from flask import Flask

from skillhub.accounts import cookies
from skillhub.accounts.queries import mail, sign_ins, tokens
from skillhub.accounts.rules import bearer
from skillhub.accounts.service import sign_in
from skillhub.base import idempotency
from skillhub.base.access import ANONYMOUS, Actor
from skillhub.base.db import in_unit_of_work
from skillhub.base.errors import Busy, StorageFull, Unauthenticated
from skillhub.base.outbox import wishes
from skillhub.web import requests
from skillhub.web.requests import SignedIn


def wire(app: Flask) -> None:
    """Let the web floor find people, and the outbox how they want to be told."""
    requests.use(page=_at_the_page, bearer=_with_token)
    wishes.use(app, mail.choices)


def _at_the_page() -> tuple[Actor, SignedIn | None]:
    token = cookies.token()
    if token is None:
        return ANONYMOUS, None
    found = sign_ins.sign_in_with(token, sign_ins.PAGE)
    if found is None:
        return ANONYMOUS, None
    _keep_alive(found)
    return found.actor, SignedIn(found.handle, found.name, found.district)


def _keep_alive(found: sign_ins.SignInView) -> None:
    if in_unit_of_work() or not sign_ins.is_stale(found):
        return
    try:
        with idempotency.apart():
            sign_in.keep_alive(sign_in_id=found.id)
    except (Busy, StorageFull):
        return  # the next request notes it


def _with_token(token: str) -> Actor:
    if token.startswith(bearer.TOKEN_PREFIX):
        actor = tokens.actor_with(token)
    else:
        found = sign_ins.sign_in_with(token, sign_ins.PROGRAM)
        actor = found.actor if found else None
    if actor is None:
        raise Unauthenticated
    return actor
