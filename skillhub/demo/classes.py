"""Loads the classes that were taught, from filing to certificates, and the work that followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries import people as people_queries
from skillhub.base import clock, money
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries import orders as order_queries
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place
from skillhub.courses.service import applications, attendance, batches, orders, results
from skillhub.courses.service.attendance import Mark
from skillhub.courses.service.results import Marks
from skillhub.credentials.service import issue
from skillhub.credit.queries import engagements as engagement_queries
from skillhub.credit.service import engagements, ratings
from skillhub.demo import data
from skillhub.demo.data import Row
from skillhub.demo.history import DISTRICT, LOADER, REGISTER, in_units, person_id

SCHOOL_ADDRESS = "路南区友谊街道实训楼（虚构）"
HOUR = timedelta(hours=1)


class Classes:
    """Loads batch by batch, in the order in which they were filed; `load` yields after each."""

    def __init__(self) -> None:
        """Sort the rows by the batch to which they belong."""
        self.batches = sorted(data.table("batches"), key=lambda row: (row["filed_on"], row["batch_id"]))
        self.sessions = _grouped("sessions", "batch_id")
        self.enrolments = _grouped("enrolments", "batch_id")
        self.results = _grouped("results", "batch_id")
        self.marks = _grouped("attendance", "session_id")
        self.rooms = {row["room_id"]: row["name"] for row in data.table("rooms")}

    def load(self) -> Iterator[int]:
        """Load every batch with all that happened in it."""
        for row in self.batches:
            self._file(row)
            receipts = self._enrol(row)
            self._teach(row, receipts)
            self._examine(row, receipts)
            self._certify(row, receipts)
            yield 1
        self._complete_orders()

    def _file(self, row: Row) -> None:
        sessions = sorted(self.sessions[row["batch_id"]], key=lambda each: (each["date"], each["start"]))
        trainer = people_queries.with_alias(REGISTER, sessions[0]["trainer_id"])
        if trainer is None:
            raise LookupError(sessions[0]["trainer_id"])
        opens_at = data.instant(row["opens_at"])
        planned = [
            PlannedSession(
                starts_at=data.instant(f"{each['date']}T{each['start']}"),
                ends_at=data.instant(f"{each['date']}T{each['end']}"),
                part=each["part"],
                hours=int(each["class_hours"]),
            )
            for each in sessions
        ]
        filed_at = data.on(data.known_day(row["filed_on"]), 8)
        with clock.frozen_at(filed_at), unit_of_work() as unit:
            batches.file_in(
                unit,
                actor=LOADER,
                code=row["batch_id"],
                course=row["course_id"],
                order=row["order_id"] or None,
                body=row["body_id"],
                seats=int(row["seats"]),
                opens_at=opens_at,
                closes_at=planned[0].starts_at - HOUR,
                sessions=planned,
                place=Place(name=self.rooms[sessions[0]["room_id"]], address=SCHOOL_ADDRESS, position=None),
                trainer=trainer.handle,
            )
        with clock.frozen_at(opens_at - HOUR), unit_of_work() as unit:
            batches.publish_in(unit, actor=LOADER, code=row["batch_id"])

    def _enrol(self, row: Row) -> dict[str, str]:
        """Enter the applications in the order of arrival; return the receipts by the tables' numbers."""
        batch_id = batch_queries.batch(row["batch_id"]).id
        receipts: dict[str, str] = {}

        def enter(unit: Unit, each: Row) -> None:
            with clock.frozen_at(data.instant(each["applied_at"])):
                employer = each["promised_employer_id"]
                receipts[each["enrolment_id"]] = applications.apply_in(
                    unit,
                    actor=LOADER,
                    batch_id=batch_id,
                    person_id=person_id(each["person_id"]),
                    channel=each["channel"],
                    registered_by=each["registered_by"] or None,
                    promised_employer_id=organisations.by_code(employer).id if employer else None,
                    historic_number=each["receipt_no"],
                )

        ordered = sorted(self.enrolments[row["batch_id"]], key=lambda each: each["applied_at"])
        for _ in in_units(ordered, enter):
            pass
        return receipts

    def _teach(self, row: Row, receipts: dict[str, str]) -> None:
        held = batch_queries.batch(row["batch_id"]).sessions
        told = sorted(self.sessions[row["batch_id"]], key=lambda each: (each["date"], each["start"]))
        for session, each in zip(held, told, strict=True):
            marks = [
                Mark(
                    receipt=receipts[mark["enrolment_id"]],
                    state=mark["status"],
                    minutes=int(mark["minutes"] or 0),
                    method=mark["method"] or "staff",
                    evidence=mark["evidence"] or None,
                )
                for mark in self.marks[each["session_id"]]
            ]
            with clock.frozen_at(session.ends_at + timedelta(minutes=10)), unit_of_work() as unit:
                attendance.record_in(unit, actor=LOADER, session=session.handle, marks=marks)

    def _examine(self, row: Row, receipts: dict[str, str]) -> None:
        marks = [
            Marks(
                receipt=receipts[each["enrolment_id"]],
                theory=int(each["theory"]) if each["theory"] else None,
                practice=int(each["practice"]) if each["practice"] else None,
            )
            for each in self.results[row["batch_id"]]
        ]
        with clock.frozen_at(_evening(data.known_day(row["ends_on"]))):
            decided = results.decided(batch=row["batch_id"], marks=marks)
            with unit_of_work() as unit:
                results.record_in(unit, actor=LOADER, batch=row["batch_id"], decisions=decided)
            with unit_of_work() as unit:
                batches.close_in(unit, actor=LOADER, code=row["batch_id"])

    def _certify(self, row: Row, receipts: dict[str, str]) -> None:
        """Issue the certificates under the numbers and on the days that they bear."""
        told = [each for each in self.results[row["batch_id"]] if each["certificate_no"]]
        held = {
            each.receipt: each.id
            for each in application_queries.of_batch(batch_queries.batch(row["batch_id"]).id)
        }

        def certify(unit: Unit, each: Row) -> None:
            issued_on = data.known_day(each["issued_on"])
            with clock.frozen_at(data.on(issued_on, 10)):
                issue.issue_in(
                    unit,
                    actor=LOADER,
                    application_id=held[receipts[each["enrolment_id"]]],
                    number=each["certificate_no"],
                    issued_on=issued_on,
                )

        for _ in in_units(sorted(told, key=lambda each: each["certificate_no"]), certify):
            pass

    def _complete_orders(self) -> None:
        for row in data.table("orders"):
            if row["state"] != "completed":
                continue
            last = max(
                data.known_day(each["ends_on"])
                for each in self.batches
                if each["order_id"] == row["order_id"]
            )
            with clock.frozen_at(_evening(last) + HOUR), unit_of_work() as unit:
                orders.complete_in(unit, actor=LOADER, code=row["order_id"])


