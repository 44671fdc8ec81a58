"""Work that was done, made through the services."""

from __future__ import annotations

from datetime import date

from skillhub.credit.service import engagements
from skillhub.testing.factories.base import SomePerson

FIRST_DAY, LAST_DAY = date(2025, 10, 20), date(2025, 10, 31)


def some_work(
    employer: SomePerson, worker: SomePerson, *, ended_on: date = LAST_DAY, order: str | None = None
) -> str:
    """Record work of a worker for the employer for whom a person acts, and return its public id."""
    return engagements.record(
        actor=employer.actor,
        worker=worker.handle,
        employer=employer.organisation or "",
        order=order,
        started_on=FIRST_DAY,
        ended_on=ended_on,
        pay_fen=216_000,
    )
