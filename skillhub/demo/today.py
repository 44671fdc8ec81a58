"""What is alive on the demonstration day: the articles' classes all lie in the past.

Each district has something for everybody to do: a class that takes applications, one
in class or ready to certify, one filed for approval, an order that waits for its visit,
and claims at every step.
"""

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
from skillhub.demo import data, places
from skillhub.demo.history import LOADER, in_units, known_people

MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)
OPEN_BATCH = "LN-37"
OPENS_SOON = "LN-40"


@dataclass(frozen=True, kw_only=True)
class Alive:
    """A class around the demonstration day; days count from it, `seated` people have applied.

    The first `theory` meetings are theory. What is only filed waits for an officer's approval.
    """

    code: str
    district: str
    course: str
    body: str
    trainer: str
    seats: int
    opens: timedelta
    days: tuple[int, ...]
    hour: int = 9
    minutes: int = 180
    theory: int = 1
    seated: int = 0
    is_marked: bool = False
    is_filed_only: bool = False


def _days(count: int) -> timedelta:
    return timedelta(days=count)


LUNAN = (
    Alive(
        code=OPEN_BATCH,
        district="130202",
        course="C-LN-TIDY",
        body="B-LN-1",
        trainer="T11",
        seats=20,
        opens=_days(-2),
        days=(14, 15, 16, 17, 18),
        theory=2,
        seated=13,
    ),
    Alive(
        code="LN-38",
        district="130202",
        course="C-LN-CLEAN",
        body="B-LN-1",
        trainer="T09",
        seats=16,
        opens=_days(-20),
        days=(-4, -3, 0, 1, 2),
        theory=2,
        seated=12,
    ),
    Alive(
        code="LN-39",
        district="130202",
        course="C-LN-BABY",
        body="B-LN-1",
        trainer="T11",
        seats=10,
        opens=_days(-25),
        days=(-7, -6, -5, -4, -3),
        hour=14,
        theory=2,
        seated=8,
        is_marked=True,
    ),
    Alive(
        code=OPENS_SOON,
        district="130202",
        course="C-LN-COOK",
        body="B-LN-2",
        trainer="T12",
        seats=12,
        opens=10 * MINUTES,
        days=(21, 22, 23, 24, 25),
        theory=2,
    ),
    Alive(
        code="LN-41",
        district="130202",
        course="C-LN-CLEAN",
        body="B-LN-2",
        trainer="T10",
        seats=8,
        opens=_days(-3),
        days=(10, 11, 12, 13, 16),
        hour=14,
        theory=2,
        seated=11,
    ),
)
LIWAN = (
    Alive(
        code="LW-LIV-16",
        district="440103",
        course="C-LW-LIV",
        body="B-LW-1",
        trainer="T04",
        seats=20,
        opens=_days(-1),
        days=(9, 10, 11, 12, 13, 14),
        theory=2,
        seated=26,
    ),
    Alive(
        code="LW-VID-16",
        district="440103",
        course="C-LW-VID",
        body="B-LW-1",
        trainer="T03",
        seats=20,
        opens=_days(-12),
        days=(-3, -2, 0, 1, 2, 3),
        theory=2,
        seated=17,
    ),
    Alive(
        code="LW-UAV-16",
        district="440103",
        course="C-LW-UAV",
        body="B-LW-2",
        trainer="T02",
        seats=20,
        opens=_days(-2),
        days=(16, 17, 18, 19, 20, 21),
        theory=2,
        seated=9,
    ),
    Alive(
        code="LW-LIV-17",
        district="440103",
        course="C-LW-LIV",
        body="B-LW-1",
        trainer="T04",
        seats=20,
        opens=_days(6),
        days=(28, 29, 30, 31, 32, 33),
        theory=2,
        is_filed_only=True,
    ),
)
SHANGCHENG = (
    Alive(
        code="SC-LIV-02",
        district="330102",
        course="C-SC-LIV",
        body="B-SC-1",
        trainer="T06",
        seats=20,
        opens=_days(-2),
        days=(14, 15, 16, 17),
        seated=8,
    ),
    Alive(
        code="SC-COF-02",
        district="330102",
        course="C-SC-COF",
        body="B-SC-1",
        trainer="T06",
        seats=12,
        opens=_days(-14),
        days=(-2, -1, 0, 1),
        seated=10,
    ),
    Alive(
        code="SC-BAK-02",
        district="330102",
        course="C-SC-BAK",
        body="B-SC-1",
        trainer="T05",
        seats=12,
        opens=_days(-20),
        days=(-7, -6, -5, -4),
        seated=7,
        is_marked=True,
    ),
    Alive(
        code="SC-BAK-03",
        district="330102",
        course="C-SC-BAK",
        body="B-SC-1",
        trainer="T05",
        seats=12,
        opens=_days(5),
        days=(21, 22, 23, 24),
        is_filed_only=True,
    ),
)
LUZHOU = (
    Alive(
        code="LZ-DJ-02",
        district="140403",
        course="C-LZ-DJ",
        body="B-LZ-2",
        trainer="T08",
        seats=24,
        opens=_days(-10),
        days=(-3, -2, 0, 1),
        hour=14,
        minutes=135,
        seated=18,
    ),
    Alive(
        code="LZ-DJ-03",
        district="140403",
        course="C-LZ-DJ",
        body="B-LZ-2",
        trainer="T08",
        seats=24,
        opens=_days(-1),
        days=(15, 16, 17, 18),
        hour=14,
        minutes=135,
        seated=15,
    ),
    Alive(
        code="LZ-DJ-04",
        district="140403",
        course="C-LZ-DJ",
        body="B-LZ-2",
        trainer="T08",
        seats=24,
        opens=_days(4),
        days=(22, 23, 24, 25),
        hour=14,
        minutes=135,
        is_filed_only=True,
    ),
)
DADUKOU = (
    Alive(
        code="DDK-TAG-02",
        district="500104",
        course="C-DDK-TAG",
        body="B-DDK-1",
        trainer="T01",
        seats=30,
        opens=_days(-3),
        days=(11, 12, 13, 14, 15, 16),
        theory=2,
        seated=19,
    ),
    Alive(
        code="DDK-SHOP-02",
        district="500104",
        course="C-DDK-SHOP",
        body="B-DDK-1",
        trainer="T01",
        seats=30,
        opens=_days(-9),
        days=(0, 1),
        hour=14,
        seated=22,
    ),
    Alive(
        code="DDK-SHOP-03",
        district="500104",
        course="C-DDK-SHOP",
        body="B-DDK-1",
        trainer="T01",
        seats=30,
        opens=_days(3),
        days=(21, 22),
        hour=14,
        is_filed_only=True,
    ),
)
CLASSES = (*LUNAN, *LIWAN, *SHANGCHENG, *LUZHOU, *DADUKOU)


