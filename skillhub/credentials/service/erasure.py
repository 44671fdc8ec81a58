"""The only place that erases the signed copies of a certificate, at the holder's wish (decision 14).

The certificate is taken back first: what was handed out cannot be fetched back, so it
has to be seen as no longer in force. The register keeps its frozen facts for audits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import update

from skillhub.base import access, audit, clock
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import Invalid
from skillhub.credentials.errors import CredentialPending, asked_later
from skillhub.credentials.model import Credential
from skillhub.credentials.queries import certificates
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.service.revocation import revoke_in
from skillhub.districts import queries as districts

NOTHING = "{}"
REASON = "持证人申请注销"


def erase(*, actor: Actor, certificate: str, asked_on: date | None = None) -> str:
    """Erase the signed copies and take the certificate back, and return its public id; again is harmless.

    Earlier versions of it bear the same name, so their copies go too.

    :param asked_on: the day on which the holder asked the office in writing.
    :raises NotFound: there is none, or not for this actor.
    :raises Invalid: the holder would have asked later than today.
    :raises CredentialPending: it is being signed this moment.
    """
    with unit_of_work() as unit:
        found = certificates.certificate(certificate)
        access.require(
            actor, Right(Role.TRAINEE, person=found.person_id), Right(Role.OFFICER, district=found.district)
        )
        if asked_on is not None and asked_on > clock.today(districts.district(found.district).zone):
            raise Invalid(asked_later())
        versions = certificates.versions_of(found)
        for each in versions:
            if each.is_valid:
                revoke_in(unit, actor, each, REASON)
        _erase_in(unit, versions)
        told = {} if asked_on is None else {"asked_on": asked_on.isoformat()}
        audit.record(
            unit,
            actor=actor,
            verb="certificate.erase",
            subject=f"certificate:{certificate}",
            district=found.district,
            **told,
        )
        return unit.refer(certificate)


def _erase_in(unit: Unit, versions: Sequence[CertificateView]) -> None:
    """Erase what was signed; what is being signed this moment would come back, so all of it has to wait."""
    ids = [each.id for each in versions]
    done = unit.session.scalars(
        update(Credential)
        .where(Credential.certificate_id.in_(ids), Credential.published_at.is_not(None))
        .values(payload=NOTHING, document=None, compact=None, erased_at=clock.now())
        .returning(Credential.certificate_id)
        .execution_options(synchronize_session=False)
    ).all()
    if set(done) != set(ids):
        raise CredentialPending
