"""The only place where somebody registers alone: with a phone that a code has just confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from skillhub.accounts import places
from skillhub.accounts.errors import IdentityKnown, RegistrationExpired, reading
from skillhub.accounts.model import SignInCode
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.rules import bearer
from skillhub.accounts.rules.consents import BASIC
from skillhub.accounts.service import registration, sign_in
from skillhub.accounts.service.registration import Filing
from skillhub.accounts.service.sign_in import SignedInAs
from skillhub.base import clock, seal
from skillhub.base.access import ANONYMOUS, Actor
from skillhub.base.db import Unit, db, unit_of_work

ONESELF = "本人"


@dataclass(frozen=True)
class _Ticket:
    """A confirmed phone that may register once."""

    id: int
    phone: str


def is_good(*, ticket: str | None) -> bool:
    """Tell whether a ticket can still be used (the page asks before it shows the form)."""
    return ticket is not None and _ticket(ticket) is not None


def register(*, ticket: str | None, filing: Filing) -> SignedInAs:
    """Register the holder of a ticket, and sign them in.

    :raises RegistrationExpired: the phone was confirmed too long ago, or the ticket was used.
    :raises IdentityKnown: the document is registered already, with another phone.
    :raises Invalid: a field cannot be right.
    """
    held = _ticket(ticket) if ticket else None
    if held is None:
        raise RegistrationExpired
    typed = replace(filing, phone=held.phone, registered_by=ONESELF, needs_consent=True)
    filed = registration.read(typed)
    with reading() as fields:
        if filed.document is None:
            fields.refuse("id_number", "id_number_missing")
        if not any(given.purpose == BASIC for given in filed.consents):
            fields.refuse("consents", "consent_missing")
        if filing.district not in {place.code for place in places.places()}:
            fields.refuse("district", "district_missing")
    try:
        with unit_of_work() as unit:
            _use_up(unit, held)
            if registration.known(unit, filed) is not None:
                raise IdentityKnown
            return _file(unit, typed, filed)
    except IntegrityError as error:
        if "id_number_hash" in str(error.orig):
            raise IdentityKnown from error
        raise


def _file(unit: Unit, filing: Filing, filed: registration.Filed) -> SignedInAs:
    person_id, handle = registration.file_in(unit, actor=ANONYMOUS, filing=filing, filed=filed)
    oneself = Actor(person_id)
    registration.consent_in(unit, actor=oneself, person_id=person_id, given=filed.consents)
    if filed.wish is not None:
        registration.wish_in(
            unit,
            actor=oneself,
            person_id=person_id,
            district=filing.district,
            wish=filed.wish,
            channel=filing.channel,
            registered_by=ONESELF,
        )
    unit.refer(handle)
    return sign_in.start_in(unit, person_id=person_id, kind=sign_ins.PAGE)


def _ticket(ticket: str) -> _Ticket | None:
    row = db.session.execute(
        select(SignInCode.id, SignInCode.phone_sealed, SignInCode.code_hash).where(
            SignInCode.ticket_hash == bearer.kept(ticket),
            SignInCode.ticket_expires_at > clock.real_now(),
        )
    ).one_or_none()
    if row is None:
        return None
    phone = seal.keyring().opened(row.phone_sealed, bound_to=f"sign_in_code.phone:{row.code_hash}")
    return _Ticket(row.id, phone)


def _use_up(unit: Unit, held: _Ticket) -> None:
    used = unit.session.execute(
        update(SignInCode)
        .where(SignInCode.id == held.id, SignInCode.ticket_hash.is_not(None))
        .values(ticket_hash=None)
        .returning(SignInCode.id)
    ).scalar()
    if used is None:
        raise RegistrationExpired
