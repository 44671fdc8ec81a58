"""The only place that erases the signed copies of a certificate, at the holder's wish (decision 14).

The certificate is taken back first: what was handed out cannot be fetched back, so it
has to be seen as no longer in force. The register keeps its frozen facts for audits.
"""

from __future__ import annotations

from sqlalchemy import update

from skillhub.base import access, audit, clock
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import unit_of_work
from skillhub.credentials.errors import CredentialPending
from skillhub.credentials.model import Credential
from skillhub.credentials.queries import certificates
from skillhub.credentials.service.revocation import revoke_in

NOTHING = "{}"
REASON = "持证人申请注销"


def erase(*, actor: Actor, certificate: str) -> str:
    """Erase the signed copies and take the certificate back, and return its public id; again is harmless.

    :raises NotFound: there is none, or not for this actor.
    :raises CredentialPending: it is being signed this moment.
    """
    with unit_of_work() as unit:
        found = certificates.certificate(certificate)
        access.require(
            actor, Right(Role.TRAINEE, person=found.person_id), Right(Role.OFFICER, district=found.district)
        )
        if found.is_valid:
            revoke_in(unit, actor, found, REASON)
        done = unit.session.execute(
            update(Credential)
            .where(Credential.certificate_id == found.id, Credential.published_at.is_not(None))
            .values(payload=NOTHING, document=None, compact=None, erased_at=clock.now())
            .returning(Credential.id)
            .execution_options(synchronize_session=False)
        ).scalar()
        if done is None:
            raise CredentialPending
        subject = f"certificate:{certificate}"
        audit.record(unit, actor=actor, verb="certificate.erase", subject=subject, district=found.district)
        return unit.refer(certificate)
