"""Reads the results of the demonstration as the facts that core would hand to a district's rules."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from skillhub.plugins import Attendance, Batch, Certificate, Chances, Course, Engagement, Marks, Person

ROOT = Path(__file__).parents[2]
PLACES = (ROOT / "skillhub" / "demo" / "data", ROOT.parent / "shared" / "domain" / "demo")


def enrolled(district):
    """Return every result of a district's batches with its facts; the test is skipped without any."""
    for place in PLACES:
        if (place / "results.csv").is_file() and (found := _enrolled(place, district)):
            return found
    pytest.skip(f"no demonstration data of {district} in {' or '.join(map(str, PLACES))}")


@cache
def _rows(place, name):
    with (place / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def _by(place, name, key):
    return {row[key]: row for row in _rows(place, name)}


def _enrolled(place, district):
    batches = {row["batch_id"]: row for row in _rows(place, "batches") if row["district_code"] == district}
    courses, people = _by(place, "courses", "course_id"), _by(place, "people", "person_id")
    sessions = Counter(row["batch_id"] for row in _rows(place, "sessions"))
    hired = {
        (row["batch_id"], row["person_id"]): row
        for row in _rows(place, "placements")
        if row["kind"] != "intent"
    }
    found = []
    for row in _rows(place, "results"):
        if row["batch_id"] in batches:
            batch = batches[row["batch_id"]]
            facts = {
                "person": _person(people[row["person_id"]]),
                "course": _course(courses[batch["course_id"]]),
                "batch": _batch(batch),
                "attendance": _attendance(row, sessions[row["batch_id"]]),
                "marks": Marks(theory=_mark(row["theory"]), practice=_mark(row["practice"])),
                "certificate": _certificate(row, courses[batch["course_id"]]),
                "engagement": _engagement(hired.get((row["batch_id"], row["person_id"]))),
                "chances": Chances(used=0),
                "on": date.fromisoformat(batch["ends_on"]),
            }
            found.append((row, facts))
    return found


def _person(row):
    return Person(
        handle=row["person_id"],
        birth_on=date.fromisoformat(row["birth_date"]),
        sex={"男": "M", "女": "F"}[row["sex"]],
        groups=tuple(row["group_tags"].split(";")) if row["group_tags"] else (),
        district=row["district_code"],
    )


def _course(row):
    return Course(
        code=row["course_id"],
        name=row["title"],
        trade=row["trade"],
        occupation=row["occupation_code"] or None,
        theory_hours=int(row["hours_theory"]),
        practice_hours=int(row["hours_practice"]),
        minutes_per_hour=int(row["minutes_per_hour"]),
    )


def _batch(row):
    return Batch(
        code=row["batch_id"],
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        order=row["order_id"] or None,
        seats=int(row["seats"]),
    )


def _attendance(row, sessions):
    planned, present = int(row["minutes_planned"]), int(row["minutes_attended"])
    each = planned // sessions
    return Attendance(
        minutes_planned=planned,
        minutes_present=present,
        sessions_planned=sessions,
        sessions_present=-(-present // each),
    )


def _mark(cell):
    return int(cell) if cell else None


def _certificate(row, course):
    if not row["issued_on"]:
        return None
    issued_on = date.fromisoformat(row["issued_on"])
    return Certificate(number=row["certificate_no"], issued_on=issued_on, trade=course["trade"])


def _engagement(row):
    if row is None:
        return None
    return Engagement(
        started_on=date.fromisoformat(row["started_on"]),
        days=int(row["days_worked"]),
        order=row["order_id"] or None,
    )
