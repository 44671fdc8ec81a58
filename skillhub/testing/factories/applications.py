"""Classes that people can apply for, and people in them, made through the services."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from skillhub.base import clock
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.allocation import Quota
from skillhub.courses.rules.attendance import Mark
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place
from skillhub.courses.service import applications, attendance, batches, courses
from skillhub.testing.factories.base import TESTS, Organisations, Persons, SomeOrganisation, SomePerson

_serial = itertools.count(1)
LESSON = timedelta(minutes=180)


@dataclass(frozen=True)
class SomeClass:
    """A published batch with its people; `sessions` are the handles of its meetings."""

    id: int
    code: str
    district: str
    body: SomeOrganisation
    school: SomePerson
    trainer: SomePerson
    sessions: tuple[str, ...]
    course: str

    @property
    def view(self) -> BatchView:
        """The class as it is now."""
        return batch_queries.batch_by_id(self.id)


class Classes:
    """Makes classes; applying is possible from now for a day, lessons are on the days after."""

    def __init__(self, persons: Persons, organisations: Organisations) -> None:
        """Make them with these people and training bodies."""
        self.persons = persons
        self.organisations = organisations

    @cached_property
    def officer(self) -> SomePerson:
        """Somebody who approves classes."""
        return self.persons.officer()

    def published(
        self,
        *,
        seats: int = 2,
        lessons: int = 2,
        district: str | None = None,
        opens_in: timedelta = timedelta(0),
        first_in: timedelta = timedelta(days=2),
        course: str | None = None,
        mode: str = "first_come",
        quotas: Sequence[Quota] = (),
        cut_off: datetime | None = None,
        is_published: bool = True,
    ) -> SomeClass:
        """Return a class whose enrolment opens now (or after `opens_in`) for a day.

        Seats kept for groups are released twelve hours after the opening.
        """
        code = district or self.persons.district
        body = self.organisations.training_body(code)
        trainer = self.persons.trainer(body, code)
        now = clock.now()
        with unit_of_work() as unit:
            course = course or _new_course(unit, code)
            batch = batches.file_in(
                unit,
                actor=TESTS,
                course=course,
                seats=seats,
                mode=mode,
                quotas=quotas,
                release_at=now + opens_in + timedelta(hours=12) if quotas else None,
                cut_off=cut_off,
                opens_at=now + opens_in,
                closes_at=now + opens_in + timedelta(days=1),
                sessions=_lessons(now + opens_in + first_in, lessons),
                place=Place("收纳工作室", "友谊街道1号", None),
                trainer=trainer.handle,
                body=body.code,
            )
            if is_published:
                batches.publish_in(unit, actor=TESTS, code=batch)
        view = batch_queries.batch(batch)
        handles = tuple(each.handle for each in view.sessions)
        return SomeClass(
            view.id, batch, code, body, self.persons.school(body, code), trainer, handles, course
        )

    def enrol(self, batch: SomeClass, heads: int) -> list[tuple[SomePerson, str]]:
        """Let new people apply, and return them with their receipts."""
        made = [self.persons.trainee(batch.district) for _ in range(heads)]
        return [
            (person, applications.apply(actor=person.actor, batch=batch.code, channel="网页"))
            for person in made
        ]

    def attend(self, batch: SomeClass, receipts: Sequence[str], *, minutes: int = 180) -> None:
        """Let everybody attend all sessions; the clock must stand after the last."""
        for session in batch.sessions:
            marks = [Mark(receipt, "present" if minutes else "absent", minutes) for receipt in receipts]
            attendance.record(actor=batch.trainer.actor, session=session, marks=marks)


def _lessons(first: datetime, number: int) -> list[PlannedSession]:
    """Return one lesson on each of so many days."""
    return [
        PlannedSession(starts_at=each, ends_at=each + LESSON, part="practice")
        for each in (first + timedelta(days=day) for day in range(number))
    ]


def _new_course(unit: Unit, district: str) -> str:
    return courses.add_in(
        unit,
        actor=TESTS,
        district=district,
        name=f"整理收纳{next(_serial)}",
        trade="整理收纳",
        theory_hours=4,
        practice_hours=4,
    )
