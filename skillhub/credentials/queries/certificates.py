"""The only place that reads certificates, and that says who may see one whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, func, select

from skillhub.base import access, cursors, paging
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.base.paging import Page
from skillhub.courses.queries import batches
from skillhub.courses.queries.batches import BatchView
from skillhub.credentials.errors import CredentialErased, FactsAltered
from skillhub.credentials.model import Certificate, Credential
from skillhub.credentials.rules import facts as rules
from skillhub.credentials.rules.facts import Facts, Status

READERS = (Role.TRAINEE, Role.SCHOOL, Role.OFFICER, Role.AUDITOR)
STAFF = (Role.SCHOOL, Role.TRAINER, Role.OFFICER, Role.AUDITOR)
NOBODY = 0  # no person has this id: a batch without a trainer gives no trainer a right


@dataclass(frozen=True, kw_only=True)
class CertificateView:
    """One certificate: what was frozen, and what has become of it since."""

    id: int
    public_id: str
    number: str
    version: int
    application_id: int
    person_id: int
    batch_id: int
    district: str
    body_id: int
    stored: Mapping[str, Any]
    facts_sha256: str
    issued_on: date
    issued_at: datetime
    status: str
    revoked_at: datetime | None
    revocation_reason: str | None
    superseded_by: str | None

    @cached_property
    def facts(self) -> Facts:
        """The frozen facts, typed; nobody gets at them without this check.

        :raises FactsAltered: what is stored is not what was frozen.
        """
        if not self.is_intact:
            raise FactsAltered
        return rules.thawed(self.stored)

    @property
    def is_intact(self) -> bool:
        """Tell whether the stored facts are the ones that were frozen, for this certificate."""
        return (
            rules.checksum(self.stored) == self.facts_sha256
            and self.stored.get("number") == self.number
            and self.stored.get("version", 1) == self.version
            and self.stored.get("issued_on") == self.issued_on.isoformat()
        )

    @property
    def is_examined(self) -> bool:
        """Tell whether it says that an examination was passed, or only that hours were done."""
        return any(self.stored.get(part) is not None for part in ("theory", "practice"))

    @property
    def is_valid(self) -> bool:
        """Tell whether the certificate is in force."""
        return self.status == Status.VALID

    def readers(self) -> tuple[Right, ...]:
        """Return who sees the full name and may print: holder, issuing body, staff of the district."""
        return (
            Right(Role.TRAINEE, person=self.person_id),
            Right(Role.SCHOOL, organisation=self.body_id),
            Right(Role.OFFICER, district=self.district),
            Right(Role.AUDITOR, district=self.district),
        )

    def revokers(self) -> tuple[Right, ...]:
        """Return who may take the certificate back."""
        return (Right(Role.SCHOOL, organisation=self.body_id), Right(Role.OFFICER, district=self.district))

    def overseers(self) -> tuple[Right, ...]:
        """Return the readers that oversee the holder's training: all but the holder."""
        return (*self.revokers(), Right(Role.AUDITOR, district=self.district))


def certificate(public_id: str) -> CertificateView:
    """Return one certificate, whoever asks.

    :raises NotFound: there is none.
    """
    return _one(Certificate.public_id == public_id)


def by_number(number: str) -> CertificateView:
    """Return the certificate that bears a number, its newest version, whoever asks.

    :raises NotFound: there is none.
    """
    return _one(Certificate.number == number)


def readable(actor: Actor, public_id: str) -> CertificateView:
    """Return a certificate that the actor may see whole.

    :raises NotFound: there is none, or not for this actor.
    """
    access.require_role(actor, *READERS)
    found = certificate(public_id)
    access.require(actor, *found.readers())
    return found


def verified(public_id: str) -> CertificateView:
    """Return a certificate with its facts checked, whoever asks.

    :raises NotFound: there is none.
    :raises FactsAltered: the stored facts are not the ones that were frozen.
    :raises CredentialErased: the holder wanted it erased.
    """
    found = certificate(public_id)
    _ = found.facts
    erased = select(Credential.id).where(
        Credential.certificate_id == found.id, Credential.erased_at.is_not(None)
    )
    if db.session.scalar(erased) is not None:
        raise CredentialErased
    return found


def printable(actor: Actor, public_id: str) -> CertificateView:
    """Return a certificate that the actor may print, its facts checked.

    :raises NotFound: there is none, or not for this actor.
    :raises FactsAltered: the stored facts are not the ones that were frozen.
    """
    found = readable(actor, public_id)
    _ = found.facts
    return found


def revocable(actor: Actor, public_id: str) -> CertificateView:
    """Return a certificate that the actor may revoke.

    :raises NotFound: there is none, or not for this actor.
    """
    access.require_role(actor, Role.SCHOOL, Role.OFFICER)
    found = certificate(public_id)
    access.require(actor, *found.revokers())
    return found


def is_readable(actor: Actor, found: CertificateView) -> bool:
    """Tell whether the actor sees this certificate whole."""
    return access.may(actor, *found.readers())


