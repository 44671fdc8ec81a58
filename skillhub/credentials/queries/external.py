"""The only place that reads certificates that others issued, and says who may see and confirm them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, select

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.base import access
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.credentials.model import ExternalCertificate
from skillhub.credentials.rules.external import State

STAFF = (Role.DESK, Role.OFFICER)
READERS = (*STAFF, Role.AUDITOR)
MOST_LISTED = 100


@dataclass(frozen=True, kw_only=True)
class ExternalView:
    """One certificate of others: what was told, and what staff have found out and how."""

    id: int
    handle: str
    person_id: int
    district: str
    number: str
    issuer: str
    trade: str
    level: str | None
    issued_on: date
    recorded_at: datetime
    state: State
    looked_up: str | None
    decided_by: int | None
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has looked it up yet."""
        return self.state is State.UNVERIFIED


def of_person(person_id: int) -> tuple[ExternalView, ...]:
    """Return what is on record of a person, the newest first; the caller has checked who may see it."""
    return _all(ExternalCertificate.person_id == person_id)


def listed(actor: Actor) -> tuple[ExternalView, ...]:
    """Return those of the actor's districts, what nobody has looked up first.

    :raises Forbidden: the actor is no staff of a district.
    """
    access.require_role(actor, *READERS)
    return _all(ExternalCertificate.district_code.in_(sorted(actor.districts(*READERS))))


def readable(actor: Actor, handle: str) -> ExternalView:
    """Return one, for the staff of its district.

    :raises NotFound: there is none, or not for this actor.
    """
    access.require_role(actor, *READERS)
    found = _all(ExternalCertificate.handle == handle)
    if not found:
        raise NotFound
    access.require(actor, *(Right(role, district=found[0].district) for role in READERS))
    return found[0]


def recordable(actor: Actor, person: str) -> PersonView:
    """Return a person for whom the actor, a clerk or officer of the person's district, may record one.

    :raises NotFound: there is no such person for this actor.
    """
    access.require_role(actor, *STAFF)
    found = people.by_handle(person)
    access.require(actor, *(Right(role, district=found.district) for role in STAFF))
    return found


def is_decidable(actor: Actor, found: ExternalView) -> bool:
    """Tell whether the actor may say what became of it: staff of its district, never its holder."""
    is_holder = actor.person_id == found.person_id
    return not is_holder and access.may(actor, *(Right(role, district=found.district) for role in STAFF))


def _all(condition: ColumnElement[bool]) -> tuple[ExternalView, ...]:
    is_settled = case((ExternalCertificate.state == State.UNVERIFIED.value, 0), else_=1)
    statement = select(ExternalCertificate).where(condition)
    rows = db.session.scalars(
        statement.order_by(is_settled, ExternalCertificate.id.desc())
        .limit(MOST_LISTED)
        .execution_options(populate_existing=True)
    )
    return tuple(_view(row) for row in rows)


def _view(row: ExternalCertificate) -> ExternalView:
    return ExternalView(
        id=row.id,
        handle=row.handle,
        person_id=row.person_id,
        district=row.district_code,
        number=row.number,
        issuer=row.issuer,
        trade=row.trade,
        level=row.level,
        issued_on=row.issued_on,
        recorded_at=row.recorded_at,
        state=State(row.state),
        looked_up=row.looked_up,
        decided_by=row.decided_by_id,
        decided_at=row.decided_at,
    )
