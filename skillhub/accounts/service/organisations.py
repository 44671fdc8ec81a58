"""The only place that records employers, teams and training bodies, and visits to them."""

from __future__ import annotations

from datetime import date

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
    require(actor, Right(Role.OFFICER, district=district), Right(Role.DESK, district=district))
    checked, sealed = _checked(code, kind, name, uscc, contact_phone)
    made = _add(
        unit,
        code=code,
        kind=kind,
        district_code=district,
        name=name.strip(),
        uscc=checked,
        contact_name=contact_name,
        contact_phone_sealed=sealed,
        licence_checked_on=licence_checked_on,
        visited_on=visited_on,
        visited_by=visited_by,
        visit_result=visit_result,
        permit_valid_to=permit_valid_to,
        is_fictitious=is_fictitious,
        created_at=clock.now(),
    )
    subject = f"organisation:{made}"
    audit.record(
        unit, actor=actor, verb="organisation.register", subject=subject, district=district, of_kind=kind
    )
    return made


def _checked(
    code: str, kind: str, name: str, uscc: str | None, contact_phone: str | None
) -> tuple[str | None, bytes | None]:
    """Return the checked code of the licence and the sealed telephone number."""
    with reading() as read:
        if kind not in KINDS:
            read.refuse("kind", "organisation_kind")
        if not 0 < len(name.strip()) <= NAME_LENGTH:
            read.refuse("name", "organisation_name")
        checked = read.read("uscc", lambda: uscc_rule.uscc(uscc)) if uscc else None
        phone = read.read("contact_phone", lambda: phones.contact(contact_phone)) if contact_phone else None
    bound_to = f"organisation.contact_phone:{code}"
    return checked, seal.keyring().seal(phone, bound_to=bound_to) if phone else None


def _add(unit: Unit, *, code: str, **values: object) -> int:
    try:
        with unit.session.begin_nested():
            return unit.session.execute(
                insert(Organisation).values(code=code, **values).returning(Organisation.id)
            ).scalar_one()
    except IntegrityError as error:
        raise OrganisationKnown(code=code) from error


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
