"""A trainee's training as one story: the next lesson, how far the class has come, and what is on file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from skillhub.base import clock
from skillhub.courses.queries import applications, attendance, batches, presence, results
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.attendance import HoursView
from skillhub.courses.queries.batches import BatchView, SessionView
from skillhub.courses.queries.presence import Seen
from skillhub.courses.queries.results import ResultView
from skillhub.credentials.queries import certificates
from skillhub.credentials.queries.certificates import CertificateView

GONE = "cancelled"
REMEMBERED = timedelta(days=60)
"""How long after its end a closed class that led to no certificate is shown first."""


@dataclass(frozen=True)
class Lesson:
    """One lesson of a class, with what was recorded about the person."""

    number: int
    session: SessionView
    seen: Seen | None
    is_over: bool


@dataclass(frozen=True)
class ClassProgress:
    """The class in which a person holds a seat, and how far it has come."""

    application: ApplicationView
    batch: BatchView
    hours: HoursView
    lessons: tuple[Lesson, ...]
    result: ResultView | None
    certificate: CertificateView | None

    @property
    def next_lesson(self) -> Lesson | None:
        """The lesson that goes on now or comes next."""
        return next((each for each in self.lessons if not each.is_over), None)

    @property
    def hours_left(self) -> int:
        """How many class hours the person has not attended yet."""
        return max(0, self.batch.planned_hours - self.hours.hours_present)

    @property
    def missed(self) -> int:
        """How many lessons were recorded as missed."""
        return sum(1 for each in self.lessons if each.seen is not None and not each.seen.was_there)

    @property
    def is_begun(self) -> bool:
        """Tell whether the first lesson has begun."""
        return bool(self.lessons) and self.lessons[0].session.starts_at <= clock.now()

    def part(self, name: str) -> tuple[Lesson, ...]:
        """Return the lessons of theory or practice."""
        return tuple(each for each in self.lessons if each.session.part == name)


@dataclass(frozen=True)
class Learning:
    """All that a trainee has applied for; `current` is the class that matters now."""

    applications: tuple[ApplicationView, ...]
    batches: dict[int, BatchView]
    current: ClassProgress | None
    certificates: tuple[CertificateView, ...]

    @property
    def open_applications(self) -> tuple[ApplicationView, ...]:
        """The applications on which something can still happen, the newest first."""
        return tuple(each for each in self.applications if each.is_active and self.is_ahead(each))

    @property
    def waiting(self) -> ApplicationView | None:
        """The latest application that holds no seat yet."""
        return next((each for each in self.open_applications if each.state != "enrolled"), None)

    def is_ahead(self, application: ApplicationView) -> bool:
        """Tell whether the class of an application is not over yet."""
        batch = self.batches[application.batch_id]
        return batch.state == "published" and not batch.is_taught


def of_person(person_id: int) -> Learning:
    """Return a person's training; the caller has checked that it may be seen."""
    found = applications.of_person(person_id)
    classes = batches.many([each.batch_id for each in found])
    held = certificates.certificates_of(person_id)
    return Learning(found, classes, _current(found, classes, held), held)


def _current(
    found: tuple[ApplicationView, ...], classes: dict[int, BatchView], held: tuple[CertificateView, ...]
) -> ClassProgress | None:
    """Return the class with the next lesson, else the latest one that is over and has led to nothing yet."""
    certified = {each.application_id: each for each in reversed(held)}  # of versions the newest
    seated = [
        each
        for each in found
        if each.state == "enrolled"
        and classes[each.batch_id].state != GONE
        and classes[each.batch_id].sessions
    ]
    ahead = [each for each in seated if not classes[each.batch_id].is_taught]
    if ahead:
        chosen = min(ahead, key=lambda each: _next_at(classes[each.batch_id]))
        return progress(chosen, classes[chosen.batch_id], certified.get(chosen.id))
    open_end = [
        each for each in seated if each.id not in certified and _is_remembered(classes[each.batch_id])
    ]
    if not open_end:
        return None
    chosen = max(open_end, key=lambda each: classes[each.batch_id].ends_on)
    return progress(chosen, classes[chosen.batch_id], None)


def _is_remembered(batch: BatchView) -> bool:
    """Tell whether a class that is over still matters: its record is open, or it ended not long ago."""
    return batch.state == "published" or batch.sessions[-1].ends_at > clock.now() - REMEMBERED


def _next_at(batch: BatchView) -> datetime:
    return next(each.starts_at for each in batch.sessions if each.ends_at > clock.now())


def progress(
    application: ApplicationView, batch: BatchView, certificate: CertificateView | None
) -> ClassProgress:
    """Return how far a class has come for the person who holds this seat."""
    seen = presence.of_application(application.id)
    now = clock.now()
    return ClassProgress(
        application=application,
        batch=batch,
        hours=attendance.hours(application.id),
        lessons=tuple(
            Lesson(number, each, seen.get(each.id), each.ends_at <= now)
            for number, each in enumerate(batch.sessions, 1)
        ),
        result=results.result(application.id),
        certificate=certificate,
    )