def load_work() -> Iterator[int]:
    """Load the work that followed, and the stars that employers gave for it.

    The table has no last day: it follows from the days worked. Ratings by workers
    and those that were taken back later are not loaded.
    """
    stars = {row["placement_id"]: row for row in data.table("ratings") if row["state"] == "valid"}

    def load(unit: Unit, row: Row) -> None:
        started_on = data.known_day(row["started_on"])
        days = int(row["days_worked"] or 1)
        told_on = data.day(row["evidence_on"]) or started_on
        order = order_queries.order(row["order_id"]) if row["order_id"] else None
        with clock.frozen_at(data.on(told_on, 17)):
            public_id = engagements.record_in(
                unit,
                actor=LOADER,
                person_id=person_id(row["person_id"]),
                employer_id=organisations.by_code(row["employer_id"]).id,
                district=DISTRICT,
                order_id=order.id if order else None,
                batch_id=batch_queries.batch(row["batch_id"]).id if row["batch_id"] else None,
                kind=row["kind"],
                started_on=started_on,
                ended_on=engagements.last_day(started_on, days),
                days_worked=days,
                pay_fen=money.fen(row["pay_yuan"]) if row["pay_yuan"] else None,
                place=row["place"] or None,
                evidence=row["evidence"] or None,
                evidence_on=told_on,
            )
        rating = stars.get(row["placement_id"])
        if rating is not None:
            _rate(unit, public_id, rating)

    yield from in_units(data.table("placements"), load, 15)


def _rate(unit: Unit, public_id: str, row: Row) -> None:
    with clock.frozen_at(data.on(data.known_day(row["created_on"]), 18)):
        ratings.rate_in(
            unit,
            actor=LOADER,
            engagement=engagement_queries.engagement(public_id),
            stars=int(row["stars"]),
            comment=row["comment"] or None,
        )


def _evening(day: date) -> datetime:
    return data.on(day, 20)


def _grouped(table: str, column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in data.table(table):
        groups[row[column]].append(row)
    return groups
