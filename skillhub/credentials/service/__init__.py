"""Everything that changes certificates: issuing one, issuing for a class, signing, correcting, revoking."""

from __future__ import annotations

from skillhub.credentials.service import district_fonts, external, recalls
from skillhub.credentials.service.bulk import ISSUE, Progress, issue_batch, issue_each
from skillhub.credentials.service.correction import correct
from skillhub.credentials.service.erasure import erase
from skillhub.credentials.service.issue import issue_in
from skillhub.credentials.service.revocation import revoke
from skillhub.credentials.service.signing import bring_up_to_date

__all__ = [
    "ISSUE",
    "Progress",
    "bring_up_to_date",
    "correct",
    "district_fonts",
    "erase",
    "external",
    "issue_batch",
    "issue_each",
    "issue_in",
    "recalls",
    "revoke",
]
