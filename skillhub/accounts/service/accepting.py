"""The only place that redeems an invitation: link and registered phone together set a first password."""

from __future__ import annotations

from sqlalchemy import update

from skillhub.accounts.errors import InvitationOver, field_error, reading
from skillhub.accounts.model import Invitation
from skillhub.accounts.queries import invitations, people, sign_ins
from skillhub.accounts.queries.invitations import InvitationView
from skillhub.accounts.rules import phones
from skillhub.accounts.service import passwords, sign_in, tries
from skillhub.accounts.service.sign_in import SignedInAs
from skillhub.base import audit, clock
from skillhub.base.access import ANONYMOUS, Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import Invalid, NotFound


def readable(*, actor: Actor, token: str) -> InvitationView:
    """Return what a link says to who holds it; signed in as somebody else there is nothing to see.

    :raises NotFound: there is no such link, or the reader is signed in as another person.
    :raises InvitationOver: it was used, taken back, is too old or was tried too often.
    """
    found = invitations.with_token(token)
    if found is None or actor.person_id not in (None, found.person_id):
        raise NotFound
    if not found.is_open:
        raise InvitationOver
    return found


def accept(*, actor: Actor, token: str, phone: str, password: str, address: str) -> SignedInAs:
    """Redeem a link: with the registered phone number its holder sets a password and is signed in.

    :raises NotFound: there is no such link.
    :raises InvitationOver: it counts no longer.
    :raises Invalid: the phone is another, or the password cannot be taken.
    :raises TooMany: too many wrong numbers.
    """
    found = readable(actor=actor, token=token)
    attempt = tries.note(f"invitation:{found.handle}", address)
    with reading() as fields:
        number = fields.read("phone", lambda: phones.mobile(phone))
    if number != people.phone_of(found.person_id):
        _count_wrong(found)
        raise Invalid(field_error("phone", "invitation_phone"))
    try:
        made = passwords.hashed(password, phone=number)
    except Invalid:
        with unit_of_work() as unit:
            tries.forgive(unit, attempt)  # the phone was right: only the password has to be another
        raise
    with unit_of_work() as unit:
        used = unit.session.execute(
            update(Invitation)
            .where(Invitation.id == found.id, *invitations.are_open())
            .values(used_at=clock.real_now())
            .returning(Invitation.id)
        ).scalar()
        if used is None or not passwords.set_first_in(unit, person_id=found.person_id, hashed=made):
            raise InvitationOver
        tries.forgive(unit, attempt)
        _note(unit, "accept", found)
        return sign_in.start_in(unit, person_id=found.person_id, kind=sign_ins.PAGE)


def _count_wrong(found: InvitationView) -> None:
    with unit_of_work() as unit:
        unit.session.execute(
            update(Invitation).where(Invitation.id == found.id).values(wrong_tries=Invitation.wrong_tries + 1)
        )
        _note(unit, "fail", found)


def _note(unit: Unit, what: str, found: InvitationView) -> None:
    audit.record(
        unit,
        actor=Actor(found.person_id) if what == "accept" else ANONYMOUS,
        verb=f"invitation.{what}",
        subject=f"person:{found.person_id}",
        district=found.district,
        invitation=found.handle,
    )
