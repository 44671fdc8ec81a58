"""The only place that finds certificates by what they have in common, and reads recalls of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from skillhub.base import access
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.courses.queries import batches, courses
from skillhub.credentials.errors import NothingAffected
from skillhub.credentials.model import Certificate, Credential, Recall
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.rules.recalls import Common, Decision, Kind

READERS = (Role.OFFICER, Role.AUDITOR)
MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class RecallView:
    """One request, and what a second person has said to it; `left` counts what is still in force."""

    id: int
    handle: str
    district: str
    common: Common
    reason: str
    affected: int
    left: int
    asked_by: int | None
    asked_at: datetime
    decision: Decision | None
    decided_by: int | None
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Tell whether a second person has still to look at it."""
        return self.decision is None


def affected(district: str, common: Common) -> Select[int]:
    """Return the question for the ids of certificates in force that have this in common.

    :raises NotFound: there is no such course or batch.
    :raises NothingAffected: the border is no certificate of this key.
    """
    return select(Certificate.id).where(
        Certificate.district_code == district,
        Certificate.status == Status.VALID.value,
        *_conditions(common),
    )


def count(district: str, common: Common) -> int:
    """Count them.

    :raises NotFound: there is no such course or batch.
    """
    return int(
        db.session.scalar(select(func.count()).select_from(affected(district, common).subquery())) or 0
    )


def districts_of(common: Common) -> tuple[str, ...]:
    """Return the districts with certificates in force that have this in common."""
    statement = (
        select(Certificate.district_code)
        .where(Certificate.status == Status.VALID.value, *_conditions(common))
        .distinct()
    )
    return tuple(sorted(db.session.scalars(statement)))


def _conditions(common: Common) -> list[ColumnElement[bool]]:
    if common.kind is Kind.BATCH:
        return [Certificate.batch_id == batches.batch(common.what).id]
    if common.kind is Kind.COURSE:
        return [Certificate.batch_id.in_(batches.ids_of_course(courses.by_code(common.what).id))]
    if common.kind is Kind.NUMBERS:
        last = common.border or common.what
        return [Certificate.number >= common.what, Certificate.number <= last]
    signed = select(Credential.certificate_id).where(
        Credential.key_id == common.what, Credential.id > _place(common.border)
    )
    return [Certificate.id.in_(signed)]


def _place(number: str) -> int:
    """Return the place in the order of signing of the certificate that bears a number; 0 for none named."""
    if not number:
        return 0
    found = db.session.scalar(
        select(Credential.id)
        .join(Certificate, Certificate.id == Credential.certificate_id)
        .where(Certificate.number == number)
        .order_by(Credential.id)  # of several versions the first: rather one too many than one too few
        .limit(1)
    )
    if found is None:
        raise NothingAffected
    return found


def recall(actor: Actor, handle: str) -> RecallView:
    """Return one request.

    :raises NotFound: there is none, or not for this actor.
    """
    access.require_role(actor, *READERS)
    row = db.session.scalar(select(Recall).where(Recall.handle == handle))
    if row is None:
        raise NotFound
    access.require(actor, *(Right(role, district=row.district_code) for role in READERS))
    return _view(row)


def latest(actor: Actor, district: str) -> tuple[RecallView, ...]:
    """Return the newest requests of a district.

    :raises NotFound: it is not the actor's district.
    """
    access.require(actor, *(Right(role, district=district) for role in READERS))
    statement = select(Recall).where(Recall.district_code == district).order_by(Recall.id.desc())
    return tuple(_view(row) for row in db.session.scalars(statement.limit(MOST_LISTED)))


def _view(row: Recall) -> RecallView:
    common = Common(Kind(row.kind), row.what, row.border)
    return RecallView(
        id=row.id,
        handle=row.handle,
        district=row.district_code,
        common=common,
        reason=row.reason,
        affected=row.affected,
        left=count(row.district_code, common),
        asked_by=row.asked_by_id,
        asked_at=row.asked_at,
        decision=Decision(row.decision) if row.decision else None,
        decided_by=row.decided_by_id,
        decided_at=row.decided_at,
    )
