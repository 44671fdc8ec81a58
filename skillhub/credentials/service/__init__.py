"""Everything that changes certificates: issuing one, issuing for a class, taking one back."""

from __future__ import annotations

from skillhub.credentials.service.bulk import ISSUE, Progress, issue_batch, issue_each
from skillhub.credentials.service.issue import issue_in
from skillhub.credentials.service.revocation import revoke

__all__ = ["ISSUE", "Progress", "issue_batch", "issue_each", "issue_in", "revoke"]
