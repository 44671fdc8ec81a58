"""Public identifiers: unguessable ones for what is private, numbered series for what is printed."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model, Unit, upsert

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 1 i l o: people read them aloud


class NumberSeries(Model):
    """The last number given out in each series; numbers are never given twice."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


def handle(prefix: str) -> str:
    """Return a new public handle of 80 random bits, for example ``p-7k2m…``; it says nothing by itself."""
    return f"{prefix}-" + "".join(secrets.choice(_ALPHABET) for _ in range(16))


def secret() -> str:
    """Return a new unguessable identifier of 128 random bits, safe in an address."""
    return secrets.token_urlsafe(16)


def short(length: int) -> str:
    """Return a new short code to be typed from paper; a unique column decides whether it is free."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def next_number(unit: Unit, series: str) -> int:
    """Take the next number of a series, from 1, inside the unit; a rolled-back unit gives it back."""
    first = upsert(unit, NumberSeries).values(name=series, last=1)
    following = first.on_conflict_do_update(
        index_elements=[NumberSeries.name], set_={"last": NumberSeries.last + 1}
    )
    return int(unit.session.execute(following.returning(NumberSeries.last)).scalar_one())


def reserve_up_to(unit: Unit, series: str, number: int) -> None:
    """Keep the numbers up to and including `number` from being given out (they exist from before)."""
    at_least = upsert(unit, NumberSeries).values(name=series, last=number)
    unit.session.execute(
        at_least.on_conflict_do_update(
            index_elements=[NumberSeries.name], set_={"last": number}, where=NumberSeries.last < number
        )
    )
