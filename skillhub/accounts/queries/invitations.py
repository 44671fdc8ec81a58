"""The only place that reads invitations; the links themselves are nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from skillhub.accounts.model import Invitation, Organisation, Person
from skillhub.accounts.rules import bearer
from skillhub.accounts.rules.limits import LIMITS
from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.base.db import db


@dataclass(frozen=True)
class InvitationView:
    """Who is invited to what, by whom, until when; never with the link."""

    id: int
    handle: str
    person_id: int
    person: str
    name: str
    role: Role
    district: str | None
    organisation: str | None
    invited_by: str | None
    made_at: datetime
    expires_at: datetime
    is_open: bool


def with_token(token: str) -> InvitationView | None:
    """Return the invitation of a link, open or over; None when there is no such link."""
    found = _all(Invitation.token_hash == bearer.kept(token))
    return found[0] if found else None


def with_handle(handle: str) -> InvitationView | None:
    """Return an invitation by its handle."""
    found = _all(Invitation.handle == handle)
    return found[0] if found else None


def open_ones(district: str | None = None) -> tuple[InvitationView, ...]:
    """Return the invitations that can still be used or were not used in time, the latest first."""
    conditions: list[ColumnElement[bool]] = [Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)]
    if district is not None:
        conditions.append(Invitation.district_code == district)
    return _all(*conditions)


def are_open() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a link can be used."""
    return (
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.real_now(),
        Invitation.wrong_tries < LIMITS.invitation_wrong_tries,
    )


def _all(*conditions: ColumnElement[bool]) -> tuple[InvitationView, ...]:
    inviter = aliased(Person)
    now = clock.real_now()
    rows = db.session.execute(
        select(Invitation, Person.handle, Person.name, Organisation.name, inviter.name)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(inviter, inviter.id == Invitation.invited_by_id)
        .where(*conditions)
        .order_by(Invitation.id.desc())
    )
    return tuple(
        InvitationView(
            id=row.id,
            handle=row.handle,
            person_id=row.person_id,
            person=handle,
            name=name,
            role=Role(row.role),
            district=row.district_code,
            organisation=organisation,
            invited_by=by,
            made_at=row.made_at,
            expires_at=row.expires_at,
            is_open=_is_open(row, now),
        )
        for row, handle, name, organisation, by in rows
    )


def _is_open(row: Invitation, now: datetime) -> bool:
    return (
        row.used_at is None
        and row.revoked_at is None
        and row.expires_at > now
        and row.wrong_tries < LIMITS.invitation_wrong_tries
    )