def load(day: date, left: dict[str, list[str]]) -> Iterator[int]:
    """Load the classes around the day; yield after each.

    :param left: for each district the people (numbers of the tables) who may be put into them, in
        order; who is put into one is taken out.
    """
    people = known_people()
    for each in CLASSES:
        taken = left[each.district][: each.seated]
        del left[each.district][: each.seated]
        _file(each, day, people[each.trainer])
        _enrol(each, day, [people[number] for number in taken])
        _teach(each, day)
        if each.is_marked:
            _examine(each, day)
        yield 1


def _sessions(each: Alive, day: date) -> list[PlannedSession]:
    starts = [data.on(day + timedelta(days=shift), each.hour) for shift in each.days]
    return [
        PlannedSession(
            starts_at=start,
            ends_at=start + each.minutes * MINUTES,
            part="theory" if index < each.theory else "practice",
        )
        for index, start in enumerate(starts)
    ]


def _opens_at(each: Alive, day: date) -> datetime:
    return data.on(day, 9) + each.opens


def _file(each: Alive, day: date, trainer_id: int) -> None:
    sessions = _sessions(each, day)
    place = places.BY_CODE[each.district]
    opens_at = _opens_at(each, day)
    filed_at = min(opens_at, data.on(day, 9)) - timedelta(days=5)
    if each.is_filed_only:
        filed_at = data.on(day, 9) - 26 * HOURS
    with clock.frozen_at(filed_at), unit_of_work() as unit:
        batches.file_in(
            unit,
            actor=LOADER,
            code=each.code,
            course=each.course,
            body=each.body,
            seats=each.seats,
            opens_at=opens_at,
            closes_at=sessions[0].starts_at - _before_class(each),
            sessions=sessions,
            place=Place(
                name=place.room,
                address=place.school_address,
                position=Position(lon=place.lon, lat=place.lat),
            ),
            trainer=people_queries.person(trainer_id).handle,
        )
    if not each.is_filed_only:
        with clock.frozen_at(filed_at + 6 * HOURS), unit_of_work() as unit:
            batches.publish_in(unit, actor=LOADER, code=each.code)


def _before_class(each: Alive) -> timedelta:
    return timedelta(days=1) if each.days[0] else 5 * HOURS


def _enrol(each: Alive, day: date, seated: Sequence[int]) -> None:
    batch_id = batch_queries.batch(each.code).id
    opens_at = _opens_at(each, day)

    def enter(unit: Unit, numbered: tuple[int, int]) -> None:
        index, person_id = numbered
        with clock.frozen_at(opens_at + (index * 7 + 1) * MINUTES):
            applications.apply_in(
                unit, actor=LOADER, batch_id=batch_id, person_id=person_id, channel="微信公众号"
            )

    for _ in in_units(list(enumerate(seated)), enter):
        pass


def _teach(each: Alive, day: date) -> None:
    """Record the sessions that are over; in the one of today nobody is marked yet."""
    batch = batch_queries.batch(each.code)
    over = [session for session in batch.sessions if session.ends_at < data.on(day, 9)]
    enrolled = application_queries.of_batch(batch.id, "enrolled") if over else ()
    for index, session in enumerate(over):
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
