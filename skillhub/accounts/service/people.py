"""The only place where people are registered: one file per person, found by the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.errors import IdentityNameDiffers
from skillhub.accounts.model import Person, PersonAlias
from skillhub.accounts.queries import registrations
from skillhub.accounts.rules.consents import Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import grants, registration
from skillhub.accounts.service.registration import Filing
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import NotFound

REGISTRARS = registrations.REGISTRARS
_ONE_PER_DOCUMENT = "id_number_hash"


@dataclass(frozen=True)
class Registered:
    """Who was registered; `is_new` is False when the person was known before."""

    handle: str
    is_new: bool


def register(
    *,
    actor: Actor,
    name: str,
    id_type: str | None,
    id_number: str | None,
    phone: str | None,
    district: str,
    groups: Sequence[str] = (),
    consents: Sequence[Given] = (),
    wish: WishMade | None = None,
    street: str | None = None,
    education: str | None = None,
    channel: str | None = None,
    registered_by: str | None = None,
) -> str:
    """Register a person as a clerk and return the handle; the same document again is the same person.

    :raises Invalid: a field cannot be right, or no consent was recorded.
    :raises IdentityNameDiffers: the document is known under another name.
    """
    filing = Filing(
        name=name,
        id_type=id_type,
        id_number=id_number,
        phone=phone,
        district=district,
        groups=groups,
        consents=consents,
        wish=wish,
        street=street,
        education=education,
        channel=channel,
        registered_by=registered_by,
    )
    return file(actor=actor, filing=filing).handle


def file(*, actor: Actor, filing: Filing) -> Registered:
    """Register a person as a clerk and say whether the person is new.

    :raises Invalid: a field cannot be right, or no consent was recorded.
    :raises IdentityNameDiffers: the document is known under another name.
    """
    complete = replace(filing, needs_consent=True)
    try:
        return _file(actor, complete)
    except IntegrityError as error:
        if _ONE_PER_DOCUMENT not in str(error.orig):
            raise
        return _file(actor, complete)  # somebody registered the same document at this moment: it is found now


def _file(actor: Actor, filing: Filing) -> Registered:
    with unit_of_work() as unit:
        person_id, is_new = file_in(unit, actor=actor, filing=filing)
        handle = unit.session.execute(select(Person.handle).where(Person.id == person_id)).scalar_one()
        return Registered(unit.refer(handle), is_new)


def register_in(
    unit: Unit,
    *,
    actor: Actor,
    name: str,
    id_type: str | None,
    id_number: str | None,
    phone: str | None,
    district: str,
    groups: Sequence[str] = (),
    consents: Sequence[Given] = (),
    wish: WishMade | None = None,
    sex: str | None = None,
    street: str | None = None,
    education: str | None = None,
    channel: str | None = None,
    registered_by: str | None = None,
    is_fictitious: bool = False,
) -> int:
    """Register a person inside a unit and return the id; a known person gets the wish and consents added.

    :raises Invalid: a field cannot be right.
    :raises IdentityNameDiffers: the document is known under another name.
    """
    filing = Filing(
        name=name,
        id_type=id_type,
        id_number=id_number,
        phone=phone,
        district=district,
        groups=groups,
        consents=consents,
        wish=wish,
        sex=sex,
        street=street,
        education=education,
        channel=channel,
        registered_by=registered_by,
        is_fictitious=is_fictitious,
    )
    return file_in(unit, actor=actor, filing=filing)[0]


def file_in(unit: Unit, *, actor: Actor, filing: Filing) -> tuple[int, bool]:
    """Carry out a registration by a clerk, or by a loader of ours; return the id, and whether it is new.

    :raises NotFound: the clerk belongs to another district.
    """
    require(actor, *(Right(role, district=filing.district) for role in REGISTRARS))
    filed = registration.read(filing)
    known = registration.known(unit, filed)
    if known is None:
        person_id, _handle = registration.file_in(unit, actor=actor, filing=filing, filed=filed)
    else:
        if known.name != filed.name:
            raise IdentityNameDiffers
        person_id = known.id
        if not known.has_phone and filed.phone is not None:
            registration.set_phone_in(
                unit, actor=actor, person_id=person_id, handle=known.handle, phone=filed.phone
            )
        if not known.has_document and filed.document is not None:
            registration.set_document_in(
                unit, actor=actor, person_id=person_id, handle=known.handle, document=filed.document
            )
        grants.give_in(unit, actor=actor, person_id=person_id, role=Role.TRAINEE, district=filing.district)
    registration.consent_in(unit, actor=actor, person_id=person_id, given=filed.consents)
    if filed.wish is not None:
        registration.wish_in(
            unit,
            actor=actor,
            person_id=person_id,
            district=filing.district,
            wish=filed.wish,
            channel=filing.channel,
            registered_by=filing.registered_by,
        )
    return person_id, known is None


def add_wish_in(
    unit: Unit,
    *,
    actor: Actor,
    person_id: int,
    district: str,
    wish: WishMade,
    channel: str | None = None,
    registered_by: str | None = None,
) -> int:
    """Record another wish of a registered person."""
    require(actor, *(Right(role, district=district) for role in REGISTRARS))
    return registration.wish_in(
        unit,
        actor=actor,
        person_id=person_id,
        district=district,
        wish=wish,
        channel=channel,
        registered_by=registered_by,
    )


def add_alias_in(unit: Unit, *, actor: Actor, person_id: int, register: str, number: str) -> None:
    """Keep under which number another register knows a person, so that a second import finds the same one.

    :raises NotFound: only loaders of ours may do this.
    """
    add_aliases_in(unit, actor=actor, register=register, numbers={number: person_id})


def add_aliases_in(unit: Unit, *, actor: Actor, register: str, numbers: Mapping[str, int]) -> None:
    """Keep under which numbers another register knows people (ids).

    :raises NotFound: only loaders of ours may do this.
    """
    if actor.system is None:
        raise NotFound
    if numbers:
        unit.session.execute(
            insert(PersonAlias),
            [
                {"person_id": person_id, "register": register, "number": number}
                for number, person_id in numbers.items()
            ],
        )
