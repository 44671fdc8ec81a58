"""The only place that reads tokens of programs; the tokens themselves are nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from skillhub.accounts.model import AccessToken, Person
from skillhub.accounts.queries import actors
from skillhub.accounts.rules import bearer
from skillhub.base import clock
from skillhub.base.access import Actor, Scope
from skillhub.base.db import db


@dataclass(frozen=True)
class TokenView:
    """One token, without the token."""

    id: str
    person: str
    role: str
    district: str | None
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def tokens(person: str | None = None) -> tuple[TokenView, ...]:
    """Return all tokens, or those of one person, the latest first."""
    statement = (
        select(
            AccessToken.handle,
            Person.handle.label("person"),
            AccessToken.role,
            AccessToken.district_code,
            AccessToken.scopes,
            AccessToken.created_at,
            AccessToken.expires_at,
            AccessToken.revoked_at,
        )
        .join(Person, Person.id == AccessToken.person_id)
        .order_by(AccessToken.id.desc())
    )
    if person is not None:
        statement = statement.where(Person.handle == person)
    return tuple(
        TokenView(row[0], row[1], row[2], row[3], tuple(row[4]), row[5], row[6], row[7])
        for row in db.session.execute(statement)
    )


def actor_with(token: str) -> Actor | None:
    """Return whom a token speaks for, None when it is unknown, over or without its role."""
    row = db.session.execute(
        select(AccessToken.person_id, AccessToken.role, AccessToken.district_code, AccessToken.scopes).where(
            AccessToken.token_hash == bearer.kept(token),
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > clock.real_now(),
        )
    ).one_or_none()
    if row is None:
        return None
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    actor = actors.actor_in_role(row.person_id, row.role, row.district_code, scopes)
    return actor if actor.grants else None
