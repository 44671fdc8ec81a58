"""What is alive on the demonstration day: the article's classes all lie in the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from skillhub.accounts.queries import people as people_queries
from skillhub.base import clock
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place, Position
from skillhub.courses.service import applications, attendance, batches, results
from skillhub.courses.service.attendance import Mark
from skillhub.courses.service.results import Marks
from skillhub.demo import data
from skillhub.demo.classes import SCHOOL_ADDRESS
from skillhub.demo.history import LOADER, REGISTER, in_units, person_id
from skillhub.subsidy.rules.steps import Step
from skillhub.subsidy.service import claims

PLACE = Place(name="家政实训室", address=SCHOOL_ADDRESS, position=Position(lon=118.1620, lat=39.6230))
MINUTES = timedelta(minutes=1)
OPEN_BATCH = "LN-37"


@dataclass(frozen=True)
class Alive:
    """A class around the demonstration day; days count from it, `seated` people have applied."""

    code: str
    course: str
    body: str
    trainer: str
    seats: int
    opens: timedelta
    days: tuple[int, ...]
    hour: int
    seated: int


CLASSES = (
    Alive(OPEN_BATCH, "C-LN-TIDY", "B-LN-1", "T11", 20, timedelta(days=-2), (14, 15, 16, 17, 18), 9, 13),
    Alive("LN-38", "C-LN-CLEAN", "B-LN-1", "T09", 16, timedelta(days=-20), (-4, -3, 0, 1, 2), 9, 12),
    Alive("LN-39", "C-LN-BABY", "B-LN-1", "T11", 10, timedelta(days=-25), (-7, -6, -5, -4, -3), 14, 8),
    Alive("LN-40", "C-LN-COOK", "B-LN-2", "T12", 12, timedelta(minutes=10), (21, 22, 23, 24, 25), 9, 0),
    Alive("LN-41", "C-LN-CLEAN", "B-LN-2", "T10", 8, timedelta(days=-3), (10, 11, 12, 13, 16), 14, 11),
)
TO_CERTIFY = "LN-39"
TO_CLAIM = "LN-35"
PAID = "LN-ORD-01"


def load(day: date, spare: Sequence[str]) -> Iterator[int]:
    """Load the classes around the day with people who are in no other; yield after each."""
    left = list(spare)
    for each in CLASSES:
        seated, left = left[: each.seated], left[each.seated :]
        _file(each, day)
        _enrol(each, day, seated)
        _teach(each, day)
        if each.code == TO_CERTIFY:
            _examine(each, day)
        yield 1
    _claim(PAID, data.on(data.known_day("2025-04-21"), 10), (Step.SUBMISSION, Step.APPROVAL, Step.PAYMENT))
    _claim(TO_CLAIM, data.on(day - timedelta(days=3), 15), (Step.SUBMISSION,))
    yield 1


def _sessions(each: Alive, day: date) -> list[PlannedSession]:
    return [
        PlannedSession(
            starts_at=data.on(day + timedelta(days=shift), each.hour),
            ends_at=data.on(day + timedelta(days=shift), each.hour + 3),
            part="theory" if index < 2 else "practice",  # noqa: PLR2004 (two days of theory, as in all these courses)
        )
        for index, shift in enumerate(each.days)
    ]


def _opens_at(each: Alive, day: date) -> datetime:
    return data.on(day, 9) + each.opens


def _file(each: Alive, day: date) -> None:
    sessions = _sessions(each, day)
    trainer = people_queries.with_alias(REGISTER, each.trainer)
    if trainer is None:
        raise LookupError(each.trainer)
    opens_at = _opens_at(each, day)
    filed_at = min(opens_at, data.on(day, 9)) - timedelta(days=5)
    with clock.frozen_at(filed_at), unit_of_work() as unit:
        batches.file_in(
            unit,
            actor=LOADER,
            code=each.code,
            course=each.course,
            body=each.body,
            seats=each.seats,
            opens_at=opens_at,
            closes_at=sessions[0].starts_at - timedelta(days=1),
            sessions=sessions,
            place=PLACE,
            trainer=trainer.handle,
        )
    with clock.frozen_at(filed_at + timedelta(hours=6)), unit_of_work() as unit:
        batches.publish_in(unit, actor=LOADER, code=each.code)


def _enrol(each: Alive, day: date, seated: Sequence[str]) -> None:
    batch_id = batch_queries.batch(each.code).id
    opens_at = _opens_at(each, day)

    def enter(unit: Unit, numbered: tuple[int, str]) -> None:
        index, number = numbered
        with clock.frozen_at(opens_at + (index * 7 + 1) * MINUTES):
            applications.apply_in(
                unit, actor=LOADER, batch_id=batch_id, person_id=person_id(number), channel="微信公众号"
            )

    for _ in in_units(list(enumerate(seated)), enter):
        pass


def _teach(each: Alive, day: date) -> None:
    """Record the sessions that are over; in the one of today nobody is marked yet."""
    batch = batch_queries.batch(each.code)
    enrolled = application_queries.of_batch(batch.id, "enrolled")
    for index, session in enumerate(batch.sessions):
        if session.ends_at >= data.on(day, 9):
            break
        whole = int((session.ends_at - session.starts_at) / MINUTES)
        marks = [
            Mark(receipt=one.receipt, state="late", minutes=whole - 15, method="code+staff", evidence="A")
            if (number + index) % 7 == 0
            else Mark(receipt=one.receipt, state="present", minutes=whole, method="code+staff", evidence="A")
            for number, one in enumerate(enrolled)
        ]
        with clock.frozen_at(session.ends_at + 10 * MINUTES), unit_of_work() as unit:
            attendance.record_in(unit, actor=LOADER, session=session.handle, marks=marks)


def _examine(each: Alive, day: date) -> None:
    batch: BatchView = batch_queries.batch(each.code)
    marks = [
        Marks(
            receipt=one.receipt, theory=72 + number * 3 % 25, practice=80 + number * 5 % 18 if number else 52
        )
        for number, one in enumerate(application_queries.of_batch(batch.id, "enrolled"))
    ]
    with clock.frozen_at(data.on(day - timedelta(days=2), 10)):
        decided = results.decided(batch=each.code, marks=marks)
        with unit_of_work() as unit:
            results.record_in(unit, actor=LOADER, batch=each.code, decisions=decided)


def _claim(batch: str, at: datetime, steps: Sequence[Step]) -> None:
    with clock.frozen_at(at):
        made = claims.make(actor=LOADER, batch=batch)
    for index, step in enumerate(steps):
        with clock.frozen_at(at + timedelta(days=index, hours=1)):
            claims.take(actor=LOADER, claim=made, step=step)
