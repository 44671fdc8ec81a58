"""The only place that writes to holders of certificates: one message for each change of a certificate."""

from __future__ import annotations

from skillhub.accounts.queries import people
from skillhub.base import outbox
from skillhub.base.db import Unit


def tell(unit: Unit, *, person_id: int, certificate: str, state: str, text: str) -> None:
    """Write what has become of a certificate; who has no phone on file reads it on the own page."""
    kind = f"certificate.{state}"
    outbox.put(
        unit,
        phone=people.phone_of(person_id),
        kind=kind,
        text=text,
        person_id=person_id,
        once_key=f"{kind}:{certificate}:1",
    )
