"""What a school or a trainer has to do today: the lessons, and what the record of each class still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from skillhub.base import clock
from skillhub.base.access import Actor, Role
from skillhub.courses.queries import teaching
from skillhub.courses.queries.batches import BatchView, SessionView
from skillhub.credentials.queries import holdings
from skillhub.districts import queries as districts
from skillhub.subsidy.queries import claims

LOOKED_BACK = timedelta(days=90)
"""How long after its end a closed class still shows what its record lacks."""


class Lack(StrEnum):
    """What the record of a class still lacks, in the order in which it is done."""

    ATTENDANCE = "attendance"
    MARKS = "marks"
    CERTIFICATES = "certificates"
    CLAIM = "claim"


@dataclass(frozen=True)
class Lesson:
    """One lesson of one of the actor's classes."""

    batch: BatchView
    session: SessionView
    number: int
    is_recorded: bool

    @property
    def has_begun(self) -> bool:
        """Tell whether attendance can be taken."""
        return self.session.starts_at <= clock.now()

    @property
    def is_over(self) -> bool:
        """Tell whether it has ended."""
        return self.session.ends_at <= clock.now()


@dataclass(frozen=True)
class Task:
    """Something that the record of a class lacks; `heads` are the people whom it concerns."""

    lack: Lack
    batch: BatchView
    heads: int
    lesson: Lesson | None = None


@dataclass(frozen=True)
class Teaching:
    """The classes of a school or a trainer, by what they ask for."""

    today: tuple[Lesson, ...]
    upcoming: Lesson | None
    tasks: tuple[Task, ...]
    filed: tuple[BatchView, ...]
    running: tuple[BatchView, ...]
    later: tuple[BatchView, ...]

    @property
    def first(self) -> Lesson | None:
        """The lesson of today that goes on or comes next, else the last one of today."""
        return next((each for each in self.today if not each.is_over), self.today[-1] if self.today else None)


def of_actor(actor: Actor) -> Teaching:
    """Return what the actor's classes ask for.

    :raises Forbidden: the actor is neither school nor trainer.
    """
    today = clock.now()
    found = teaching.own(actor, since=(today - LOOKED_BACK).date())
    lessons = _lessons(found)
    live = [each for each in found if each.state == "published"]
    begun = [each for each in live if each.sessions and each.sessions[0].starts_at <= today]
    return Teaching(
        today=tuple(each for each in lessons if _is_today(each)),
        upcoming=next((each for each in lessons if not each.is_over), None),
        tasks=(*_unrecorded(lessons), *_unfinished(actor, found)),
        filed=tuple(each for each in found if each.state == "draft"),
        running=tuple(each for each in begun if not each.is_taught),
        later=tuple(each for each in live if each not in begun),
    )


def _lessons(found: tuple[BatchView, ...]) -> list[Lesson]:
    """Return all lessons of the classes that take place, in order of time."""
    live = [each for each in found if each.state == "published"]
    recorded = teaching.recorded([session.id for each in live for session in each.sessions])
    lessons = [
        Lesson(batch, session, number, session.id in recorded)
        for batch in live
        for number, session in enumerate(batch.sessions, 1)
    ]
    return sorted(lessons, key=lambda each: (each.session.starts_at, each.batch.id))


def _is_today(lesson: Lesson) -> bool:
    zone = districts.district(lesson.batch.district).zone
    return lesson.session.starts_at.astimezone(ZoneInfo(zone)).date() == clock.today(zone)


def _unrecorded(lessons: list[Lesson]) -> list[Task]:
    return [
        Task(Lack.ATTENDANCE, each.batch, each.batch.taken, each)
        for each in lessons
        if each.is_over and not each.is_recorded and each.batch.taken
    ]


def _unfinished(actor: Actor, found: tuple[BatchView, ...]) -> list[Task]:
    """Return the classes that lack marks, certificates or a claim, the earliest of each kind first."""
    over = [each for each in found if each.state != "draft" and each.is_taught and each.taken]
    ids = [each.id for each in over]
    marked, certifiable, issued = teaching.marked(ids), teaching.certifiable(ids), holdings.issued_for(ids)
    own = sorted(actor.organisations(Role.SCHOOL))
    claimed = {each.batch_id for each in claims.of_bodies(own)} if own else set()
    tasks = []
    for each in over:
        passed = certifiable.get(each.id, frozenset())
        if each.state == "published" and marked.get(each.id, 0) < each.taken:
            tasks.append(Task(Lack.MARKS, each, each.taken - marked.get(each.id, 0)))
        if passed - issued:
            tasks.append(Task(Lack.CERTIFICATES, each, len(passed - issued)))
        elif passed and each.body_id in own and each.id not in claimed:
            tasks.append(Task(Lack.CLAIM, each, len(passed & issued)))
    order = list(Lack)
    return sorted(tasks, key=lambda task: (order.index(task.lack), task.batch.ends_on, task.batch.id))
