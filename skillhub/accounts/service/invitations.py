"""The only place that makes and takes back invitations: one-time links to a first password.

A link alone lets nobody in: its holder must also know the phone number that was registered with it.
Who has a password gets no link, and an officer makes links only for people who work in the own
district and nowhere else, and never for officers and auditors: else one could act as two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from skillhub.accounts.errors import (
    NotToInvite,
    SignsInAlready,
    field_error,
    reading,
)
from skillhub.accounts.model import Invitation, Organisation, Person, SignInSession
from skillhub.accounts.queries import actors, invitations, people
from skillhub.accounts.queries.invitations import InvitationView
from skillhub.accounts.rules import bearer, phones
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import grants, passwords, registration
from skillhub.base import audit, clock, ids, outbox
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import Invalid, NotFound

BY_OFFICERS = (Role.DESK, Role.TRAINER, Role.SCHOOL, Role.EMPLOYER)
KIND = "invitation.link"
TEXT = "【零工市场】请您来用零工市场的系统。打开链接设一个密码：{link}。链接{hours}小时内有效，不要转给别人。"


@dataclass(frozen=True)
class Invited:
    """A new invitation, the only time that its link is known."""

    handle: str
    token: str
    expires_at: datetime
    person: str
    name: str
    role: Role


@dataclass(frozen=True)
class Introduced:
    """Who has a role now; `link` is None for who gets in without one, and `why` says so."""

    person: str
    link: Invited | None
    why: SignsInAlready | NotToInvite | None = None


def introduce(
    *,
    actor: Actor,
    name: str,
    phone: str,
    role: str,
    district: str,
    organisation: str | None = None,
    link: str | None = None,
) -> Introduced:
    """Register somebody with a role in the district, and make a link where one is allowed.

    :param link: the address of links with ``{token}`` in it, to send it by SMS; None sends nothing.
    :raises Invalid: name, phone, role or organisation cannot be right.
    """
    require(actor, Right(Role.OFFICER, district=district))
    with unit_of_work() as unit:
        wanted = _role(role)
        with reading() as fields:
            number = fields.read("phone", lambda: phones.mobile(phone))
        found = _organisation(unit, organisation)
        person_id = registration.staff_in(unit, actor=actor, name=name, phone=number or "", district=district)
        grants.grant_in(
            unit, actor=actor, person_id=person_id, role=wanted, district=district, organisation=found
        )
        handle = unit.session.scalar(select(Person.handle).where(Person.id == person_id)) or ""
        try:
            made = invite_in(
                unit, actor=actor, person_id=person_id, role=wanted, district=district, organisation=found
            )
        except (SignsInAlready, NotToInvite) as why:
            unit.refer(handle)
            return Introduced(handle, None, why)
        _send(unit, made, number, link)
        unit.refer(made.handle)
        return Introduced(handle, made)


def invite_in(
    unit: Unit,
    *,
    actor: Actor,
    person_id: int,
    role: Role,
    district: str | None,
    organisation: int | None = None,
) -> Invited:
    """Make a link inside a unit; one that was made before for this person counts no longer.

    :raises SignsInAlready: the person has a password already.
    :raises NotToInvite: the actor is an officer, and the person has other roles, too.
    """
    person = unit.session.execute(
        select(Person.handle, Person.name, Person.password_hash).where(Person.id == person_id)
    ).one()
    if actor.system is None:
        require(actor, Right(Role.OFFICER, district=district or ""))
        _check_roles(person_id, district)
    if person.password_hash is not None:
        raise SignsInAlready
    now = clock.real_now()
    _end_earlier(unit, person_id)
    made = Invited(
        handle=ids.handle("i"),
        token=bearer.secret(),
        expires_at=now + timedelta(hours=LIMITS.invitation_hours),
        person=person.handle,
        name=person.name,
        role=role,
    )
    unit.session.execute(
        insert(Invitation).values(
            handle=made.handle,
            token_hash=bearer.kept(made.token),
            person_id=person_id,
            role=role.value,
            district_code=district,
            organisation_id=organisation,
            invited_by_id=actor.person_id,
            made_at=now,
            expires_at=made.expires_at,
            wrong_tries=0,
        )
    )
    _note(unit, actor, made, district)
    return made


def _end_earlier(unit: Unit, person_id: int) -> None:
    unit.session.execute(
        update(Invitation)
        .where(Invitation.person_id == person_id, *invitations.are_open())
        .values(revoked_at=clock.real_now())
    )


def _note(unit: Unit, actor: Actor, made: Invited, district: str | None) -> None:
    audit.record(
        unit,
        actor=actor,
        verb="invitation.make",
        subject=f"invitation:{made.handle}",
        district=district,
        person=made.person,
        role=made.role.value,
    )


def renew(*, actor: Actor, invitation: str, link: str | None = None) -> Invited:
    """Make a new link in the place of one that was lost or not used in time.

    :raises NotFound: there is none, or it belongs to another district.
    """
    found = _found(actor, invitation)
    with unit_of_work() as unit:
        unit.session.execute(
            update(Invitation)
            .where(Invitation.id == found.id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
            .values(revoked_at=clock.real_now())
        )
        made = invite_in(
            unit,
            actor=actor,
            person_id=found.person_id,
            role=found.role,
            district=found.district,
            organisation=unit.session.scalar(
                select(Invitation.organisation_id).where(Invitation.id == found.id)
            ),
        )
        _send(unit, made, people.phone_of(found.person_id), link)
        unit.refer(made.handle)
        return made


def invite_again(*, actor: Actor, person: str, has_forgotten: bool = False) -> Invited:
    """Make a link for somebody with a role, at the command line; a forgotten password is taken away.

    :raises NotFound: there is no such person, or a person tries.
    :raises NotToInvite: the person holds no role but that of a trainee.
    :raises SignsInAlready: the person has a password and has not forgotten it.
    """
    if actor.system is None:
        raise NotFound
    with unit_of_work() as unit:
        person_id = people.by_handle(person).id
        held = [each for each in actors.grants_of(person_id) if each.role is not Role.TRAINEE]
        if not held:
            raise NotToInvite
        if has_forgotten:
            passwords.forget_in(unit, actor=actor, person_id=person_id)
            unit.session.execute(
                update(SignInSession)
                .where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
                .values(ended_at=clock.real_now())
            )
        made = invite_in(
            unit,
            actor=actor,
            person_id=person_id,
            role=held[0].role,
            district=held[0].district,
            organisation=_organisation(unit, held[0].organisation),
        )
        unit.refer(made.handle)
        return made


def revoke(*, actor: Actor, invitation: str) -> str:
    """Take a link back; taking it back again changes nothing.

    :raises NotFound: there is none, or it belongs to another district.
    """
    found = _found(actor, invitation)
    with unit_of_work() as unit:
        revoked = unit.session.execute(
            update(Invitation)
            .where(Invitation.id == found.id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
            .values(revoked_at=clock.real_now())
            .returning(Invitation.id)
        ).scalar()
        if revoked is not None:
            audit.record(
                unit,
                actor=actor,
                verb="invitation.revoke",
                subject=f"person:{found.person_id}",
                district=found.district,
                invitation=found.handle,
            )
        return unit.refer(found.handle)


def _found(actor: Actor, handle: str) -> InvitationView:
    found = invitations.with_handle(handle)
    if found is None:
        require(actor, Right(Role.OFFICER, district=""))
        raise NotFound
    require(actor, Right(Role.OFFICER, district=found.district or ""))
    if actor.system is None and found.role not in BY_OFFICERS:
        raise NotFound
    return found


def _check_roles(person_id: int, district: str | None) -> None:
    held = [each for each in actors.grants_of(person_id) if each.role is not Role.TRAINEE]
    is_ours = all(each.district == district and each.role in BY_OFFICERS for each in held)
    if not held or not is_ours:
        raise NotToInvite


def _role(text: str) -> Role:
    if text not in {role.value for role in BY_OFFICERS}:
        raise Invalid(field_error("role", "invitation_role"))
    return Role(text)


def _organisation(unit: Unit, code: str | None) -> int | None:
    if not code:
        return None
    found = unit.session.scalar(select(Organisation.id).where(Organisation.code == code))
    if found is None:
        raise Invalid(field_error("organisation", "organisation_unknown"))
    return found


def _send(unit: Unit, made: Invited, phone: str | None, link: str | None) -> None:
    if link is not None and phone is not None:
        text = TEXT.format(link=link.format(token=made.token), hours=LIMITS.invitation_hours)
        outbox.put(unit, phone=phone, kind=KIND, text=text)
