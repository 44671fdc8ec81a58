"""The only place that writes a person's file: what was typed is read, sealed, hashed and stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from skillhub.accounts.errors import Reading, reading
from skillhub.accounts.model import Consent, Person, Wish
from skillhub.accounts.rules import ages, consents, identity, names, phones, wishes
from skillhub.accounts.rules.consents import Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import grants
from skillhub.base import audit, clock, ids, seal
from skillhub.base.access import Actor, Role
from skillhub.base.db import Unit

ZONE = "Asia/Shanghai"
DISTRICT_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Filing:
    """One registration as it was typed, and where and by whom."""

    name: str
    id_type: str | None
    id_number: str | None
    phone: str | None
    district: str
    groups: Sequence[str] = ()
    consents: Sequence[Given] = ()
    wish: WishMade | None = None
    sex: str | None = None
    street: str | None = None
    education: str | None = None
    channel: str | None = None
    registered_by: str | None = None
    is_fictitious: bool = False
    needs_consent: bool = False
    is_trainee: bool = True


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The same in the form in which it is kept."""

    name: str
    document: identity.Identity | None
    phone: str | None
    groups: tuple[str, ...] = ()
    consents: tuple[Given, ...] = ()
    wish: WishMade | None = None
    sex: str | None = None


def read(filing: Filing) -> Filed:
    """Check every field and say at once what is wrong with each.

    :raises Invalid: names the fields.
    """
    today = clock.today(ZONE)
    with reading() as fields:
        name = fields.read("name", lambda: names.name(filing.name))
        document = _document(fields, filing, today)
        phone = fields.read("phone", lambda: phones.mobile(filing.phone or "")) if filing.phone else None
        groups = fields.read("groups", lambda: wishes.groups(tuple(filing.groups)))
        wish = fields.read("wish", lambda: wishes.wish(filing.wish)) if filing.wish else None  # type: ignore[arg-type]  # not None here
        given = fields.read("consents", lambda: _consents(filing.consents))
        if filing.needs_consent and not filing.phone:
            fields.refuse("phone", "phone_missing")
        if filing.needs_consent and not filing.consents:
            fields.refuse("consents", "consent_missing")
        if not (
            len(filing.district) == DISTRICT_DIGITS
            and filing.district.isascii()
            and filing.district.isdigit()
        ):
            fields.refuse("district", "district_unknown")
        if document and document.sex and filing.sex and filing.sex != document.sex:
            fields.refuse("sex", "sex_differs")
    return Filed(
        name=name or "",
        document=document,
        phone=phone,
        groups=groups or (),
        consents=given or (),
        wish=wish,
        sex=(document.sex if document else None) or filing.sex,
    )


def _document(fields: Reading, filing: Filing, today: date) -> identity.Identity | None:
    if filing.id_number is None and filing.id_type is None:
        return None
    kind = fields.read("id_type", lambda: identity.id_type(filing.id_type or ""))
    if kind is None:
        return None
    document = fields.read("id_number", lambda: identity.identity(kind, filing.id_number or "", today=today))
    if document and document.birth_on and ages.age(document.birth_on, today) < ages.LEAST_TO_REGISTER:
        fields.refuse("id_number", "too_young")
    return document


def _consents(given: Iterable[Given]) -> tuple[Given, ...]:
    return tuple(consents.given(each.purpose, each.text_version, each.given_at) for each in given)


def identity_hash(document: identity.Identity) -> str:
    """Return the keyed hash by which a document finds its person."""
    return seal.keyring().hashed("identity", f"{document.id_type}:{document.number}")


@dataclass(frozen=True)
class Known:
    """Somebody whose file exists."""

    id: int
    handle: str
    name: str
    has_phone: bool
    has_document: bool


def known(unit: Unit, filed: Filed) -> Known | None:
    """Return whose document it is; else who has this name and this phone and no document yet."""
    if filed.document is not None:
        found = _known(unit, Person.id_number_hash == identity_hash(filed.document))
        if found is not None or filed.phone is None:
            return found
    elif filed.phone is None:
        return None
    phone_hash = seal.keyring().hashed("phone", filed.phone)
    conditions = [Person.phone_hash == phone_hash, Person.name == filed.name]
    if filed.document is not None:
        conditions.append(Person.id_number_hash.is_(None))
    return _known(unit, *conditions)


def _known(unit: Unit, *conditions: ColumnElement[bool]) -> Known | None:
    statement = select(
        Person.id,
        Person.handle,
        Person.name,
        Person.phone_hash.is_not(None),
        Person.id_number_hash.is_not(None),
    ).where(*conditions)
    row = unit.session.execute(statement.order_by(Person.id).limit(1)).one_or_none()
    return Known(*row) if row else None


def file_in(unit: Unit, *, actor: Actor, filing: Filing, filed: Filed) -> tuple[int, str]:
    """Write a new person, who becomes a trainee of the district unless it is one of the staff."""
    handle = ids.handle("p")
    values = columns(handle, filed, district=filing.district) | {
        "street": filing.street,
        "education": filing.education,
        "channel": filing.channel,
        "registered_by_id": actor.person_id,
        "registered_by": filing.registered_by,
        "is_fictitious": filing.is_fictitious,
    }
    person_id = unit.session.execute(insert(Person).values(**values).returning(Person.id)).scalar_one()
    audit.record(
        unit,
        actor=actor,
        verb="person.register",
        subject=f"person:{person_id}",
        district=filing.district,
        handle=handle,
        id_type=filed.document.id_type.value if filed.document else None,
    )
    if filing.is_trainee:
        grants.give_in(
            unit,
            actor=actor,
            person_id=person_id,
            role=Role.TRAINEE,
            district=filing.district,
            is_new_person=True,
        )
    return person_id, handle


