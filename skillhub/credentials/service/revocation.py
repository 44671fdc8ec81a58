"""The only place that takes a certificate back; its facts stay as they were frozen."""

from __future__ import annotations

from sqlalchemy import update

from skillhub.base import audit, clock, events
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import Invalid
from skillhub.credentials import queries
from skillhub.credentials.errors import AlreadyRevoked, reason_missing, reason_too_long
from skillhub.credentials.events import CertificateRevoked
from skillhub.credentials.model import Certificate
from skillhub.credentials.queries import credentials
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.rules import wording
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.service import lists, messages

LONGEST_REASON = 200


def revoke(*, actor: Actor, certificate: str, reason: str) -> str:
    """Take a certificate back and return its public id; holder and verifiers see the reason.

    :raises NotFound: there is none, or not for this actor.
    :raises Invalid: there is no reason, or it is too long.
    :raises AlreadyRevoked: it is not in force any more.
    """
    with unit_of_work() as unit:
        found = queries.revocable(actor, certificate)
        revoke_in(unit, actor, found, checked(reason))
        return unit.refer(certificate)


def revoke_in(unit: Unit, actor: Actor, found: CertificateView, words: str) -> None:
    """Take a certificate back inside a unit; the caller has checked who may.

    :raises AlreadyRevoked: it is not in force any more.
    """
    certificate = found.public_id
    if not end_in(unit, actor, certificate, Status.REVOKED, words):
        raise AlreadyRevoked
    audit.record(
        unit,
        actor=actor,
        verb="certificate.revoke",
        subject=f"certificate:{certificate}",
        district=found.district,
        number=found.number,
        before=found.status,
        after=Status.REVOKED.value,
    )
    text = wording.message_of_revocation(found.facts, words)
    messages.tell(unit, person_id=found.person_id, certificate=certificate, state="revoked", text=text)
    events.publish(
        unit,
        CertificateRevoked(
            certificate=certificate,
            person_id=found.person_id,
            application_id=found.application_id,
            batch_id=found.batch_id,
            district=found.district,
        ),
    )


def end_in(
    unit: Unit,
    actor: Actor,
    certificate: str,
    status: Status,
    words: str,
    *,
    superseded_by: str | None = None,
) -> bool:
    """Mark the row of a certificate in force and the list that speaks of it.

    Returns False when it is not in force any more: of two at the same moment one comes too late.
    """
    ended = unit.session.execute(
        update(Certificate)
        .where(Certificate.public_id == certificate, Certificate.status == Status.VALID.value)
        .values(
            status=status.value,
            superseded_by=superseded_by,
            revoked_at=clock.now(),
            revoked_by_id=actor.person_id,
            revocation_reason=words,
        )
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if ended is None:
        return False
    lists.mark_in(unit, credentials.lists_of(ended))
    return True


def checked(reason: str) -> str:
    """Return a reason as it is kept.

    :raises Invalid: there is none, or it is too long.
    """
    words = " ".join(reason.split())
    if not words:
        raise Invalid(reason_missing())
    if len(words) > LONGEST_REASON:
        raise Invalid(reason_too_long(LONGEST_REASON))
    return words
