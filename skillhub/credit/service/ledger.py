"""The only place that books: entries balance in each unit, and are reversed, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from skillhub.base import clock
from skillhub.base.access import Actor
from skillhub.base.db import Unit
from skillhub.credit.model import LedgerEntry, LedgerLeg
from skillhub.credit.rules.stars import Leg, is_balanced


class Unbalanced(AssertionError):
    """Legs do not sum to zero: a bug of the caller, nothing was booked."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to book."""

    kind: str
    subject: str
    district: str
    rule: str
    legs: Sequence[Leg]
    reverses: int | None = None


def book_in(unit: Unit, *, actor: Actor, entry: Entry) -> int:
    """Book one entry and return its number.

    :raises Unbalanced: the legs do not sum to zero.
    """
    return book_all_in(unit, actor=actor, entries=[entry])[0]


def book_all_in(unit: Unit, *, actor: Actor, entries: Sequence[Entry]) -> list[int]:
    """Book entries in their order, in two statements however many there are; return their numbers.

    :raises Unbalanced: the legs of one do not sum to zero; nothing was booked.
    """
    for entry in entries:
        if not entry.legs or not is_balanced(entry.legs):
            raise Unbalanced(entry.subject)
    if not entries:
        return []
    now = clock.now()
    rows = [
        {
            "kind": entry.kind,
            "subject": entry.subject,
            "district_code": entry.district,
            "rule": entry.rule,
            "reverses_id": entry.reverses,
            "booked_at": now,
            "booked_by_id": actor.person_id,
        }
        for entry in entries
    ]
    numbers = list(
        unit.session.scalars(
            insert(LedgerEntry).returning(LedgerEntry.id, sort_by_parameter_order=True), rows
        )
    )
    unit.session.execute(
        insert(LedgerLeg),
        [
            {"entry_id": number, "account": leg.account, "unit": leg.unit, "amount": leg.amount}
            for number, entry in zip(numbers, entries, strict=True)
            for leg in entry.legs
        ],
    )
    return numbers
