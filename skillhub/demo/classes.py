"""Loads the classes that were taught, from filing to certificates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries import people as people_queries
from skillhub.base import clock
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place
from skillhub.courses.service import applications, attendance, batches, orders, results
from skillhub.courses.service.attendance import Mark
from skillhub.courses.service.results import Marks
from skillhub.credentials.service import issue
from skillhub.demo import data, places
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, REGISTER, in_units, known_people

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
WITHDRAWN = "withdrawn"


class Classes:
    """Loads batch by batch, in the order in which they were filed; `load` yields after each."""

    def __init__(self) -> None:
        """Sort the rows by the batch to which they belong."""
        taught = [row for row in data.table("batches") if row["kind"] == "batch"]
        self.batches = sorted(taught, key=lambda row: (row["filed_on"], row["batch_id"]))
        self.people: dict[str, int] = {}
        self.sessions = _grouped("sessions", "batch_id")
        self.enrolments = _grouped("enrolments", "batch_id")
        self.results = _grouped("results", "batch_id")
        self.marks = _grouped("attendance", "session_id")
        self.rooms = {row["room_id"]: row["name"] for row in data.table("rooms")}

    def load(self) -> Iterator[int]:
        """Load every batch with all that happened in it."""
        self.people = known_people()
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
                place=Place(
                    name=self.rooms[sessions[0]["room_id"]],
                    address=places.BY_CODE[row["district_code"]].school_address,
                    position=None,
                ),
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
                    person_id=self.people[each["person_id"]],
                    channel=each["channel"],
                    registered_by=each["registered_by"] or None,
                    promised_employer_id=organisations.by_code(employer).id if employer else None,
                    historic_number=each["receipt_no"],
                )

        ordered = sorted(self.enrolments[row["batch_id"]], key=lambda each: each["applied_at"])
        for _ in in_units(ordered, enter):
            pass
        self._withdraw([each for each in ordered if each["state"] == WITHDRAWN], ordered[-1], receipts)
        return receipts

    def _withdraw(self, rows: list[Row], last: Row, receipts: dict[str, str]) -> None:
        """Let people withdraw, an hour after the last application: whoever waited first moves up.

        The tables do not say when; they say who, and who moved up for them.
        """
        first_at = data.instant(last["applied_at"]) + HOUR

        def leave(unit: Unit, numbered: tuple[int, Row]) -> None:
            index, each = numbered
            with clock.frozen_at(first_at + index * MINUTE):
                applications.withdraw_in(
                    unit,
                    actor=Actor(self.people[each["person_id"]]),
                    receipt=receipts[each["enrolment_id"]],
                    is_told=False,
                )

        for _ in in_units(list(enumerate(rows)), leave):
            pass

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


def _evening(day: date) -> datetime:
    return data.on(day, 22, 30)  # evening classes end at ten


def _grouped(table: str, column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in data.table(table):
        groups[row[column]].append(row)
    return groups
