"""The only place that makes and revokes tokens for programs; a token is shown once and kept as a hash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from skillhub.accounts.errors import reading
from skillhub.accounts.model import AccessToken, Person
from skillhub.accounts.queries import actors
from skillhub.accounts.rules import bearer
from skillhub.accounts.rules.limits import LIMITS
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Role, Scope
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import NotFound


@dataclass(frozen=True)
class MadeToken:
    """A new token, the only time that it is known."""

    id: str
    token: str
    scopes: tuple[str, ...]
    expires_at: datetime


def create(
    *, actor: Actor, person: str, role: str, district: str | None, scopes: Collection[str], days: int
) -> MadeToken:
    """Make a token for one role of a person in one district.

    :raises NotFound: there is no such person, or it is somebody else.
    :raises Invalid: role, scopes or days cannot be right.
    """
    with unit_of_work() as unit:
        person_id = _whose(unit, actor, person)
        wanted = _check(person_id, role, district, scopes, days)
        token = bearer.access_token()
        now = clock.real_now()
        handle = ids.handle("t")
        unit.session.execute(
            insert(AccessToken).values(
                handle=handle,
                token_hash=bearer.kept(token),
                person_id=person_id,
                role=role,
                district_code=district,
                scopes=wanted,
                created_at=now,
                expires_at=now + timedelta(days=days),
            )
        )
        audit.record(
            unit,
            actor=actor,
            verb="token.create",
            subject=f"person:{person_id}",
            district=district,
            token=handle,
            role=role,
            scopes=wanted,
            days=days,
        )
        unit.refer(handle)
        return MadeToken(handle, token, tuple(wanted), now + timedelta(days=days))


def revoke(*, actor: Actor, token: str) -> None:
    """End a token by its id; ending it again changes nothing.

    :raises NotFound: there is none, or it is somebody else's.
    """
    with unit_of_work() as unit:
        row = unit.session.execute(
            select(AccessToken.id, AccessToken.person_id, AccessToken.district_code).where(
                AccessToken.handle == token
            )
        ).one_or_none()
        if row is None or (actor.system is None and actor.person_id != row.person_id):
            raise NotFound
        ended = unit.session.execute(
            update(AccessToken)
            .where(AccessToken.id == row.id, AccessToken.revoked_at.is_(None))
            .values(revoked_at=clock.real_now())
            .returning(AccessToken.id)
        ).scalar()
        if ended is not None:
            audit.record(
                unit,
                actor=actor,
                verb="token.revoke",
                subject=f"person:{row.person_id}",
                district=row.district_code,
                token=token,
            )


def _whose(unit: Unit, actor: Actor, handle: str) -> int:
    person_id = unit.session.scalar(select(Person.id).where(Person.handle == handle))
    if person_id is None or (actor.system is None and actor.person_id != person_id):
        raise NotFound
    return person_id


def _check(person_id: int, role: str, district: str | None, scopes: Collection[str], days: int) -> list[str]:
    held = actors.actor_of(person_id).grants
    with reading() as fields:
        if role not in set(Role):
            fields.refuse("role", "role_unknown")
        elif not any(grant.role == role and grant.district == district for grant in held):
            fields.refuse("role", "role_not_held")
        if not scopes:
            fields.refuse("scopes", "scope_missing")
        elif not set(scopes) <= set(Scope):
            fields.refuse("scopes", "scope_unknown")
        if not 1 <= days <= LIMITS.token_days_most:
            fields.refuse("days", "days_range")
    return sorted(Scope(scope).value for scope in set(scopes))
