"""The only place that reads employers, teams and training bodies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from skillhub.accounts.model import Organisation
from skillhub.base import seal
from skillhub.base.db import db
from skillhub.base.errors import NotFound


@dataclass(frozen=True)
class OrganisationView:
    """One organisation; `kind` is employer, team or training_body."""

    id: int
    code: str
    kind: str
    district: str
    name: str
    uscc: str | None
    contact_name: str | None
    licence_checked_on: date | None
    visited_on: date | None
    visited_by: str | None
    visit_result: str | None
    permit_valid_to: date | None
    is_fictitious: bool


def organisation(organisation_id: int) -> OrganisationView:
    """Return one organisation.

    :raises NotFound: there is none.
    """
    return _one(Organisation.id == organisation_id)


def by_code(code: str) -> OrganisationView:
    """Return one organisation by its code.

    :raises NotFound: there is none.
    """
    return _one(Organisation.code == code)


def many(ids: Collection[int]) -> dict[int, OrganisationView]:
    """Return several organisations by id; what does not exist is left out."""
    wanted = sorted(set(ids))
    views = [
        view
        for start in range(0, len(wanted), 500)
        for view in _all(Organisation.id.in_(wanted[start : start + 500]))
    ]
    return {view.id: view for view in views}


def of_district(district: str, *kinds: str) -> tuple[OrganisationView, ...]:
    """Return a district's organisations of some kinds (all, if none is named), by name."""
    conditions = [Organisation.district_code == district]
    if kinds:
        conditions.append(Organisation.kind.in_(kinds))
    return _all(*conditions)


def contact_phone_of(organisation_id: int) -> str | None:
    """Open the seal of an organisation's telephone number."""
    row = db.session.execute(
        select(Organisation.code, Organisation.contact_phone_sealed).where(Organisation.id == organisation_id)
    ).one_or_none()
    if row is None or row.contact_phone_sealed is None:
        return None
    return seal.keyring().opened(row.contact_phone_sealed, bound_to=f"organisation.contact_phone:{row.code}")


def _one(condition: ColumnElement[bool]) -> OrganisationView:
    found = _all(condition)
    if not found:
        raise NotFound
    return found[0]


def _all(*conditions: ColumnElement[bool]) -> tuple[OrganisationView, ...]:
    statement = (
        select(
            Organisation.id,
            Organisation.code,
            Organisation.kind,
            Organisation.district_code,
            Organisation.name,
            Organisation.uscc,
            Organisation.contact_name,
            Organisation.licence_checked_on,
            Organisation.visited_on,
            Organisation.visited_by,
            Organisation.visit_result,
            Organisation.permit_valid_to,
            Organisation.is_fictitious,
        )
        .where(*conditions)
        .order_by(Organisation.name, Organisation.id)
    )
    rows: Iterable[Row[*tuple[Any, ...]]] = db.session.execute(statement)
    return tuple(OrganisationView(*row) for row in rows)