def staff_in(unit: Unit, *, actor: Actor, name: str, phone: str, district: str) -> int:
    """Return who has this name and phone; somebody new is registered, for work and not as a trainee.

    :raises Invalid: names the fields.
    """
    filing = Filing(name=name, id_type=None, id_number=None, phone=phone, district=district, is_trainee=False)
    filed = read(filing)
    found = known(unit, filed)
    return found.id if found else file_in(unit, actor=actor, filing=filing, filed=filed)[0]


def columns(handle: str, filed: Filed, *, district: str) -> dict[str, object]:
    """Return the columns of a new person: what was read, sealed and hashed; every person has all of them."""
    return {
        "handle": handle,
        "name": filed.name,
        "sex": filed.sex,
        "district_code": district,
        "groups": list(filed.groups),
        "registered_at": clock.now(),
        **_sealed_document(handle, filed.document),
        **sealed_phone(handle, filed.phone),
    }


def _sealed_document(handle: str, document: identity.Identity | None) -> dict[str, object]:
    if document is None:
        return dict.fromkeys(("id_type", "id_number_hash", "id_number_sealed", "id_last4", "birth_on"))
    return {
        "id_type": document.id_type.value,
        "id_number_hash": identity_hash(document),
        "id_number_sealed": seal.keyring().seal(document.number, bound_to=f"person.id_number:{handle}"),
        "id_last4": document.last4,
        "birth_on": document.birth_on,
    }


def sealed_phone(handle: str, phone: str | None) -> dict[str, object]:
    """Return the columns that hold a phone: the keyed hash, and the number sealed to its row."""
    if phone is None:
        return dict.fromkeys(("phone_hash", "phone_sealed"))
    ring = seal.keyring()
    return {
        "phone_hash": ring.hashed("phone", phone),
        "phone_sealed": ring.seal(phone, bound_to=f"person.phone:{handle}"),
    }


def set_phone_in(unit: Unit, *, actor: Actor, person_id: int, handle: str, phone: str) -> None:
    """Give a person a phone who had none."""
    unit.session.execute(update(Person).where(Person.id == person_id).values(**sealed_phone(handle, phone)))
    audit.record(unit, actor=actor, verb="person.set_phone", subject=f"person:{person_id}")


def set_document_in(
    unit: Unit, *, actor: Actor, person_id: int, handle: str, document: identity.Identity
) -> None:
    """Record the document of a person who was registered without one."""
    values = {**_sealed_document(handle, document), **({"sex": document.sex} if document.sex else {})}
    unit.session.execute(
        update(Person).where(Person.id == person_id, Person.id_number_hash.is_(None)).values(**values)
    )
    audit.record(
        unit,
        actor=actor,
        verb="person.set_document",
        subject=f"person:{person_id}",
        id_type=document.id_type.value,
    )


def consent_in(unit: Unit, *, actor: Actor, person_id: int, given: Iterable[Given]) -> None:
    """Record consents; one that stands already in the same version is not repeated."""
    fresh = {(each.purpose, each.text_version): each for each in given}
    if not fresh:
        return
    standing = unit.session.execute(
        select(Consent.purpose, Consent.text_version).where(
            Consent.person_id == person_id, Consent.withdrawn_at.is_(None)
        )
    )
    for purpose, version in standing:
        fresh.pop((purpose, version), None)
    for each in fresh.values():
        unit.session.execute(
            insert(Consent).values(
                person_id=person_id,
                purpose=each.purpose,
                text_version=each.text_version,
                given_at=each.given_at or clock.now(),
                recorded_by_id=actor.person_id,
            )
        )
    if fresh:
        audit.record(
            unit,
            actor=actor,
            verb="consent.give",
            subject=f"person:{person_id}",
            consents=[f"{purpose}:{version}" for purpose, version in fresh],
        )


def wish_in(
    unit: Unit,
    *,
    actor: Actor,
    person_id: int,
    district: str,
    wish: WishMade,
    channel: str | None = None,
    registered_by: str | None = None,
) -> int:
    """Record what a person is looking for and return the wish's id."""
    values = wish_columns(person_id, district, wish, channel=channel, registered_by=registered_by)
    made = unit.session.execute(insert(Wish).values(**values).returning(Wish.id)).scalar_one()
    audit.record(
        unit,
        actor=actor,
        verb="wish.register",
        subject=f"person:{person_id}",
        district=district,
        wish=made,
        wish_kind=wish.kind,
    )
    return made


def wish_columns(
    person_id: int, district: str, wish: WishMade, *, channel: str | None, registered_by: str | None
) -> dict[str, Any]:
    """Return the columns of a new wish."""
    return {
        "person_id": person_id,
        "district_code": district,
        "kind": wish.kind,
        "trade": wish.trade.strip(),
        "time_slot": wish.time_slot,
        "within_km": wish.within_km,
        "channel": channel,
        "registered_by": registered_by,
        "registered_at": wish.registered_at or clock.now(),
    }
