"""The only place that turns a person's open role grants into an actor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from skillhub.accounts.model import Organisation, Person, RoleGrant
from skillhub.base.access import Actor, Grant, Role, Scope
from skillhub.base.db import db

GRANT = (RoleGrant.role, RoleGrant.district_code, RoleGrant.organisation_id)
"""What a query reads of a grant that it joins to a person, for `grants_in`."""


@dataclass(frozen=True)
class GrantView:
    """A role that a person holds or is about to hold."""

    id: int
    role: Role
    district: str | None
    organisation: str | None
    granted_at: datetime
    is_confirmed: bool


@dataclass(frozen=True)
class StaffView:
    """Somebody with a role in a district; the list that an officer keeps."""

    grant: int
    handle: str
    name: str
    role: Role
    organisation: str | None
    granted_at: datetime
    granted_by: int | None
    is_confirmed: bool


def is_open() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a grant counts."""
    return RoleGrant.confirmed_at.is_not(None), RoleGrant.ended_at.is_(None)


def actor_of(person_id: int, *, scopes: frozenset[Scope] | None = None) -> Actor:
    """Return the person as an actor with every role that is open now."""
    return Actor(person_id, _grants(RoleGrant.person_id == person_id), scopes)


def actor_in_role(person_id: int, role: str, district: str | None, scopes: frozenset[Scope]) -> Actor:
    """Return the person as an actor with one role in one district (a token); without it, with none."""
    condition = RoleGrant.district_code.is_(None) if district is None else RoleGrant.district_code == district
    return Actor(
        person_id, _grants(RoleGrant.person_id == person_id, RoleGrant.role == role, condition), scopes
    )


def grants_of(person_id: int) -> tuple[GrantView, ...]:
    """Return the grants of a person that have not ended."""
    rows = db.session.execute(
        select(
            RoleGrant.id,
            RoleGrant.role,
            RoleGrant.district_code,
            Organisation.code,
            RoleGrant.granted_at,
            RoleGrant.confirmed_at,
        )
        .outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return tuple(
        GrantView(row.id, Role(row.role), row.district_code, row.code, row.granted_at, bool(row.confirmed_at))
        for row in rows
    )


def staff(district: str) -> tuple[StaffView, ...]:
    """Return everyone who holds, or waits for, a role other than trainee in a district."""
    rows = db.session.execute(
        select(
            RoleGrant.id,
            Person.handle,
            Person.name,
            RoleGrant.role,
            Organisation.name.label("organisation"),
            RoleGrant.granted_at,
            RoleGrant.granted_by_id,
            RoleGrant.confirmed_at,
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(
            RoleGrant.district_code == district,
            RoleGrant.ended_at.is_(None),
            RoleGrant.role != Role.TRAINEE.value,
        )
        .order_by(RoleGrant.role, Person.name, RoleGrant.id)
    )
    return tuple(
        StaffView(
            row.id,
            row.handle,
            row.name,
            Role(row.role),
            row.organisation,
            row.granted_at,
            row.granted_by_id,
            row.confirmed_at is not None,
        )
        for row in rows
    )


def holders(role: Role, *, district: str | None = None, organisation: int | None = None) -> tuple[int, ...]:
    """Return the ids of the people who hold a role in a district or an organisation."""
    conditions = [RoleGrant.role == role.value, *is_open()]
    if district is not None:
        conditions.append(RoleGrant.district_code == district)
    if organisation is not None:
        conditions.append(RoleGrant.organisation_id == organisation)
    return tuple(
        db.session.scalars(
            select(RoleGrant.person_id).where(*conditions).distinct().order_by(RoleGrant.person_id)
        )
    )


def with_grants(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Add every open grant of a query's `Person`, a row for each, or one without any, in their order."""
    joined = statement.outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, *is_open()))
    return joined.add_columns(*GRANT).order_by(RoleGrant.id)


def grants_in(rows: Sequence[Mapping[str, Any]]) -> tuple[Grant, ...]:
    """Return the grants in the rows of a query `with_grants` about one person."""
    return tuple(
        Grant(Role(row["role"]), row["district_code"], row["organisation_id"])
        for row in rows
        if row["role"] is not None
    )


def _grants(*conditions: ColumnElement[bool]) -> tuple[Grant, ...]:
    rows = db.session.execute(select(*GRANT).where(*conditions, *is_open()).order_by(RoleGrant.id))
    return tuple(Grant(Role(row.role), row.district_code, row.organisation_id) for row in rows)
