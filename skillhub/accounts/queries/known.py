"""The only place that finds many registered people at once, by document and by phone (import files)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, select

from skillhub.accounts.model import Consent, Person, RoleGrant, Wish
from skillhub.accounts.rules.consents import BASIC
from skillhub.base import seal
from skillhub.base.access import Role
from skillhub.base.db import db

AT_ONCE = 500
Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class KnownPerson:
    """A registered person as far as it is compared; document and phone by their keyed hash."""

    id: int
    handle: str
    name: str
    document_hash: str | None
    phone_hash: str | None
    districts: frozenset[str]
    wishes: tuple[tuple[str, str, datetime], ...]
    has_consented: bool


def document_hash(id_type: str, number: str) -> str:
    """Return the keyed hash under which a document is kept."""
    return seal.keyring().hashed("identity", f"{id_type}:{number}")


def phone_hash(phone: str) -> str:
    """Return the keyed hash under which a mobile number is kept."""
    return seal.keyring().hashed("phone", phone)


def people(documents: Collection[str], phones: Collection[str]) -> tuple[KnownPerson, ...]:
    """Return everyone with one of these documents or phones (hashes), by id."""
    rows = {}
    for condition in _conditions(documents, phones):
        found = select(Person.id, Person.handle, Person.name, Person.id_number_hash, Person.phone_hash).where(
            condition
        )
        rows.update({row.id: row for row in db.session.execute(found)})
    districts, consents, wishes = _districts(rows), _consents(rows), _wishes(rows)
    return tuple(
        KnownPerson(
            id=row.id,
            handle=row.handle,
            name=row.name,
            document_hash=row.id_number_hash,
            phone_hash=row.phone_hash,
            districts=frozenset(districts.get(row.id, ())),
            wishes=tuple(wishes.get(row.id, ())),
            has_consented=row.id in consents,
        )
        for _id, row in sorted(rows.items())
    )


def _conditions(documents: Collection[str], phones: Collection[str]) -> Iterator[ColumnElement[bool]]:
    for part in _parts(documents):
        yield Person.id_number_hash.in_(part)
    for part in _parts(phones):
        yield Person.phone_hash.in_(part)


def _parts(values: Iterable[Value]) -> Iterator[list[Value]]:
    every = list(set(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def _trainee() -> tuple[ColumnElement[bool], ...]:
    return RoleGrant.role == Role.TRAINEE.value, RoleGrant.ended_at.is_(None)


def _consented() -> tuple[ColumnElement[bool], ...]:
    return Consent.purpose == BASIC, Consent.withdrawn_at.is_(None)


def _districts(ids: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for part in _parts(ids):
        rows = db.session.execute(
            select(RoleGrant.person_id, RoleGrant.district_code).where(
                RoleGrant.person_id.in_(part), *_trainee()
            )
        )
        for person_id, code in rows:
            found[person_id].add(code or "")
    return found


def _consents(ids: Collection[int]) -> set[int]:
    return {
        person_id
        for part in _parts(ids)
        for person_id in db.session.scalars(
            select(Consent.person_id).where(Consent.person_id.in_(part), *_consented())
        )
    }


def _wishes(ids: Collection[int]) -> dict[int, list[tuple[str, str, datetime]]]:
    found: dict[int, list[tuple[str, str, datetime]]] = defaultdict(list)
    for part in _parts(ids):
        rows = db.session.execute(
            select(Wish.person_id, Wish.kind, Wish.trade, Wish.registered_at).where(Wish.person_id.in_(part))
        )
        for person_id, kind, trade, at in rows:
            found[person_id].append((kind, trade, at))
    return found
