"""The only place that registers many people in one go, inside one unit (import files).

What is written is what `registration` writes for one person; the statements are the same for all,
so a list of thousands holds the database for seconds and not for minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from skillhub.accounts.model import Consent, Person, RoleGrant, Wish
from skillhub.accounts.rules.consents import Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import grants, registration
from skillhub.accounts.service.people import REGISTRARS
from skillhub.accounts.service.registration import Filed
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.audit import AuditEntry
from skillhub.base.db import Unit

AT_ONCE = 1_000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A person as a file has it: what is kept of the person, where, and what is wished for."""

    filed: Filed
    district: str
    street: str | None = None
    education: str | None = None
    channel: str | None = None
    registered_by: str | None = None
    consents: tuple[Given, ...] = ()
    wishes: tuple[WishMade, ...] = ()
    is_fictitious: bool = False


@dataclass(frozen=True, kw_only=True)
class Wished:
    """What a registered person wishes for, and how that became known."""

    person_id: int
    district: str
    wish: WishMade
    channel: str | None = None
    registered_by: str | None = None


def enter_in(unit: Unit, *, actor: Actor, entries: Sequence[Entry]) -> list[int]:
    """Register new people inside a unit, and return their ids in the order of the entries.

    :raises NotFound: the clerk belongs to another district.
    """
    for district in sorted({entry.district for entry in entries}):
        require(actor, *(Right(role, district=district) for role in REGISTRARS))
    made: list[int] = []
    for start in range(0, len(entries), AT_ONCE):
        part = entries[start : start + AT_ONCE]
        found = _people(unit, actor, part)
        _roles(unit, actor, part, found)
        _consents(unit, actor, part, found)
        _wishes(unit, actor, part, found)
        made += found
    return made


def add_in(unit: Unit, *, actor: Actor, person_id: int, handle: str, entry: Entry) -> None:
    """Add what a file knows beyond a person's file: role in the district, document, phone, consents, wishes.

    What stands in the file already is never changed by this.
    """
    require(actor, *(Right(role, district=entry.district) for role in REGISTRARS))
    filed = entry.filed
    if filed.document is not None:
        registration.set_document_in(
            unit, actor=actor, person_id=person_id, handle=handle, document=filed.document
        )
    if filed.phone is not None:
        registration.set_phone_in(unit, actor=actor, person_id=person_id, handle=handle, phone=filed.phone)
    grants.give_in(unit, actor=actor, person_id=person_id, role=Role.TRAINEE, district=entry.district)
    registration.consent_in(unit, actor=actor, person_id=person_id, given=entry.consents)
    for wish in entry.wishes:
        registration.wish_in(
            unit,
            actor=actor,
            person_id=person_id,
            district=entry.district,
            wish=wish,
            channel=entry.channel,
            registered_by=entry.registered_by,
        )


def add_wishes_in(unit: Unit, *, actor: Actor, wishes: Sequence[Wished]) -> None:
    """Record wishes of registered people inside a unit.

    :raises NotFound: the clerk belongs to another district.
    """
    for district in sorted({each.district for each in wishes}):
        require(actor, *(Right(role, district=district) for role in REGISTRARS))
    _wish_all(unit, actor, wishes)


def _people(unit: Unit, actor: Actor, entries: Sequence[Entry]) -> list[int]:
    rows, handles = [], []
    for entry in entries:
        handle = ids.handle("p")
        handles.append(handle)
        rows.append(registration.columns(handle, entry.filed, district=entry.district))
        rows[-1] |= {
            "street": entry.street,
            "education": entry.education,
            "channel": entry.channel,
            "registered_by_id": actor.person_id,
            "registered_by": entry.registered_by,
            "is_fictitious": entry.is_fictitious,
        }
    made = _inserted(unit, Person, rows)
    _note(
        unit,
        (
            audit.row(
                actor,
                "person.register",
                f"person:{person_id}",
                entry.district,
                {
                    "handle": handle,
                    "id_type": entry.filed.document.id_type.value if entry.filed.document else None,
                },
            )
            for person_id, handle, entry in zip(made, handles, entries, strict=True)
        ),
    )
    return made


def _roles(unit: Unit, actor: Actor, entries: Sequence[Entry], people: Sequence[int]) -> None:
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "person_id": person_id,
            "role": Role.TRAINEE.value,
            "district_code": entry.district,
            "granted_by_id": actor.person_id,
            "granted_at": now,
            "confirmed_at": now,
        }
        for person_id, entry in zip(people, entries, strict=True)
    ]
    made = _inserted(unit, RoleGrant, rows)
    _note(
        unit,
        (
            audit.row(
                actor,
                "role.grant",
                f"person:{row['person_id']}",
                row["district_code"],
                {"role": row["role"], "grant": grant, "organisation": None},
            )
            for grant, row in zip(made, rows, strict=True)
        ),
    )


def _consents(unit: Unit, actor: Actor, entries: Sequence[Entry], people: Sequence[int]) -> None:
    now = clock.now()
    rows = [
        {
            "person_id": person_id,
            "purpose": given.purpose,
            "text_version": given.text_version,
            "given_at": given.given_at or now,
            "recorded_by_id": actor.person_id,
        }
        for person_id, entry in zip(people, entries, strict=True)
        for given in entry.consents
    ]
    _inserted(unit, Consent, rows)
    _note(
        unit,
        (
            audit.row(
                actor,
                "consent.give",
                f"person:{person_id}",
                None,
                {"consents": [f"{given.purpose}:{given.text_version}" for given in entry.consents]},
            )
            for person_id, entry in zip(people, entries, strict=True)
            if entry.consents
        ),
    )


def _wishes(unit: Unit, actor: Actor, entries: Sequence[Entry], people: Sequence[int]) -> None:
    _wish_all(
        unit,
        actor,
        [
            Wished(
                person_id=person_id,
                district=entry.district,
                wish=wish,
                channel=entry.channel,
                registered_by=entry.registered_by,
            )
            for person_id, entry in zip(people, entries, strict=True)
            for wish in entry.wishes
        ],
    )


def _wish_all(unit: Unit, actor: Actor, wishes: Sequence[Wished]) -> None:
    rows = [
        registration.wish_columns(
            each.person_id,
            each.district,
            each.wish,
            channel=each.channel,
            registered_by=each.registered_by,
        )
        for each in wishes
    ]
    made = _inserted(unit, Wish, rows)
    _note(
        unit,
        (
            audit.row(
                actor,
                "wish.register",
                f"person:{row['person_id']}",
                row["district_code"],
                {"wish": wish, "wish_kind": row["kind"]},
            )
            for wish, row in zip(made, rows, strict=True)
        ),
    )


def _inserted(
    unit: Unit, table: type[Person | RoleGrant | Consent | Wish], rows: Sequence[dict[str, Any]]
) -> list[int]:
    if not rows:
        return []
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(unit.session.scalars(statement, rows))


def _note(unit: Unit, rows: Iterable[dict[str, Any]]) -> None:
    written = list(rows)
    if written:
        unit.session.execute(insert(AuditEntry), written)
