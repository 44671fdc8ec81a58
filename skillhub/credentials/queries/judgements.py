"""The only place that judges by our own keys and lists, together with what the register knows this moment."""

from __future__ import annotations

import dataclasses

from skillhub.base import clock
from skillhub.base.errors import NotFound
from skillhub.credentials.queries import certificates, credentials, issuer
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.vc import presented, verify
from skillhub.credentials.vc.verify import Answer, Finding, Judgement, Why


def of_certificate(found: CertificateView) -> Judgement | None:
    """Judge the signed credential of a certificate; None while there is none."""
    signed = credentials.credential(found.id)
    if signed is None:
        return None
    judged = verify.judge(signed.document, issuer.trust(), at=clock.real_now())
    return _with_register(judged, found)


def of_file(data: bytes) -> Judgement:
    """Judge what somebody has uploaded."""
    judged = presented.judge(data, issuer.trust(), at=clock.real_now())
    if judged.shown is None:
        return judged
    try:
        return _with_register(judged, certificates.certificate(judged.shown.public_id))
    except NotFound:
        return judged


def _with_register(judged: Judgement, found: CertificateView) -> Judgement:
    """The register is a second ahead of the list, and answers for a code, which names no list."""
    if judged.unaltered.value is not Answer.YES:
        return judged
    if not found.is_valid:
        return dataclasses.replace(judged, not_revoked=Finding(Answer.NO, Why.REVOKED))
    if judged.not_revoked.why is Why.CODE_ONLY:
        return dataclasses.replace(judged, not_revoked=Finding(Answer.YES, Why.NOT_REVOKED))
    return judged