def certificates_of(person_id: int) -> tuple[CertificateView, ...]:
    """Return all certificates of a person, the newest first."""
    return _all(Certificate.person_id == person_id, newest_first=True)


def of_batch(batch_id: int) -> tuple[CertificateView, ...]:
    """Return all certificates out of a batch, whatever has become of them, in order of issue."""
    return _all(Certificate.batch_id == batch_id)


def of_application(application_id: int) -> CertificateView | None:
    """Return the certificate that an application led to, its newest version; None if there is none."""
    found = _all(Certificate.application_id == application_id, newest_first=True)
    return found[0] if found else None


def versions_of(found: CertificateView) -> tuple[CertificateView, ...]:
    """Return all versions of a certificate, the first one first."""
    return _all(Certificate.application_id == found.application_id)


def many(ids: Collection[int]) -> dict[int, CertificateView]:
    """Return several certificates by id; what does not exist is left out."""
    return {view.id: view for view in _all(Certificate.id.in_(sorted(set(ids))))}


def resting_on(application_ids: Collection[int]) -> frozenset[int]:
    """Return which of these applications led to a certificate that is in force."""
    statement = select(Certificate.application_id).where(
        Certificate.application_id.in_(application_ids), Certificate.status == Status.VALID.value
    )
    return frozenset(db.session.scalars(statement))


def count_of_batch(batch_id: int) -> int:
    """Return how many certificates of a batch are in force."""
    statement = select(func.count()).where(
        Certificate.batch_id == batch_id, Certificate.status == Status.VALID.value
    )
    return db.session.scalar(statement) or 0


def listable_batch(actor: Actor, code: str) -> BatchView:
    """Return a batch whose certificates the actor may list.

    :raises NotFound: there is none, or not for this actor.
    """
    access.require_role(actor, *STAFF)
    found = batches.batch(code)
    access.require(
        actor,
        Right(Role.SCHOOL, organisation=found.body_id),
        Right(Role.TRAINER, person=found.trainer_id or NOBODY),
        Right(Role.OFFICER, district=found.district),
        Right(Role.AUDITOR, district=found.district),
    )
    return found


def issuers(batch: BatchView) -> tuple[Right, ...]:
    """Return who may issue: the training body of the class, and the officers of its district."""
    return (Right(Role.SCHOOL, organisation=batch.body_id), Right(Role.OFFICER, district=batch.district))


def page_of_batch(
    *, actor: Actor, batch: str, after: str | None = None, limit: int = 50
) -> Page[CertificateView]:
    """Return a page of a batch's certificates, in order of issue.

    :raises NotFound: there is no such batch for this actor.
    """
    found = listable_batch(actor, batch)
    return _page(Certificate.batch_id == found.id, after=after, limit=limit)


def page_of_person(*, actor: Actor, after: str | None = None, limit: int = 50) -> Page[CertificateView]:
    """Return a page of the actor's own certificates, in order of issue.

    :raises Forbidden: the actor is no trainee.
    """
    access.require_role(actor, Role.TRAINEE)
    return _page(Certificate.person_id == actor.person_id, after=after, limit=limit)


def listed(*, batch: str | None = None) -> tuple[CertificateView, ...]:
    """Return all certificates, or those of one batch (for the operator's command line).

    :raises NotFound: there is no such batch.
    """
    if batch is None:
        return _all()
    return of_batch(batches.batch(batch).id)


def _page(condition: ColumnElement[bool], *, after: str | None, limit: int) -> Page[CertificateView]:
    last = cursors.number(after) or 0
    statement = (
        select(Certificate).where(condition, Certificate.id > last).order_by(Certificate.id).limit(limit + 1)
    )
    return paging.page([_view(row) for row in db.session.scalars(statement)], limit, lambda view: view.id)


def _one(condition: ColumnElement[bool]) -> CertificateView:
    found = _all(condition, newest_first=True)
    if not found:
        raise NotFound
    return found[0]


def _all(*conditions: ColumnElement[bool], newest_first: bool = False) -> tuple[CertificateView, ...]:
    order = Certificate.id.desc() if newest_first else Certificate.id
    statement = select(Certificate).where(*conditions).order_by(order)
    rows = db.session.scalars(statement.execution_options(populate_existing=True))
    return tuple(_view(row) for row in rows)


def _view(row: Certificate) -> CertificateView:
    return CertificateView(
        id=row.id,
        public_id=row.public_id,
        number=row.number,
        version=row.version,
        application_id=row.application_id,
        person_id=row.person_id,
        batch_id=row.batch_id,
        district=row.district_code,
        body_id=row.body_id,
        stored=row.facts,
        facts_sha256=row.facts_sha256,
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        status=row.status,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
        superseded_by=row.superseded_by,
    )


def holders_in(district: str) -> int:
    """Return how many people hold a certificate of a district that is in force."""
    return int(
        db.session.scalar(
            select(func.count(Certificate.person_id.distinct())).where(
                Certificate.district_code == district, Certificate.status == Status.VALID.value
            )
        )
        or 0
    )
