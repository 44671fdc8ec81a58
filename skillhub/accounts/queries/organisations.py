"""The only place that reads employers, teams and training bodies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from skillhub.accounts.model import Organisation
from skillhub.accounts.rules.text import half_width
from skillhub.base import cursors, paging, seal
from skillhub.base.db import db
from skillhub.base.errors import NotFound

EMPLOYERS = ("employer", "team")
SHOWN = 50


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


_COLUMNS = select(
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


def with_uscc(uscc: str) -> OrganisationView | None:
    """Return the organisation with this code of a licence, however it was typed."""
    found = _all(Organisation.uscc == half_width(uscc).replace(" ", "").upper())
    return found[0] if found else None


def page(
    *,
    district: str,
    words: str = "",
    is_visited: bool | None = None,
    after: str | None = None,
    limit: int = SHOWN,
) -> paging.Page[OrganisationView]:
    """Return the employers and teams of a district that fit, in order of registration.

    :param words: parts of the name, or the whole code of the organisation or of its licence.
    """
    conditions = [Organisation.district_code == district, Organisation.kind.in_(EMPLOYERS)]
    if words:
        whole = half_width(words).replace(" ", "").upper()
        in_name = and_(*(Organisation.name.contains(word, autoescape=True) for word in words.split()))
        conditions.append(or_(in_name, Organisation.code == whole, Organisation.uscc == whole))
    if is_visited is not None:
        conditions.append(
            Organisation.visited_on.is_not(None) if is_visited else Organisation.visited_on.is_(None)
        )
    begin = cursors.number(after)
    if begin is not None:
        conditions.append(Organisation.id > begin)
    rows: Iterable[Row[*tuple[Any, ...]]] = db.session.execute(
        _COLUMNS.where(*conditions).order_by(Organisation.id).limit(limit + 1)
    )
    found = [OrganisationView(*row) for row in rows]
    return paging.page(found, limit, lambda view: view.id)


@dataclass(frozen=True)
class EmployerCounts:
    """How many employers and teams a district has, and how many of them were visited."""

    all: int
    visited: int


def employer_counts(district: str) -> EmployerCounts:
    """Count the employers and teams of a district."""
    row = db.session.execute(
        select(func.count(), func.count(Organisation.visited_on)).where(
            Organisation.district_code == district, Organisation.kind.in_(EMPLOYERS)
        )
    ).one()
    return EmployerCounts(row[0], row[1])


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
    rows: Iterable[Row[*tuple[Any, ...]]] = db.session.execute(
        _COLUMNS.where(*conditions).order_by(Organisation.name, Organisation.id)
    )
    return tuple(OrganisationView(*row) for row in rows)
