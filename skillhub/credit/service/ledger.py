"""The only place that books: entries balance in each unit, and are reversed, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from skillhub.base import clock
from skillhub.base.access import Actor
from skillhub.base.db import Unit
from skillhub.credit.model import LedgerEntry, LedgerLeg
from skillhub.credit.rules.stars import Leg, is_balanced


class Unbalanced(AssertionError):
    """Legs do not sum to zero: a bug of the caller, nothing was booked."""


def book_in(
    unit: Unit,
    *,
    actor: Actor,
    kind: str,
    subject: str,
    district: str,
    rule: str,
    legs: Sequence[Leg],
    reverses: int | None = None,
) -> int:
    """Book one entry and return its number.

    :raises Unbalanced: the legs do not sum to zero.
    """
    if not legs or not is_balanced(legs):
        raise Unbalanced(subject)
    entry_id = unit.session.execute(
        insert(LedgerEntry)
        .values(
            kind=kind,
            subject=subject,
            district_code=district,
            rule=rule,
            reverses_id=reverses,
            booked_at=clock.now(),
            booked_by_id=actor.person_id,
        )
        .returning(LedgerEntry.id)
    ).scalar_one()
    unit.session.execute(
        insert(LedgerLeg),
        [
            {"entry_id": entry_id, "account": leg.account, "unit": leg.unit, "amount": leg.amount}
            for leg in legs
        ],
    )
    return entry_id
