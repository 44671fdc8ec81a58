"""The only place that reads people; the caller has checked that it may see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, select

from skillhub.accounts.model import Consent, Person, PersonAlias, RoleGrant, Wish
from skillhub.base import seal
from skillhub.base.access import Role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.base.terms import Term, counted


@dataclass(frozen=True)
class PersonView:
    """One person without number and phone."""

    id: int
    handle: str
    name: str
    id_type: str | None
    id_last4: str | None
    birth_on: date | None
    sex: str | None
    district: str
    street: str | None
    education: str | None
    groups: tuple[str, ...]
    channel: str | None
    registered_at: datetime
    registered_by: str | None
    is_fictitious: bool


@dataclass(frozen=True)
class ConsentView:
    """A consent that has not been withdrawn."""

    purpose: str
    text_version: str
    given_at: datetime


@dataclass(frozen=True)
class WishView:
    """What a person is looking for."""

    kind: str
    trade: str
    district: str
    time_slot: str | None
    within_km: int | None
    registered_at: datetime


APPLICANTS = select(
    Person.id,
    Person.handle,
    Person.birth_on,
    Person.sex,
    Person.groups,
    Person.district_code.label("district"),
    Person.id_number_hash.is_not(None).label("has_identity"),
    Person.phone_sealed,
).subquery("applicant")
"""What deciding on an application needs of a person, for a query of an upper floor to join."""


def opened_phone(handle: str, sealed: bytes | None) -> str | None:
    """Open the seal of a phone that was read by `APPLICANTS` (for messages to that person alone)."""
    if sealed is None:
        return None
    return seal.keyring().opened(sealed, bound_to=f"person.phone:{handle}")


_COLUMNS = select(
    Person.id,
    Person.handle,
    Person.name,
    Person.id_type,
    Person.id_last4,
    Person.birth_on,
    Person.sex,
    Person.district_code,
    Person.street,
    Person.education,
    Person.groups,
    Person.channel,
    Person.registered_at,
    Person.registered_by,
    Person.is_fictitious,
)


def person(person_id: int) -> PersonView:
    """Return one person.

    :raises NotFound: there is none.
    """
    return _one(Person.id == person_id)


def by_handle(handle: str) -> PersonView:
    """Return one person by the public handle.

    :raises NotFound: there is none.
    """
    return _one(Person.handle == handle)


def many(ids: Collection[int]) -> dict[int, PersonView]:
    """Return several people by id; who does not exist is left out."""
    wanted = sorted(set(ids))
    views = [
        view
        for start in range(0, len(wanted), 500)
        for view in _all(Person.id.in_(wanted[start : start + 500]))
    ]
    return {view.id: view for view in views}


def with_phone(phone: str) -> tuple[PersonView, ...]:
    """Return everyone who shares a normalised mobile number, in order of registration."""
    return _all(Person.phone_hash == seal.keyring().hashed("phone", phone))


def with_identity(id_type: str, number: str) -> PersonView | None:
    """Return whose document this is, by its normalised number."""
    found = _all(Person.id_number_hash == seal.keyring().hashed("identity", f"{id_type}:{number}"))
    return found[0] if found else None


def named(name: str, *, district: str, phone_tail: str, most: int) -> tuple[PersonView, ...]:
    """Return who of a district has this whole name and a phone that ends so; of namesakes the first ones."""
    rows = db.session.execute(
        select(Person.id, Person.handle, Person.phone_sealed)
        .where(Person.name == name, registered_in(district), Person.phone_sealed.is_not(None))
        .order_by(Person.id)
        .limit(most)
    )
    fitting = [
        row.id
        for row in rows
        if seal.keyring().opened(row.phone_sealed, bound_to=f"person.phone:{row.handle}").endswith(phone_tail)
    ]
    return _all(Person.id.in_(fitting))


def born(on: date, *, district: str, last4: str) -> tuple[PersonView, ...]:
    """Return who of a district was born on a day and has a document that ends so."""
    return _all(Person.birth_on == on, Person.id_last4 == last4, registered_in(district))


def registered_in(district: str) -> ColumnElement[bool]:
    """Return the condition that a person belongs to a district: by the file, or as a trainee."""
    as_trainee = exists().where(
        RoleGrant.person_id == Person.id,
        RoleGrant.role == Role.TRAINEE.value,
        RoleGrant.district_code == district,
        RoleGrant.ended_at.is_(None),
    )
    return (Person.district_code == district) | as_trainee


def of_district(found: Collection[PersonView], district: str) -> tuple[PersonView, ...]:
    """Return those who belong to a district."""
    return _all(Person.id.in_([each.id for each in found]), registered_in(district))


def with_alias(register: str, number: str) -> PersonView | None:
    """Return whom another register knows by this number."""
    person_id = db.session.scalar(
        select(PersonAlias.person_id).where(PersonAlias.register == register, PersonAlias.number == number)
    )
    return None if person_id is None else person(person_id)


def aliases(register: str) -> dict[str, int]:
    """Return the ids of everybody whom another register knows, by its numbers."""
    rows = db.session.execute(
        select(PersonAlias.number, PersonAlias.person_id).where(PersonAlias.register == register)
    )
    return {row.number: row.person_id for row in rows}


def has_identity(person_id: int) -> bool:
    """Tell whether a person's document has been recorded."""
    statement = select(Person.id).where(Person.id == person_id, Person.id_number_hash.is_not(None))
    return db.session.scalar(statement) is not None


