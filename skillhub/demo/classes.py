"""Loads the classes that were taught, from filing to certificates, each step when it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from skillhub.accounts.queries import people as people_queries
from skillhub.base import clock
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.queries import batches as batch_queries
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place
from skillhub.courses.service import applications, attendance, batches, entering, offers, orders, results
from skillhub.courses.service.attendance import Mark, Sheet
from skillhub.courses.service.entering import Arrival
from skillhub.courses.service.results import Decided, Marks
from skillhub.credentials.service import register
from skillhub.demo import data
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, Known
from skillhub.demo.places import ABOUT

HOUR = timedelta(hours=1)


class Classes:
    """Loads batch by batch, in the order in which they were filed; `load` yields after each."""

    def __init__(self) -> None:
        """Sort the rows by the batch to which they belong."""
        self.batches = sorted(data.batches(), key=lambda row: (row["filed_on"], row["batch_id"]))
        self.sessions = {
            code: sorted(rows, key=lambda row: (row["date"], row["start"]))
            for code, rows in data.grouped(data.of_batches("sessions"), "batch_id").items()
        }
        self.enrolments = data.grouped(data.of_batches("enrolments"), "batch_id")
        self.results = data.grouped(data.of_batches("results"), "batch_id")
        self.marks = data.grouped(data.table("attendance"), "session_id")
        self.rooms = {row["room_id"]: row["name"] for row in data.table("rooms")}
        self.carried = data.grouped(data.of_batches("enrolments"), "carried_to")
        self.known = Known()

    def load(self) -> Iterator[int]:
        """Load every batch with all that happened in it."""
        for row in self.batches:
            with unit_of_work() as unit:
                self._file(unit, row)
                batch = batch_queries.batch(row["batch_id"])
                self._carry(unit, row, batch)
                receipts = self._enrol(unit, row, batch)
                self._withdraw(unit, row, batch, receipts)
                self._teach(unit, row, batch, receipts)
            decided = self._decided(row, batch, receipts)
            with unit_of_work() as unit:
                self._examine(unit, row, batch, decided)
                self._certify(unit, row, batch, receipts)
            yield 1
        self._complete_orders()

    def _file(self, unit: Unit, row: Row) -> None:
        told = self.sessions[row["batch_id"]]
        trainer = people_queries.person(self.known.person(told[0]["trainer_id"]))
        opens_at = data.instant(row["opens_at"])
        planned = [
            PlannedSession(
                starts_at=data.instant(f"{each['date']}T{each['start']}"),
                ends_at=data.instant(f"{each['date']}T{each['end']}"),
                part=each["part"],
                hours=int(each["class_hours"]),
            )
            for each in told
        ]
        filed_at = data.on(data.known_day(row["filed_on"]), 8)
        with clock.frozen_at(filed_at):
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
                    name=self.rooms[told[0]["room_id"]],
                    address=school_address(row["district_code"]),
                    position=None,
                ),
                trainer=trainer.handle,
            )
        with clock.frozen_at(opens_at - HOUR):
            batches.publish_in(unit, actor=LOADER, code=row["batch_id"])

    def _carry(self, unit: Unit, row: Row, batch: BatchView) -> None:
        """End the waiting for the batch before; its people apply for this one in the order of that line."""
        for code in dict.fromkeys(each["batch_id"] for each in self.carried.get(row["batch_id"], ())):
            before = batch_queries.batch(code).id
            with clock.frozen_at(batch.opens_at):
                applications.lapse_in(
                    unit,
                    actor=LOADER,
                    batch_id=before,
                    reason="carried_over",
                    states=("waitlisted",),
                    is_told=False,
                )

    def _enrol(self, unit: Unit, row: Row, batch: BatchView) -> dict[str, str]:
        """Enter the applications in the order of arrival; return the receipts by the tables' numbers."""
        arrived = self._arrived(row)
        arrivals = [
            Arrival(
                person_id=self.known.person(each["person_id"]),
                at=data.instant(each["applied_at"]),
                channel=each["channel"],
                registered_by=each["registered_by"] or None,
                promised_employer_id=self._employer(each["promised_employer_id"]),
                historic_number=each["receipt_no"],
            )
            for each in arrived
        ]
        receipts = entering.enter_in(unit, actor=LOADER, batch_id=batch.id, arrivals=arrivals)
        return dict(zip((each["enrolment_id"] for each in arrived), receipts, strict=True))

    def _employer(self, code: str) -> int | None:
        return self.known.organisation(code) if code else None

    def _arrived(self, row: Row) -> list[Row]:
        return sorted(
            self.enrolments[row["batch_id"]], key=lambda each: (each["applied_at"], int(each["receipt_no"]))
        )

    def _withdraw(self, unit: Unit, row: Row, batch: BatchView, receipts: dict[str, str]) -> None:
        """Let those go who withdrew; the first in line take the seats that they are offered.

        The table does not say when: half-way between the last application and the end of applying.
        """
        arrived = self._arrived(row)
        last = data.instant(arrived[-1]["applied_at"])
        with clock.frozen_at(last + (batch.closes_at - last) / 2):
            for each in arrived:
                if each["state"] == "withdrawn":
                    applications.withdraw_in(
                        unit, actor=LOADER, receipt=receipts[each["enrolment_id"]], is_told=False
                    )
            for offered in application_queries.of_batch(batch.id, "offered"):
                offers.accept_in(unit, actor=LOADER, receipt=offered.receipt, is_told=False)

    def _teach(self, unit: Unit, row: Row, batch: BatchView, receipts: dict[str, str]) -> None:
        told = zip(batch.sessions, self.sessions[row["batch_id"]], strict=True)
        sheets = [
            Sheet(
                session.handle,
                [_mark(mark, receipts) for mark in self.marks[each["session_id"]]],
                session.ends_at + HOUR / 6,
            )
            for session, each in told
        ]
        attendance.record_all_in(unit, actor=LOADER, sheets=sheets)

    def _decided(self, row: Row, batch: BatchView, receipts: dict[str, str]) -> tuple[Decided, ...]:
        """Ask the district's rule about everybody who sat the test, on the evening of the last lesson."""
        marks = [
            Marks(
                receipt=receipts[each["enrolment_id"]],
                theory=int(each["theory"]) if each["theory"] else None,
                practice=int(each["practice"]) if each["practice"] else None,
            )
            for each in self.results[row["batch_id"]]
        ]
        with clock.frozen_at(_over_at(batch)):
            return results.decided(batch=row["batch_id"], marks=marks)

    def _examine(self, unit: Unit, row: Row, batch: BatchView, decided: Sequence[Decided]) -> None:
        with clock.frozen_at(_over_at(batch)):
            results.record_in(unit, actor=LOADER, batch=row["batch_id"], decisions=decided)
            batches.close_in(unit, actor=LOADER, code=row["batch_id"])

    def _certify(self, unit: Unit, row: Row, batch: BatchView, receipts: dict[str, str]) -> None:
        """Enter the certificates under the numbers and on the days that they bear."""
        held = {each.receipt: each.id for each in application_queries.of_batch(batch.id)}
        told = data.grouped(
            (each for each in self.results[row["batch_id"]] if each["certificate_no"]), "issued_on"
        )
        for day, rows in sorted(told.items()):
            known = [
                register.Known(
                    held[receipts[each["enrolment_id"]]], each["certificate_no"], data.known_day(day)
                )
                for each in sorted(rows, key=lambda each: each["certificate_no"])
            ]
            with clock.frozen_at(data.on(data.known_day(day), 10)):
                register.enter_in(unit, actor=LOADER, batch=row["batch_id"], known=known)

    def _complete_orders(self) -> None:
        for row in data.table("orders"):
            if row["state"] != "completed":
                continue
            last = max(
                data.known_day(each["ends_on"])
                for each in self.batches
                if each["order_id"] == row["order_id"]
            )
            with clock.frozen_at(data.on(last, 22)), unit_of_work() as unit:
                orders.complete_in(unit, actor=LOADER, code=row["order_id"])


def _mark(row: Row, receipts: dict[str, str]) -> Mark:
    return Mark(
        receipt=receipts[row["enrolment_id"]],
        state=row["status"],
        minutes=int(row["minutes"] or 0),
        method=row["method"] or "staff",
        evidence=row["evidence"] or None,
        checked_in_at=_instant(row["check_in"]),
        checked_out_at=_instant(row["check_out"]),
    )


def school_address(district: str) -> str:
    """Return where the classes of a district are taught; the tables name only the room."""
    return f"{ABOUT[district].short}区演示实训楼（虚构）"


def _over_at(batch: BatchView) -> datetime:
    return batch.sessions[-1].ends_at + HOUR / 2


def _instant(cell: str) -> datetime | None:
    return data.instant(cell) if cell else None
