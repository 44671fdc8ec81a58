"""The only place that reads the signed credential of a certificate."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from skillhub.base.db import db
from skillhub.credentials.errors import CredentialErased, CredentialPending
from skillhub.credentials.model import Certificate, Credential


@dataclass(frozen=True)
class CredentialView:
    """What was signed for a certificate: the document as it is handed out, and the text of the QR code."""

    document: bytes
    compact: str
    list_number: int
    list_index: int
    key_id: str


def credential(certificate_id: int) -> CredentialView | None:
    """Return the published credential of a certificate, None while there is none."""
    row = db.session.execute(
        select(
            Credential.document,
            Credential.compact,
            Credential.list_number,
            Credential.list_index,
            Credential.key_id,
        ).where(Credential.certificate_id == certificate_id, Credential.published_at.is_not(None))
    ).one_or_none()
    if row is None or row.document is None or row.compact is None:
        return None
    return CredentialView(row.document.encode(), row.compact, row.list_number, row.list_index, row.key_id)


def published(certificate_id: int) -> CredentialView:
    """Return the published credential of a certificate.

    :raises CredentialPending: the worker has not come to it yet.
    :raises CredentialErased: the holder wanted it erased.
    """
    found = credential(certificate_id)
    if found is None and is_erased(certificate_id):
        raise CredentialErased
    if found is None:
        raise CredentialPending
    return found


def is_erased(certificate_id: int) -> bool:
    """Tell whether the signed copies were erased at the holder's wish."""
    statement = select(Credential.id).where(
        Credential.certificate_id == certificate_id, Credential.erased_at.is_not(None)
    )
    return db.session.scalar(statement) is not None


def waiting() -> int:
    """Return how many certificates have no published credential yet."""
    unprepared = select(func.count()).where(Certificate.prepared_at.is_(None)).scalar_subquery()
    unpublished = select(func.count()).where(Credential.published_at.is_(None)).scalar_subquery()
    row = db.session.execute(select(unprepared, unpublished)).one()
    return int(row[0]) + int(row[1])


def lists_of(certificate_id: int) -> list[int]:
    """Return the status list that speaks of a certificate; none before it is frozen."""
    statement = select(Credential.list_number).where(Credential.certificate_id == certificate_id)
    return list(db.session.scalars(statement))
