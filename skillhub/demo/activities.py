"""Loads the events of the past, and who came to them, through the services when it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from skillhub.activities.queries import activities
from skillhub.activities.queries.activities import ActivityView
from skillhub.activities.rules.plans import Kind, Plan
from skillhub.activities.service import doors, planning
from skillhub.activities.service.doors import Came
from skillhub.base import clock
from skillhub.base.db import Unit, unit_of_work
from skillhub.demo import data, history
from skillhub.demo.data import Row

EVENT = "event"
CAME = ("present", "late", "left_early")
KINDS = {
    "创业训练营": Kind.STARTUP_CAMP,
    "求职能力训练营": Kind.JOB_CAMP,
    "就业创业政策宣讲": Kind.POLICY_TALK,
}
SIGN_INS_A_UNIT = 90  # each is two rows: the sign-in, and that it was recorded
Tables = Callable[[str], list[Row]]


def load_activities(table: Tables = data.table) -> Iterator[int]:
    """Load the rows of kind event with everybody who came; yield how many rows after each unit."""
    known = history.Known()
    for row in _events(table):
        session = _session(table, row["batch_id"])
        with clock.frozen_at(data.instant(row["opens_at"])), unit_of_work() as unit:
            _announce(unit, row, session, table)
        yield 1
        found = activities.activity(row["batch_id"])
        persons = {
            each["enrolment_id"]: known.person(each["person_id"])
            for each in table("enrolments")
            if each["batch_id"] == row["batch_id"]
        }
        sign_in = partial(_sign_in, activity=found, persons=persons)
        yield from history.day_by_day(_came(table, session), _day_of, sign_in, SIGN_INS_A_UNIT)


def rows_to_load(table: Tables = data.table) -> int:
    """Return how many rows there are to load, for the bar that shows how far it is."""
    return sum(1 + len(_came(table, _session(table, row["batch_id"]))) for row in _events(table))


def _events(table: Tables) -> list[Row]:
    return [row for row in table("batches") if row["kind"] == EVENT]


def _session(table: Tables, batch_id: str) -> Row:
    (only,) = (row for row in table("sessions") if row["batch_id"] == batch_id)
    return only


def _came(table: Tables, session: Row) -> list[Row]:
    return [
        row
        for row in table("attendance")
        if row["session_id"] == session["session_id"] and row["status"] in CAME
    ]


def _day_of(row: Row) -> date:
    return data.instant(row["check_in"]).date()


def _announce(unit: Unit, row: Row, session: Row, table: Tables) -> int:
    title = next(each["title"] for each in table("courses") if each["course_id"] == row["course_id"])
    rooms = {each["room_id"]: each["name"] for each in table("rooms")}
    day = session["date"]
    return planning.announce_in(
        unit,
        actor=history.LOADER,
        code=row["batch_id"],
        district=row["district_code"],
        plan=Plan(
            title=title,
            kind=KINDS.get(title, Kind.OTHER),
            place=rooms[session["room_id"]],
            starts_at=data.instant(f"{day}T{session['start']}"),
            ends_at=data.instant(f"{day}T{session['end']}"),
            capacity=int(row["seats"]),
        ),
        organiser=row["body_id"],
    )


def _sign_in(
    unit: Unit, _day: date, rows: Sequence[Row], *, activity: ActivityView, persons: Mapping[str, int]
) -> None:
    came = [Came(persons[row["enrolment_id"]], row["method"], data.instant(row["check_in"])) for row in rows]
    with clock.frozen_at(max(each.at for each in came)):
        doors.sign_in_in(unit, actor=history.LOADER, activity=activity, came=came)
