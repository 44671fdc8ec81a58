"""Classes that are over and marked, made through the services, so that certificates can be issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from skillhub.base import clock
from skillhub.base.db import unit_of_work
from skillhub.courses.queries import applications
from skillhub.courses.service import applications as application_service
from skillhub.courses.service import attendance, results
from skillhub.courses.service.attendance import Mark
from skillhub.courses.service.results import Marks
from skillhub.credentials import service
from skillhub.testing.factories.base import TESTS, Persons, SomePerson
from skillhub.testing.factories.courses import SomeBatch, some_batch, some_course

OPENED = datetime(2025, 10, 20, 1, 0, tzinfo=UTC)
CLOSED = datetime(2025, 11, 2, 10, 0, tzinfo=UTC)
FIRST_SESSION = datetime(2025, 11, 3, 1, 0, tzinfo=UTC)
MARKED = datetime(2025, 11, 4, 10, 0, tzinfo=UTC)
SEATS = 200
PASSED = (82, 91)
FAILED = (40, 91)


@dataclass(frozen=True)
class SomeClass:
    """A class with its people, in arrival order."""

    code: str
    batch_id: int
    school: SomePerson
    trainer: SomePerson
    people: tuple[SomePerson, ...]
    application_ids: tuple[int, ...]
    receipts: tuple[str, ...]


class Classes:
    """Makes classes whose two sessions were on 3 and 4 November 2025."""

    def __init__(self, persons: Persons) -> None:
        """Make their people with this."""
        self.persons = persons

    def marked(
        self,
        *marks: tuple[int, int],
        people: Sequence[SomePerson] | None = None,
        course: str = "家务服务",
        level: str | None = None,
    ) -> SomeClass:
        """Return a class that is over, with one person for each pair of marks (one who passed if none)."""
        pairs = marks or (PASSED,) * len(people or ("one",))
        made = self.taught(people or [self.persons.trainee() for _ in pairs], course=course, level=level)
        with clock.frozen_at(MARKED):
            results.record(
                actor=made.trainer.actor,
                batch=made.code,
                marks=[Marks(receipt, *pair) for receipt, pair in zip(made.receipts, pairs, strict=True)],
            )
        return made

    def taught(
        self, people: Sequence[SomePerson], *, course: str = "家务服务", level: str | None = None
    ) -> SomeClass:
        """Return a class that everybody attended and nobody has marked."""
        batch = some_batch(
            course=some_course(name=course, level=level),
            seats=SEATS,
            opens_at=OPENED,
            closes_at=CLOSED,
            first_at=FIRST_SESSION,
            sessions=2,
        )
        receipts = tuple(_seated(batch, person) for person in people)
        for session in batch.view.sessions:
            minutes = int((session.ends_at - session.starts_at).total_seconds()) // 60
            with clock.frozen_at(session.ends_at):
                attendance.record(
                    actor=batch.trainer.actor,
                    session=session.handle,
                    marks=[Mark(receipt, "present", minutes) for receipt in receipts],
                )
        found = tuple(applications.application(receipt).id for receipt in receipts)
        return SomeClass(batch.code, batch.id, batch.school, batch.trainer, tuple(people), found, receipts)


def _seated(batch: SomeBatch, person: SomePerson) -> str:
    """Let somebody in, as a clerk would whom the rule leaves undecided."""
    with clock.frozen_at(OPENED + timedelta(hours=1)):
        with unit_of_work() as unit:
            receipt = application_service.apply_in(
                unit, actor=TESTS, batch_id=batch.id, person_id=person.person_id, channel="desk"
            )
        if applications.application(receipt).state == "under_review":
            application_service.decide(
                actor=batch.school.actor, receipt=receipt, decision="enrol", reason="已到窗口核对"
            )
    return receipt


def certificates(made: SomeClass) -> tuple[str, ...]:
    """Issue for everybody in a class, as its school and then as the worker, and return the public ids."""
    with unit_of_work() as unit:
        public_ids = tuple(
            service.issue_in(unit, actor=made.school.actor, application_id=application_id)
            for application_id in made.application_ids
        )
    service.bring_up_to_date()
    return public_ids
