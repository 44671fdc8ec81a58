"""Lunan's rules give every person of the demonstration the outcome that the demonstration tells."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from plugins_contrib import tangshan_lunan
from skillhub.plugins import (
    Attendance,
    Batch,
    Certificate,
    Chances,
    Course,
    Engagement,
    Marks,
    Person,
    Verdict,
)
from skillhub.testing import kit

ROOT = Path(__file__).parents[2]
PLACES = (ROOT / "skillhub" / "demo" / "data", ROOT.parent / "shared" / "domain" / "demo")
NAME = "tangshan_lunan"
ORDER = "LN-ORD-01"


@pytest.fixture(scope="module")
def rows():
    folders = [place for place in PLACES if (place / "results.csv").is_file()]
    if not folders:
        pytest.skip(f"no demonstration data in {' or '.join(map(str, PLACES))}")

    def read(name):
        with (folders[0] / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="module")
def enrolled(rows):
    """Every result of a batch of Lunan, with the facts that core would hand over."""
    batches = {row["batch_id"]: row for row in rows("batches") if row["district_code"] == "130202"}
    courses = {row["course_id"]: row for row in rows("courses")}
    people = {row["person_id"]: row for row in rows("people")}
    hired = {
        (row["batch_id"], row["person_id"]): row for row in rows("placements") if row["kind"] != "intent"
    }
    found = []
    for row in rows("results"):
        if row["batch_id"] in batches:
            batch = batches[row["batch_id"]]
            work = hired.get((row["batch_id"], row["person_id"]))
            found.append(
                (row, _facts(row, batch, courses[batch["course_id"]], people[row["person_id"]], work))
            )
    return found


def _facts(row, batch, course, person, work):
    issued = row["issued_on"]
    return {
        "person": Person(
            handle=person["person_id"],
            birth_on=date.fromisoformat(person["birth_date"]),
            sex={"男": "M", "女": "F"}[person["sex"]],
            groups=tuple(person["group_tags"].split(";")) if person["group_tags"] else (),
            district=person["district_code"],
        ),
        "course": Course(
            code=course["course_id"],
            name=course["title"],
            trade=course["trade"],
            occupation=course["occupation_code"] or None,
            theory_hours=int(course["hours_theory"]),
            practice_hours=int(course["hours_practice"]),
            minutes_per_hour=int(course["minutes_per_hour"]),
        ),
        "batch": Batch(
            code=batch["batch_id"],
            starts_on=date.fromisoformat(batch["starts_on"]),
            ends_on=date.fromisoformat(batch["ends_on"]),
            order=batch["order_id"] or None,
            seats=int(batch["seats"]),
        ),
        "attendance": Attendance(
            minutes_planned=int(row["minutes_planned"]),
            minutes_present=int(row["minutes_attended"]),
            sessions_planned=6,
            sessions_present=6,
        ),
        "marks": Marks(theory=int(row["theory"]), practice=int(row["practice"]))
        if row["theory"]
        else Marks(),
        "certificate": Certificate(
            number=row["certificate_no"], issued_on=date.fromisoformat(issued), trade=course["trade"]
        )
        if issued
        else None,
        "engagement": Engagement(
            started_on=date.fromisoformat(work["started_on"]),
            days=int(work["days_worked"]),
            order=work["order_id"] or None,
        )
        if work
        else None,
        "chances": Chances(used=0),
        "on": date.fromisoformat(batch["ends_on"]),
    }


def test_every_outcome_is_the_one_that_the_demonstration_tells(enrolled):
    bus = kit.load_alone(tangshan_lunan)
    wanted = ("course", "attendance", "marks", "on")

    outcomes = [
        (row["enrolment_id"], row["outcome"], bus.decide("decide_completion", {NAME}, **_only(facts, wanted)))
        for row, facts in enrolled
    ]

    assert len(outcomes) > 300
    assert [each for each in outcomes if each[2] is None or each[2].value.outcome.value != each[1]] == []
    assert set(Counter(told for _id, told, _answer in outcomes)) == {"certified", "failed", "hours_short"}


def test_the_25_certified_people_of_the_first_order_are_paid_for(enrolled):
    bus = kit.load_alone(tangshan_lunan)
    on = date(2025, 11, 10)

    answers = [
        (row, bus.decide("decide_subsidy", {NAME}, **{**facts, "on": on}).value)
        for row, facts in enrolled
        if row["batch_id"] == ORDER
    ]

    paid = [answer for row, answer in answers if row["outcome"] == "certified"]
    assert (len(answers), len(paid)) == (28, 25)
    assert {answer.verdict for answer in paid} == {Verdict.PAID}
    assert Counter(answer.amount_fen for answer in paid) == {78_000: 18, 48_000: 7}
    assert not any(answer.official for answer in paid)
    refused = [answer for row, answer in answers if row["outcome"] != "certified"]
    assert {(answer.verdict, answer.amount_fen) for answer in refused} == {(Verdict.REFUSED, 0)}
    assert {answer.missing for answer in refused} == {("培训合格证书",)}


def _only(facts, names):
    return {name: facts[name] for name in names}
