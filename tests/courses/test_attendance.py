import pytest
from sqlalchemy import select

from skillhub.base.access import Role
from skillhub.base.audit import AuditEntry
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.courses.errors.attendance import AttendanceKept, BatchNotRunning, SessionNotStarted
from skillhub.courses.model import Attendance
from skillhub.courses.queries import applications as queries
from skillhub.courses.rules import attendance as rules
from skillhub.courses.service import applications, batches, kept
from skillhub.courses.service import attendance as service
from skillhub.courses.service.attendance import Mark
from skillhub.testing.clients import hidden_fields
from tests.courses.browser import signed_in


@pytest.fixture
def batch(classes):
    return classes.published(seats=2)


@pytest.fixture
def enrolled(classes, batch, frozen):
    """Two people in the class, one waiting; the first session has just begun."""
    made = classes.enrol(batch, 3)
    frozen.advance(days=2, minutes=5)
    return made


def record(batch, *marks, by=None, session=0):
    actor = (by or batch.trainer).actor
    return service.record(actor=actor, session=batch.sessions[session], marks=marks)


def rows(session):
    return [
        (each.state, each.minutes) for each in session.scalars(select(Attendance).order_by(Attendance.id))
    ]


@pytest.mark.parametrize(
    ("state", "minutes", "fault"),
    [
        ("present", 180, None),
        ("late", 1, None),
        ("left_early", 100, None),
        ("absent", 0, None),
        ("leave", 0, None),
        ("present", 0, "minutes_missing"),
        ("late", 0, "minutes_missing"),
        ("absent", 1, "minutes_without_presence"),
        ("leave", 90, "minutes_without_presence"),
        ("present", 181, "minutes_beyond"),
        ("present", -1, "minutes_beyond"),
        ("asleep", 10, "state_unknown"),
    ],
)
def test_states_and_minutes_must_fit(state, minutes, fault):
    assert rules.fault(state=state, minutes=minutes, longest=180) == fault


def test_the_trainer_records_and_the_hours_count(session, batch, enrolled):
    (_, first), (_, second), _ = enrolled

    record(batch, Mark(first, "present", 180), Mark(second, "late", 170))

    hours = queries.hours(queries.application(second).id)
    assert (hours.minutes_planned, hours.minutes_present) == (360, 170)
    assert (hours.sessions_planned, hours.sessions_present, hours.hours_present) == (2, 1, 3)
    assert rows(session) == [("present", 180), ("late", 170)]


def test_who_was_absent_has_attended_nothing(batch, enrolled):
    record(batch, Mark(enrolled[0][1], "absent", 0))

    hours = queries.hours(queries.application(enrolled[0][1]).id)

    assert (hours.minutes_present, hours.sessions_present) == (0, 0)


def test_a_correction_keeps_both_values(session, batch, enrolled):
    receipt = enrolled[0][1]
    record(batch, Mark(receipt, "present", 180))
    record(batch, Mark(receipt, "left_early", 60))

    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "attendance.record").order_by(AuditEntry.id.desc())
    ).first()

    assert rows(session) == [("left_early", 60)]
    assert entry.facts["corrected"] == [
        {
            "application": queries.application(receipt).id,
            "before": ["present", 180],
            "after": ["left_early", 60],
        }
    ]


def test_before_the_session_begins_nothing_is_recorded(session, classes, batch):
    receipt = classes.enrol(batch, 1)[0][1]

    with pytest.raises(SessionNotStarted):
        record(batch, Mark(receipt, "present", 180))

    assert rows(session) == []


def test_every_wrong_line_is_named_and_nothing_is_written(session, batch, enrolled):
    (_, first), _, (_, waiting) = enrolled

    with pytest.raises(Invalid) as caught:
        record(
            batch,
            Mark(first, "present", 200),
            Mark(waiting, "present", 180),
            Mark(first, "present", 180),
            Mark("nobody", "absent", 5),
        )

    assert [(each.field, each.code) for each in caught.value.errors] == [
        ("0.minutes", "minutes_beyond"),
        ("1.receipt", "not_enrolled"),
        ("2.receipt", "repeated"),
        ("3.receipt", "not_enrolled"),
        ("3.minutes", "minutes_without_presence"),
    ]
    assert rows(session) == []


def test_people_of_another_class_are_not_recorded_here(classes, batch, enrolled, frozen):
    frozen.advance(days=-2, minutes=-5)
    other = classes.published()
    receipt = classes.enrol(other, 1)[0][1]
    frozen.advance(days=2, minutes=5)

    with pytest.raises(Invalid):
        record(batch, Mark(receipt, "present", 180))


def test_only_the_trainer_and_the_school_of_that_class_record(persons, organisations, batch, enrolled):
    mark = Mark(enrolled[0][1], "present", 180)
    record(batch, mark, by=batch.school)

    for stranger in (persons.trainer(batch.body), persons.trainer(), persons.school()):
        with pytest.raises(NotFound):
            record(batch, mark, by=stranger)
    for wrong_role in (persons.officer(), persons.trainee(), persons.desk()):
        with pytest.raises(Forbidden):
            record(batch, mark, by=wrong_role)


