"""The only place that says what our status lists look like before they are signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from skillhub.credentials.vc import badge, did, status
from skillhub.credentials.vc.shapes import ListSubject, StatusList

GOOD_FOR = timedelta(hours=24)
RENEWED_AFTER = timedelta(hours=1)
"""A list is good long enough for a copy that is carried out once a day, and renewed much sooner."""


def unsigned(host: str, number: int, revoked: Iterable[int], *, at: datetime) -> dict[str, Any]:
    """Return a status list without a proof."""
    address = badge.list_address(host, number)
    return StatusList(
        id=address,
        issuer=did.of_host(host),
        valid_from=badge.instant(at),
        valid_until=badge.instant(at + GOOD_FOR),
        credential_subject=ListSubject(id=f"{address}#list", encoded_list=status.encoded(revoked)),
    ).plain()
