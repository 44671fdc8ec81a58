"""The only place that judges by our own keys and lists, together with what the register knows this moment."""

from __future__ import annotations

import dataclasses

from skillhub.base import clock
from skillhub.base.errors import NotFound
from skillhub.credentials.queries import certificates, credentials, issuer
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.vc import presented, verify
from skillhub.credentials.vc.verify import NOT_ASKED, Answer, Finding, Judgement, Why


def of_certificate(found: CertificateView) -> Judgement | None:
    """Judge the signed credential of a certificate; None while there is none."""
    signed = credentials.credential(found.id)
    if signed is None:
        return None
    judged = verify.judge(signed.document, issuer.trust(), at=clock.real_now())
    return _with_register(judged, found)


def of_file(data: bytes) -> Judgement:
    """Judge what somebody has uploaded.

    What bears a good signature of ours but is not what the register holds was signed by
    somebody else with a stolen key: it is not ours, and nothing of it is shown.
    """
    judged = presented.judge(data, issuer.trust(), at=clock.real_now())
    if judged.shown is None:
        return judged
    try:
        found = certificates.certificate(judged.shown.public_id)
    except NotFound:
        return _not_registered(judged)
    if not _is_registered(judged, found):
        return _not_registered(judged)
    return _with_register(judged, found)


def _is_registered(judged: Judgement, found: CertificateView) -> bool:
    """Tell whether it is the very thing that was signed for this certificate."""
    signed = credentials.credential(found.id)
    if signed is None:  # erased at the holder's wish: the number is all that is left to compare
        return credentials.is_erased(found.id)
    ours = signed.compact.encode() if judged.badge is None else signed.document
    kept = presented.judge(ours, issuer.trust(), at=clock.real_now())
    return (kept.shown, kept.badge) == (judged.shown, judged.badge)


def _not_registered(judged: Judgement) -> Judgement:
    return dataclasses.replace(
        judged,
        issued_by=Finding(Answer.NO, Why.NOT_REGISTERED),
        in_force=NOT_ASKED,
        not_revoked=NOT_ASKED,
        shown=None,
        badge=None,
    )


def _with_register(judged: Judgement, found: CertificateView) -> Judgement:
    """The register is a second ahead of the list, and answers for a code, which names no list."""
    if judged.unaltered.value is not Answer.YES:
        return judged
    if not found.is_valid:
        why = Why.SUPERSEDED if found.status == Status.SUPERSEDED else Why.REVOKED
        return dataclasses.replace(judged, not_revoked=Finding(Answer.NO, why))
    if judged.not_revoked.why is Why.CODE_ONLY:
        return dataclasses.replace(judged, not_revoked=Finding(Answer.YES, Why.NOT_REVOKED))
    return judged