def test_a_closed_class_is_not_written_any_more(batch, enrolled, frozen):
    frozen.advance(days=3)
    batches.close(actor=batch.school.actor, code=batch.code)

    with pytest.raises(BatchNotRunning):
        record(batch, Mark(enrolled[0][1], "present", 180))


def test_what_a_certificate_rests_on_stays(batch, enrolled, monkeypatch):
    receipt = enrolled[0][1]
    record(batch, Mark(receipt, "present", 180))
    monkeypatch.setattr(kept, "_keepers", [lambda ids: ids])

    record(batch, Mark(receipt, "present", 180))  # the same again changes nothing
    with pytest.raises(AttendanceKept):
        record(batch, Mark(receipt, "present", 60))


def test_json_records_answers_and_corrects(api, batch, enrolled):
    caller = api.as_(batch.trainer, Role.TRAINER)
    path = f"sessions/{batch.sessions[0]}/attendance"
    items = [{"receipt": receipt, "state": "present", "minutes": 180} for _, receipt in enrolled[:2]]

    first = caller.put(path, items)
    again = caller.put(path, [items[0] | {"state": "left_early", "minutes": 30}])

    assert (first.status_code, first.json["recorded"], first.json["items"]) == (200, 2, items)
    assert first.json["session"] == batch.sessions[0]
    assert again.json["items"] == [items[0] | {"state": "left_early", "minutes": 30}, items[1]]


def test_json_names_the_line_that_cannot_be_right(api, batch, enrolled):
    caller = api.as_(batch.trainer, Role.TRAINER)
    path = f"sessions/{batch.sessions[0]}/attendance"
    mark = {"receipt": enrolled[0][1], "state": "present", "minutes": 500}

    too_long = caller.put(path, [mark])
    unknown = caller.put(path, [mark | {"state": "asleep"}])
    empty = caller.put(path, [])
    no_list = caller.put(path, {"items": []})

    assert (too_long.status_code, too_long.json["errors"][0]["field"]) == (422, "0.minutes")
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "0.state")
    assert empty.status_code == 422
    assert no_list.status_code == 400


def test_json_hides_the_class_from_strangers(api, persons, batch, enrolled):
    path = f"sessions/{batch.sessions[0]}/attendance"

    assert api.as_(persons.trainer(), Role.TRAINER).put(path, []).status_code == 404
    assert api.as_(persons.officer(), Role.OFFICER).put(path, []).status_code == 403
    assert api.put(path, []).status_code == 401


class TestPage:
    def test_the_form_is_filled_in_and_saved(self, client, session, batch, enrolled):
        browser = signed_in(client, batch.trainer)
        path = f"/teach/sessions/{batch.sessions[0]}"
        page = browser.get(path)
        filled = hidden_fields(page.text) | {
            "rows-0-receipt": enrolled[0][1],
            "rows-0-state": "present",
            "rows-0-minutes": "180",
            "rows-1-receipt": enrolled[1][1],
            "rows-1-state": "absent",
            "rows-1-minutes": "180",
        }

        saved = browser.post(path, data=filled)

        assert page.status_code == 200
        assert enrolled[0][0].name in page.text
        assert 'value="180"' in page.text
        assert saved.status_code == 302
        assert rows(session) == [("present", 180), ("absent", 0)]
        assert "已登记" in browser.get(path).text

    def test_a_wrong_number_is_shown_beside_its_person(self, client, session, batch, enrolled):
        browser = signed_in(client, batch.trainer)
        path = f"/teach/sessions/{batch.sessions[0]}"
        filled = hidden_fields(browser.get(path).text) | {
            "rows-0-receipt": enrolled[0][1],
            "rows-0-state": "present",
            "rows-0-minutes": "999",
        }

        answer = browser.post(path, data=filled)

        assert answer.status_code == 422
        assert "这次课最长180分钟" in answer.text
        assert "什么都还没有保存" in answer.text
        assert 'value="999"' in answer.text
        assert rows(session) == []

    def test_before_the_session_there_is_no_form(self, client, batch):
        page = signed_in(client, batch.trainer).get(f"/teach/sessions/{batch.sessions[0]}")

        assert page.status_code == 200
        assert "<button>" not in page.text.split("<main", 1)[1].split("</main>")[0]

    def test_the_auditor_reads_masked_names_and_writes_nothing(self, client, persons, batch, enrolled):
        page = signed_in(client, persons.auditor()).get(f"/teach/sessions/{batch.sessions[0]}")

        assert page.status_code == 200
        assert enrolled[0][0].name not in page.text
        assert "＊" in page.text

    def test_strangers_find_nothing(self, client, persons, batch):
        path = f"/teach/sessions/{batch.sessions[0]}"

        assert signed_in(client, persons.trainer()).get(path).status_code == 404
        assert signed_in(client, persons.trainee()).get(path).status_code == 403


def test_who_has_left_is_not_on_the_list(batch, enrolled):
    person, receipt = enrolled[0]
    applications.withdraw(actor=person.actor, receipt=receipt)

    with pytest.raises(Invalid):
        record(batch, Mark(receipt, "present", 180))
