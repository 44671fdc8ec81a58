"""An order with people at every step of its chain, and browsers in which somebody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from skillhub.base import clock
from skillhub.base.db import unit_of_work
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.service import applications, attendance, batches, results
from skillhub.courses.service.attendance import Mark
from skillhub.courses.service.results import Marks
from skillhub.credentials.service import issue
from skillhub.credit.service import engagements
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import TESTS, SomePerson
from skillhub.testing.factories.courses import SomeBatch, some_batch, some_order

ASKED = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)
OPENED = datetime(2025, 10, 20, 1, 0, tzinfo=UTC)
FIRST = datetime(2025, 11, 3, 1, 0, tzinfo=UTC)
MARKED = datetime(2025, 11, 5, 10, 0, tzinfo=UTC)
HEADS = 8
PASSED, FAILED = (82, 91), (40, 91)
STARTED = date(2025, 11, 7)


@dataclass(frozen=True)
class Chain:
    """Eight asked for, five enrolled, four came, three certified, two hired."""

    order: str
    employer: SomePerson
    batch: SomeBatch
    people: tuple[SomePerson, ...]
    receipts: tuple[str, ...]
    hires: tuple[str, ...]

    @property
    def enrolled(self):
        return self.people

    @property
    def attended(self):
        return self.people[:4]

    @property
    def certified(self):
        return self.people[:3]

    @property
    def hired(self):
        return self.people[:2]


@pytest.fixture
def browse(app, session):
    """Return a maker of browsers in which a person is signed in."""
    return lambda person: signed_in(app, person)


@pytest.fixture
def chain(persons):
    employer = persons.employer()
    with clock.frozen_at(ASKED):
        order = some_order(employer=employer, heads=HEADS)
    batch = some_batch(
        order=order, opens_at=OPENED, closes_at=FIRST - timedelta(hours=1), first_at=FIRST, sessions=2
    )
    people = tuple(persons.trainee() for _ in range(5))
    with clock.frozen_at(OPENED + timedelta(hours=1)):
        receipts = tuple(
            applications.apply(actor=each.actor, batch=batch.code, channel="web") for each in people
        )
    _teach(batch, receipts)
    _examine(batch, receipts)
    hires = tuple(_hire(employer, each, order) for each in people[:2])
    return Chain(order, employer, batch, people, receipts, hires)


def _teach(batch, receipts):
    for session in batch.view.sessions:
        marks = [Mark(receipt, "present", 180) for receipt in receipts[:4]]
        marks.append(Mark(receipts[4], "absent", 0))
        with clock.frozen_at(session.ends_at):
            attendance.record(actor=batch.trainer.actor, session=session.handle, marks=marks)


def _examine(batch, receipts):
    given = [PASSED, PASSED, PASSED, FAILED, PASSED]
    with clock.frozen_at(MARKED):
        results.record(
            actor=batch.trainer.actor,
            batch=batch.code,
            marks=[Marks(receipt, *pair) for receipt, pair in zip(receipts, given, strict=True)],
        )
        with unit_of_work() as unit:
            batches.close_in(unit, actor=TESTS, code=batch.code)
        with unit_of_work() as unit:
            for receipt in receipts[:3]:
                held = application_queries.application(receipt)
                issue.issue_in(unit, actor=batch.school.actor, application_id=held.id)


def _hire(employer, person, order):
    return engagements.record(
        actor=employer.actor,
        worker=person.handle,
        employer=employer.organisation,
        order=order,
        started_on=STARTED,
        ended_on=date(2025, 11, 9),
        pay_fen=54_000,
    )