def registered_at_sites(terms: Collection[Term]) -> dict[int, int]:
    """Count the people whom the clerks of each place registered while they worked there."""
    return counted(terms, who=Person.registered_by_id, at=Person.registered_at)


def phone_of(person_id: int) -> str | None:
    """Open the seal of a person's phone (for messages to that person, and nothing else)."""
    row = db.session.execute(
        select(Person.handle, Person.phone_sealed).where(Person.id == person_id)
    ).one_or_none()
    if row is None or row.phone_sealed is None:
        return None
    return seal.keyring().opened(row.phone_sealed, bound_to=f"person.phone:{row.handle}")


def id_number_of(person_id: int) -> str | None:
    """Open the seal of a person's document number (for print that the law asks for)."""
    row = db.session.execute(
        select(Person.handle, Person.id_number_sealed).where(Person.id == person_id)
    ).one_or_none()
    if row is None or row.id_number_sealed is None:
        return None
    return seal.keyring().opened(row.id_number_sealed, bound_to=f"person.id_number:{row.handle}")


def consents(person_id: int) -> tuple[ConsentView, ...]:
    """Return the consents that a person has given and not withdrawn."""
    rows = db.session.execute(
        select(Consent.purpose, Consent.text_version, Consent.given_at)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id)
    )
    return tuple(ConsentView(*row) for row in rows)


def wishes(person_id: int) -> tuple[WishView, ...]:
    """Return a person's wishes, the latest first."""
    rows = db.session.execute(
        select(Wish.kind, Wish.trade, Wish.district_code, Wish.time_slot, Wish.within_km, Wish.registered_at)
        .where(Wish.person_id == person_id)
        .order_by(Wish.registered_at.desc(), Wish.id.desc())
    )
    return tuple(WishView(*row) for row in rows)


def _one(condition: ColumnElement[bool]) -> PersonView:
    found = _all(condition)
    if not found:
        raise NotFound
    return found[0]


def _all(*conditions: ColumnElement[bool]) -> tuple[PersonView, ...]:
    return tuple(_view(row) for row in db.session.execute(_COLUMNS.where(*conditions).order_by(Person.id)))


def _view(row: Row[*tuple[Any, ...]]) -> PersonView:
    return PersonView(
        id=row.id,
        handle=row.handle,
        name=row.name,
        id_type=row.id_type,
        id_last4=row.id_last4,
        birth_on=row.birth_on,
        sex=row.sex,
        district=row.district_code,
        street=row.street,
        education=row.education,
        groups=tuple(row.groups),
        channel=row.channel,
        registered_at=row.registered_at,
        registered_by=row.registered_by,
        is_fictitious=row.is_fictitious,
    )
