"""The events of the tables are loaded through the services, and counted apart from classes."""

import pytest

from skillhub.accounts.service import people
from skillhub.activities.queries import activities, counts, sign_ins
from skillhub.base.db import unit_of_work
from skillhub.courses.queries import counts as class_counts
from skillhub.demo import activities as demo
from skillhub.demo.history import REGISTER
from skillhub.testing.factories.base import LUNAN, TESTS

GUESTS = 4


@pytest.fixture
def tables(persons, organisations):
    """Two events of one district as the tables write them, and the same four people at both."""
    body = organisations.training_body()
    for number in range(GUESTS):
        person_id = persons.trainee().person_id
        with unit_of_work() as unit:
            people.add_alias_in(
                unit, actor=TESTS, person_id=person_id, register=REGISTER, number=f"P{number}"
            )
    rows = {
        "batches": [
            _event("EVT-1", "C-1", body.code, "2023-07-05"),
            _event("EVT-2", "C-2", body.code, "2023-08-09"),
            _event("LN-1", "C-1", body.code, "2023-08-09") | {"kind": "batch"},
        ],
        "courses": [
            {"course_id": "C-1", "title": "创业训练营"},
            {"course_id": "C-2", "title": "插花沙龙"},
        ],
        "rooms": [{"room_id": "R-1", "name": "零工市场大厅"}],
        "sessions": [_session("S1", "EVT-1", "2023-07-12"), _session("S2", "EVT-2", "2023-08-16")],
        "enrolments": [
            {"enrolment_id": f"EN{event}{number}", "batch_id": f"EVT-{event}", "person_id": f"P{number}"}
            for event in (1, 2)
            for number in range(GUESTS)
        ],
        "attendance": [
            _attendance(f"S{event}", f"EN{event}{number}", day, method)
            for event, day in ((1, "2023-07-12"), (2, "2023-08-16"))
            for number, method in enumerate(("code+staff", "code", "paper", "paper"))
        ],
    }
    rows["attendance"][-1]["status"] = "absent"
    return rows.__getitem__


def _event(code, course, body, opens_on):
    return {
        "batch_id": code,
        "kind": "event",
        "district_code": LUNAN,
        "course_id": course,
        "body_id": body,
        "seats": "150",
        "opens_at": f"{opens_on}T09:00:00.000",
    }


def _session(number, batch, day):
    return {
        "session_id": number,
        "batch_id": batch,
        "date": day,
        "start": "09:00",
        "end": "11:15",
        "room_id": "R-1",
    }


def _attendance(session, enrolment, day, method):
    return {
        "session_id": session,
        "enrolment_id": enrolment,
        "status": "present",
        "check_in": f"{day}T08:46:33",
        "method": method,
    }


def test_the_events_are_loaded_with_everybody_who_came(tables):
    done = sum(demo.load_activities(tables))

    assert done == demo.rows_to_load(tables) == 9
    first = activities.activity("EVT-1")
    assert (first.title, first.kind, first.place) == ("创业训练营", "startup_camp", "零工市场大厅")
    assert [each.evidence for each in sign_ins.of_activity(first.id)] == ["A", "B", "C", "C"]
    assert activities.activity("EVT-2").kind == "other"


def test_events_persons_and_person_times_are_three_figures_and_no_classes(tables):
    sum(demo.load_activities(tables))

    assert counts.events_of(LUNAN) == 2
    assert counts.persons_at_events(LUNAN) == 4
    assert counts.person_times_at_events(LUNAN) == 7
    classes = class_counts.of_district(LUNAN)
    assert (classes.batches, classes.attended, classes.person_times) == (0, 0, 0)
