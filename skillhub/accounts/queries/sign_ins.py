"""The only place that reads sign-ins that have not ended, and how often signing in has failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from skillhub.accounts.model import Person, SignInCode, SignInFailure, SignInSession
from skillhub.accounts.queries import actors
from skillhub.accounts.rules import bearer
from skillhub.accounts.rules.limits import LIMITS
from skillhub.base import clock, seal
from skillhub.base.access import Actor
from skillhub.base.db import db
from skillhub.base.prepared import Prepared

PAGE, PROGRAM = "page", "api"
_WITH_GRANTS = Prepared(
    actors.with_grants(
        select(
            SignInSession.id,
            SignInSession.person_id,
            SignInSession.seen_at,
            Person.handle,
            Person.name,
            Person.district_code.label("home"),
        )
        .join(Person, Person.id == SignInSession.person_id)
        .where(
            SignInSession.ended_at.is_(None),
            SignInSession.token_hash == bindparam("token_hash"),
            SignInSession.kind == bindparam("kind"),
            SignInSession.expires_at > bindparam("now"),
        )
    )
)  # since every request of somebody who is signed in begins with it


@dataclass(frozen=True)
class SignInView:
    """A sign-in that counts, and whose it is."""

    id: int
    handle: str
    name: str
    district: str
    actor: Actor
    seen_at: datetime


def sign_in_with(token: str, kind: str) -> SignInView | None:
    """Return the sign-in of a token, None when it is unknown, ended, over or was left alone for too long."""
    now = clock.real_now()
    rows = _WITH_GRANTS.rows(db.session(), {"token_hash": bearer.kept(token), "kind": kind, "now": now})
    if not rows:
        return None
    first = rows[0]
    actor = Actor(first["person_id"], actors.grants_in(rows), None)
    roles = [grant.role for grant in actor.grants]
    if kind == PAGE and now - first["seen_at"] > LIMITS.idle(roles):
        return None
    return SignInView(
        id=first["id"],
        handle=first["handle"],
        name=first["name"],
        district=_district(actor, first["home"]),
        actor=actor,
        seen_at=first["seen_at"],
    )


def is_stale(view: SignInView) -> bool:
    """Tell whether it is time to note that the person is still there: seldom, a read is to stay a read."""
    roles = [grant.role for grant in view.actor.grants]
    return clock.real_now() - view.seen_at > LIMITS.idle(roles) / 30


def failures(account: str, address: str, *, but: int | None = None) -> tuple[int, int, int]:
    """Count the latest wrong tries: for the account, for it from this address, all from this address."""
    since = clock.real_now() - timedelta(minutes=LIMITS.failures_within_minutes)
    counted = select(func.count()).select_from(SignInFailure).where(SignInFailure.at > since)
    if but is not None:
        counted = counted.where(SignInFailure.id != but)
    of_account = counted.where(SignInFailure.account == account)
    return (
        db.session.scalar(of_account) or 0,
        db.session.scalar(of_account.where(SignInFailure.address == address)) or 0,
        db.session.scalar(counted.where(SignInFailure.address == address)) or 0,
    )


def good_code(phone: str, code: str) -> int | None:
    """Return the row of a code that was sent to this phone and can still be used."""
    ring = seal.keyring()
    return db.session.scalar(
        select(SignInCode.id)
        .where(
            SignInCode.phone_hash == ring.hashed("phone", phone),
            SignInCode.code_hash == ring.hashed("code", f"{phone}:{code}"),
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > clock.real_now(),
        )
        .order_by(SignInCode.id.desc())
        .limit(1)
    )


def passwords(phone: str) -> tuple[tuple[int, str | None], ...]:
    """Return who shares a phone, each with the hash of the password."""
    rows = db.session.execute(
        select(Person.id, Person.password_hash)
        .where(Person.phone_hash == seal.keyring().hashed("phone", phone))
        .order_by(Person.id)
    )
    return tuple((row.id, row.password_hash) for row in rows)


def _district(actor: Actor, own: str) -> str:
    """Return where the person works, else where the person is registered."""
    for grant in actor.grants:
        if grant.district and grant.role != "trainee":
            return grant.district
    return own
