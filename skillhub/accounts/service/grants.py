"""The only place that gives and ends roles. An ended role ends its holder's sign-ins and tokens at once."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update

from skillhub.accounts.errors import NotBySamePerson, NotForOneself, field_error, reading
from skillhub.accounts.model import AccessToken, Invitation, Organisation, Person, RoleGrant, SignInSession
from skillhub.base import audit, clock
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.base.locks import lock_rows

_KINDS = {
    Role.TRAINER: ("training_body",),
    Role.SCHOOL: ("training_body",),
    Role.EMPLOYER: ("employer", "team"),
}
BY_TWO = (Role.OFFICER, Role.AUDITOR)


def give(
    *, actor: Actor, person: str, role: str, district: str | None, organisation: str | None = None
) -> str:
    """Give a role and return the grant's id; officers and auditors wait for a second officer.

    :raises Forbidden: the actor may not give this role.
    :raises Invalid: person, role or organisation cannot be right.
    """
    wanted = _role(role)
    with unit_of_work() as unit:
        _check_right(actor, wanted, district)
        person_id = unit.session.scalar(select(Person.id).where(Person.handle == person))
        organisation_id = unit.session.scalar(
            select(Organisation.id).where(Organisation.code == organisation)
        )
        with reading() as fields:
            if person_id is None:
                fields.refuse("person", "person_unknown")
            if organisation and organisation_id is None:
                fields.refuse("organisation", "organisation_unknown")
        made = grant_in(
            unit,
            actor=actor,
            person_id=person_id or 0,
            role=wanted,
            district=district,
            organisation=organisation_id,
        )
        return unit.refer(str(made))


def grant_in(
    unit: Unit,
    *,
    actor: Actor,
    person_id: int,
    role: Role,
    district: str | None,
    organisation: int | None = None,
) -> int:
    """Give a role inside a unit; the same role again is the grant that there is.

    :raises Forbidden: the actor may not give this role.
    :raises Invalid: the role needs another kind of organisation.
    """
    _check_right(actor, role, district)
    if actor.person_id is not None and actor.person_id == person_id:
        raise NotForOneself
    _check_binding(unit, role, district, organisation)
    is_alone = actor.system is None and role in BY_TWO
    return give_in(
        unit,
        actor=actor,
        person_id=person_id,
        role=role,
        district=district,
        organisation=organisation,
        waits=is_alone,
    )


def give_in(
    unit: Unit,
    *,
    actor: Actor,
    person_id: int,
    role: Role,
    district: str | None,
    organisation: int | None = None,
    waits: bool = False,
    is_new_person: bool = False,
) -> int:
    """Write a grant whose right has been checked (registration makes trainees by this)."""
    if not is_new_person:
        lock_rows(unit, Person, [person_id])  # else two at the same moment would both find none
        known = _held(unit, person_id, role, district, organisation)
        if known is not None:
            return known
    now = clock.now()
    made = unit.session.execute(
        insert(RoleGrant)
        .values(
            person_id=person_id,
            role=role.value,
            district_code=district,
            organisation_id=organisation,
            granted_by_id=actor.person_id,
            granted_at=now,
            confirmed_at=None if waits else now,
        )
        .returning(RoleGrant.id)
    ).scalar_one()
    audit.record(
        unit,
        actor=actor,
        verb="role.propose" if waits else "role.grant",
        subject=f"person:{person_id}",
        district=district,
        role=role.value,
        grant=made,
        organisation=organisation,
    )
    return made


def _held(
    unit: Unit, person_id: int, role: Role, district: str | None, organisation: int | None
) -> int | None:
    """Return the grant that has not ended, confirmed or waiting."""
    return unit.session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role.value,
            func.coalesce(RoleGrant.district_code, "") == (district or ""),
            func.coalesce(RoleGrant.organisation_id, 0) == (organisation or 0),
            RoleGrant.ended_at.is_(None),
        )
    )


def confirm(*, actor: Actor, grant: int) -> str:
    """Confirm, as the second officer, a role that waits for one.

    :raises NotBySamePerson: the actor proposed it, or would receive it.
    """
    with unit_of_work() as unit:
        row = _grant(unit, actor, grant)
        if actor.person_id is not None and actor.person_id in (row.granted_by_id, row.person_id):
            raise NotBySamePerson
        confirmed = unit.session.execute(
            update(RoleGrant)
            .where(RoleGrant.id == grant, RoleGrant.confirmed_at.is_(None), RoleGrant.ended_at.is_(None))
            .values(confirmed_at=clock.now(), confirmed_by_id=actor.person_id)
            .returning(RoleGrant.id)
        ).scalar()
        if confirmed is not None:
            _note(unit, actor, "role.confirm", row)
        return unit.refer(str(grant))


def end(*, actor: Actor, grant: int) -> str:
    """End a role; its holder's sign-ins end with it, and so do the tokens that were made for it.

    :raises NotForOneself: an officer cannot end their own role (nobody else might be left).
    """
    with unit_of_work() as unit:
        row = _grant(unit, actor, grant)
        if actor.person_id is not None and actor.person_id == row.person_id:
            raise NotForOneself
        ended = unit.session.execute(
            update(RoleGrant)
            .where(RoleGrant.id == grant, RoleGrant.ended_at.is_(None))
            .values(ended_at=clock.now())
            .returning(RoleGrant.id)
        ).scalar()
        if ended is not None:
            _end_access(unit, row)
            _note(unit, actor, "role.end", row)
        return unit.refer(str(grant))


def _end_access(unit: Unit, row: RoleGrant) -> None:
    now = clock.real_now()
    unit.session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == row.person_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    unit.session.execute(
        update(Invitation)
        .where(Invitation.person_id == row.person_id, Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    unit.session.execute(
        update(AccessToken)
        .where(
            AccessToken.person_id == row.person_id,
            AccessToken.role == row.role,
            func.coalesce(AccessToken.district_code, "") == (row.district_code or ""),
            AccessToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def _grant(unit: Unit, actor: Actor, grant: int) -> RoleGrant:
    row = unit.session.get(RoleGrant, grant)
    if row is None or row.role == Role.OPERATOR.value:
        raise NotFound
    require(actor, Right(Role.OFFICER, district=row.district_code))
    return row


def _note(unit: Unit, actor: Actor, verb: str, row: RoleGrant) -> None:
    audit.record(
        unit,
        actor=actor,
        verb=verb,
        subject=f"person:{row.person_id}",
        district=row.district_code,
        role=row.role,
        grant=row.id,
    )


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise Invalid(field_error("role", "role_unknown")) from None


def _check_right(actor: Actor, role: Role, district: str | None) -> None:
    if actor.system is not None:
        return
    if role is Role.OPERATOR:
        raise Forbidden
    is_for_operators = role is Role.OFFICER and actor.has(Role.OPERATOR)
    if not is_for_operators:
        require(actor, Right(Role.OFFICER, district=district or ""))


def _check_binding(unit: Unit, role: Role, district: str | None, organisation: int | None) -> None:
    if district is None and role is not Role.OPERATOR:
        raise Invalid(field_error("district", "district_unknown"))
    kinds = _KINDS.get(role)
    if kinds is None:
        if organisation is not None:
            raise Invalid(field_error("organisation", "organisation_needless"))
        return
    if organisation is None:
        raise Invalid(field_error("organisation", "organisation_missing"))
    found = unit.session.scalar(
        select(Organisation.id).where(
            Organisation.id == organisation,
            Organisation.kind.in_(kinds),
            Organisation.district_code == district,
        )
    )
    if found is None:
        raise Invalid(field_error("organisation", "organisation_unknown"))
