"""The only place that records employers, teams and training bodies, and visits to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.errors import OrganisationKnown, reading
from skillhub.accounts.model import Organisation
from skillhub.accounts.rules import phones
from skillhub.accounts.rules import uscc as uscc_rule
from skillhub.base import audit, clock, ids, seal
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import NotFound

KINDS = ("employer", "team", "training_body")
NAME_LENGTH = 100


def register(
    *,
    actor: Actor,
    kind: str,
    district: str,
    name: str,
    code: str | None = None,
    uscc: str | None = None,
    contact_name: str | None = None,
    contact_phone: str | None = None,
) -> str:
    """Record an organisation and return its code; without one it gets the next of its kind.

    :raises Invalid: a field cannot be right.
    :raises OrganisationKnown: the code belongs to another.
    """
    with unit_of_work() as unit:
        series = "B" if kind == "training_body" else "E"
        given = (
            code or f"{series}-{district}-{ids.next_number(unit, f'organisation:{series}:{district}'):04d}"
        )
        register_in(
            unit,
            actor=actor,
            code=given,
            kind=kind,
            district=district,
            name=name,
            uscc=uscc,
            contact_name=contact_name,
            contact_phone=contact_phone,
        )
        return unit.refer(given)


def register_in(
    unit: Unit,
    *,
    actor: Actor,
    code: str,
    kind: str,
    district: str,
    name: str,
    uscc: str | None = None,
    contact_name: str | None = None,
    contact_phone: str | None = None,
    licence_checked_on: date | None = None,
    visited_on: date | None = None,
    visited_by: str | None = None,
    visit_result: str | None = None,
    permit_valid_to: date | None = None,
    is_fictitious: bool = False,
) -> int:
    """Record an organisation inside a unit and return its id.

    :raises Invalid: a field cannot be right.
    :raises OrganisationKnown: the code belongs to another.
    """
    entry = Entry(
        code=code,
        kind=kind,
        district=district,
        name=name,
        uscc=uscc,
        contact_name=contact_name,
        contact_phone=contact_phone,
        licence_checked_on=licence_checked_on,
        visited_on=visited_on,
        visited_by=visited_by,
        visit_result=visit_result,
        permit_valid_to=permit_valid_to,
        is_fictitious=is_fictitious,
    )
    return register_all_in(unit, actor=actor, entries=[entry])[0]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One organisation as it is recorded."""

    code: str
    kind: str
    district: str
    name: str
    uscc: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    licence_checked_on: date | None = None
    visited_on: date | None = None
    visited_by: str | None = None
    visit_result: str | None = None
    permit_valid_to: date | None = None
    is_fictitious: bool = False


def register_all_in(unit: Unit, *, actor: Actor, entries: Sequence[Entry]) -> list[int]:
    """Record organisations inside a unit, by two statements for all; return their ids in order.

    :raises Invalid: a field of one cannot be right.
    :raises OrganisationKnown: a code belongs to another.
    """
    for district in sorted({entry.district for entry in entries}):
        require(actor, Right(Role.OFFICER, district=district), Right(Role.DESK, district=district))
    now = clock.now()
    made = _add(unit, [_row(entry, now) for entry in entries])
    audit.record_all(
        unit,
        (
            audit.row(
                actor,
                "organisation.register",
                f"organisation:{organisation_id}",
                entry.district,
                {"of_kind": entry.kind},
            )
            for organisation_id, entry in zip(made, entries, strict=True)
        ),
    )
    return made


def _row(entry: Entry, now: datetime) -> dict[str, object]:
    """Return the columns of an organisation: checked, its telephone number sealed.

    :raises Invalid: a field cannot be right.
    """
    with reading() as read:
        if entry.kind not in KINDS:
            read.refuse("kind", "organisation_kind")
        if not 0 < len(entry.name.strip()) <= NAME_LENGTH:
            read.refuse("name", "organisation_name")
        uscc, contact_phone = entry.uscc, entry.contact_phone
        checked = read.read("uscc", lambda: uscc_rule.uscc(uscc)) if uscc else None
        phone = read.read("contact_phone", lambda: phones.contact(contact_phone)) if contact_phone else None
    bound_to = f"organisation.contact_phone:{entry.code}"
    return {
        "code": entry.code,
        "kind": entry.kind,
        "district_code": entry.district,
        "name": entry.name.strip(),
        "uscc": checked,
        "contact_name": entry.contact_name,
        "contact_phone_sealed": seal.keyring().seal(phone, bound_to=bound_to) if phone else None,
        "licence_checked_on": entry.licence_checked_on,
        "visited_on": entry.visited_on,
        "visited_by": entry.visited_by,
        "visit_result": entry.visit_result,
        "permit_valid_to": entry.permit_valid_to,
        "is_fictitious": entry.is_fictitious,
        "created_at": now,
    }


def _add(unit: Unit, rows: Sequence[dict[str, object]]) -> list[int]:
    """Insert the rows; codes are looked up only after the unique column has refused one."""
    if not rows:
        return []
    statement = insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True)
    try:
        with unit.session.begin_nested():
            return list(unit.session.scalars(statement, rows))
    except IntegrityError as error:
        codes = [row["code"] for row in rows]
        known = unit.session.scalars(select(Organisation.code).where(Organisation.code.in_(codes))).first()
        raise OrganisationKnown(code=known or codes[0]) from error


def record_visit_in(
    unit: Unit, *, actor: Actor, organisation_id: int, on: date, by: str, result: str
) -> None:
    """Record what was found when somebody of the market visited the organisation (探岗).

    :raises NotFound: there is no such organisation.
    """
    district = unit.session.scalar(
        select(Organisation.district_code).where(Organisation.id == organisation_id)
    )
    if district is None:
        raise NotFound
    require(actor, Right(Role.OFFICER, district=district), Right(Role.DESK, district=district))
    unit.session.execute(
        update(Organisation)
        .where(Organisation.id == organisation_id)
        .values(visited_on=on, visited_by=by, visit_result=result)
    )
    audit.record(
        unit,
        actor=actor,
        verb="organisation.visit",
        subject=f"organisation:{organisation_id}",
        district=district,
        on=on.isoformat(),
    )
