"""Loads what is alive on the demonstration day, so that everybody's home page opens on something to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from skillhub.accounts.queries import people as people_queries
from skillhub.accounts.rules.consents import BASIC, Given
from skillhub.accounts.service import people
from skillhub.base import clock, money
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.batches import BatchView, SessionView
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.service import applications, attendance, batches, entering, orders, results
from skillhub.courses.service.attendance import Mark, Sheet
from skillhub.courses.service.entering import Arrival
from skillhub.courses.service.results import Marks
from skillhub.credentials.service import bulk
from skillhub.demo import data
from skillhub.demo.alive import (
    CLAIMS,
    CLASSES,
    ORDERS,
    PLACES,
    REASONS,
    WALK_INS,
    Alive,
    Asked,
    Claimed,
    Stage,
)
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, Known, in_units
from skillhub.demo.offers import VISITOR
from skillhub.subsidy.rules.steps import Step
from skillhub.subsidy.service import claims

MINUTES = timedelta(minutes=1)
LESSON_HOURS, LESSON_CLASS_HOURS = 3, 4
PAID = Claimed("LN-ORD-01", 0, (Step.SUBMISSION, Step.APPROVAL, Step.PAYMENT))
PAID_ON = "2025-04-21"


class Today:
    """Loads orders, classes, walk-ins and claims around a day; `load` yields after each."""

    def __init__(self, day: date, spare: Mapping[str, Sequence[str]]) -> None:
        """Take the people (numbers, by district) who are free, in the order in which to seat them."""
        self.day = day
        self.courses: dict[str, Row] = {row["course_id"]: row for row in data.table("courses")}
        self.known = Known()
        self.seated: dict[str, list[str]] = defaultdict(list)
        left = {district: list(numbers) for district, numbers in spare.items()}
        for each in CLASSES:
            district = self._district(each)
            self.seated[each.code] = left[district][: each.seated]
            left[district] = left[district][each.seated :]
        self.free = {district: numbers[-1] for district, numbers in left.items()}

    @property
    def of(self) -> int:
        """How many items there are to load."""
        return len(ORDERS) + len(CLASSES) + len(WALK_INS) + len(CLAIMS) + 1

    def load(self) -> Iterator[int]:
        """Load everything, what rests on something else after it."""
        yield from in_units(ORDERS, self._ask)
        for each in CLASSES:
            self._file(each)
            if each.stage is not Stage.FILED:
                self._enrol(each)
                self._teach(each)
            if each.stage in (Stage.EXAMINED, Stage.CERTIFIED):
                self._examine(each)
            if each.stage is Stage.CERTIFIED:
                self._certify(each)
            yield 1
        yield from in_units(tuple(WALK_INS.items()), self._walk_in)
        _claim(PAID, data.on(data.known_day(PAID_ON), 10))
        for claimed in CLAIMS:
            _claim(claimed, data.on(self._on(-claimed.days_ago), 15))
        yield len(CLAIMS) + 1

    def _on(self, shift: int) -> date:
        return self.day + timedelta(days=shift)

    def _district(self, each: Alive) -> str:
        return self.courses[each.course]["district_code"]

    def _ask(self, unit: Unit, asked: Asked) -> None:
        course = self.courses[asked.course]
        with clock.frozen_at(data.on(self._on(-asked.days_ago), 10)):
            orders.place_in(
                unit,
                actor=LOADER,
                code=asked.code,
                district=course["district_code"],
                employer=asked.employer,
                course=asked.course,
                trade=course["trade"],
                occupation=course["occupation_code"] or None,
                heads=asked.heads,
                skills=(),
                wage_fen=money.fen(str(asked.wage_yuan)),
                wage_unit="day",
                starts_on=self._on(30),
                promised_jobs=asked.heads,
            )
        if asked.is_approved:
            with clock.frozen_at(data.on(self._on(2 - asked.days_ago), 15)):
                orders.record_visit_in(
                    unit,
                    actor=LOADER,
                    code=asked.code,
                    on=self._on(2 - asked.days_ago),
                    by=VISITOR,
                    result="属实",
                )
                orders.decide_in(unit, actor=LOADER, code=asked.code, decision="approved")

    def _sessions(self, each: Alive) -> list[PlannedSession]:
        theory = max(1, int(self.courses[each.course]["hours_theory"]) // LESSON_CLASS_HOURS)
        return [
            PlannedSession(
                starts_at=data.on(self._on(shift), each.hour),
                ends_at=data.on(self._on(shift), each.hour + LESSON_HOURS),
                part="theory" if index < theory else "practice",
            )
            for index, shift in enumerate(each.days)
        ]

    def _opens_at(self, each: Alive) -> datetime:
        return data.on(self.day, 9) + each.opens

    def _file(self, each: Alive) -> None:
        sessions = self._sessions(each)
        opens_at = self._opens_at(each)
        filed_at = min(opens_at, data.on(self.day, 9)) - timedelta(days=5)
        with clock.frozen_at(filed_at), unit_of_work() as unit:
            batches.file_in(
                unit,
                actor=LOADER,
                code=each.code,
                course=each.course,
                order=each.order,
                body=each.body,
                seats=each.seats,
                opens_at=opens_at,
                closes_at=sessions[0].starts_at - timedelta(days=1),
                sessions=sessions,
                place=PLACES[self._district(each)],
                trainer=people_queries.person(self.known.person(each.trainer)).handle,
            )
        if each.stage is not Stage.FILED:
            with clock.frozen_at(filed_at + timedelta(hours=6)), unit_of_work() as unit:
                batches.publish_in(unit, actor=LOADER, code=each.code)

    def _enrol(self, each: Alive) -> None:
        opens_at = self._opens_at(each)
        arrivals = [
            Arrival(
                person_id=self.known.person(number),
                at=opens_at + (index * 7 + 1) * MINUTES,
                channel="微信公众号",
            )
            for index, number in enumerate(self.seated[each.code])
        ]
        with unit_of_work() as unit:
            batch = batch_queries.batch(each.code)
            entering.enter_in(unit, actor=LOADER, batch_id=batch.id, arrivals=arrivals)

    def _teach(self, each: Alive) -> None:
        """Record the lessons that are over; in the one of today nobody is marked yet."""
        batch = batch_queries.batch(each.code)
        enrolled = application_queries.of_batch(batch.id, "enrolled")
        sheets = [
            Sheet(session.handle, _marks(session, index, enrolled), session.ends_at + 10 * MINUTES)
            for index, session in enumerate(batch.sessions)
            if session.ends_at < data.on(self.day, 9)
        ]
        with unit_of_work() as unit:
            attendance.record_all_in(unit, actor=LOADER, sheets=sheets)

    def _examine(self, each: Alive) -> None:
        """Record the marks; one person fails, and courses that end without a test have no marks."""
        batch: BatchView = batch_queries.batch(each.code)
        is_tested = self.courses[each.course]["certificate_kind"] == "training"
        marks = [
            Marks(
                receipt=one.receipt,
                theory=72 + number * 3 % 25 if is_tested else None,
                practice=(80 + number * 5 % 18 if number else 52) if is_tested else None,
            )
            for number, one in enumerate(application_queries.of_batch(batch.id, "enrolled"))
        ]
        with clock.frozen_at(data.on(self._on(each.days[-1] + 1), 10)):
            decided = results.decided(batch=each.code, marks=marks)
            with unit_of_work() as unit:
                results.record_in(unit, actor=LOADER, batch=each.code, decisions=decided)

    def _certify(self, each: Alive) -> None:
        with clock.frozen_at(data.on(self._on(each.days[-1] + 2), 10)):
            for _ in bulk.issue_each(actor=LOADER, batch=each.code):
                pass

    def _walk_in(self, unit: Unit, walk_in: tuple[str, tuple[str, str, str]]) -> None:
        district, (name, phone, batch) = walk_in
        at = data.on(self._on(-1), 16)
        with clock.frozen_at(at):
            person_id = people.register_in(
                unit,
                actor=LOADER,
                name=name,
                id_type=None,
                id_number=None,
                phone=phone,
                district=district,
                consents=[Given(BASIC, "2025-10", at)],
                channel="窗口",
                registered_by="窗口代办",
                is_fictitious=True,
            )
            applications.apply_in(
                unit,
                actor=LOADER,
                batch_id=batch_queries.batch(batch).id,
                person_id=person_id,
                channel="窗口",
                registered_by="窗口代办",
            )


def _marks(session: SessionView, index: int, enrolled: Sequence[ApplicationView]) -> list[Mark]:
    """Return that everybody was there, each seventh a quarter of an hour late."""
    whole = int((session.ends_at - session.starts_at) / MINUTES)
    return [
        Mark(receipt=one.receipt, state="late", minutes=whole - 15, method="code+staff", evidence="A")
        if (number + index) % 7 == 0
        else Mark(receipt=one.receipt, state="present", minutes=whole, method="code+staff", evidence="A")
        for number, one in enumerate(enrolled)
    ]


def _claim(claimed: Claimed, at: datetime) -> None:
    with clock.frozen_at(at):
        made = claims.make(actor=LOADER, batch=claimed.batch)
    for index, step in enumerate(claimed.steps):
        with clock.frozen_at(at + timedelta(days=index, hours=1)):
            claims.take(actor=LOADER, claim=made, step=step, reason=REASONS.get(step))
