import pytest
from sqlalchemy import select

from skillhub.base.access import Role
from skillhub.base.audit import AuditEntry
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.courses.errors.results import (
    ClassNotOver,
    FactsMoved,
    NoCompletionRule,
    ResultKept,
    RuleUndecided,
)
from skillhub.courses.model import Result
from skillhub.courses.queries import applications
from skillhub.courses.queries import results as queries
from skillhub.courses.service import attendance, kept
from skillhub.courses.service import results as service
from skillhub.courses.service.attendance import Mark
from skillhub.courses.service.results import Marks
from skillhub.districts.service import districts
from skillhub.plugins import hookimpl
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.base import TESTS
from tests.courses.browser import signed_in


class Broken:
    """A plugin whose completion rule cannot be worked out."""

    @hookimpl
    def decide_completion(self, course):
        raise ZeroDivisionError(course.code)


@pytest.fixture
def batch(classes):
    return classes.published(seats=3)


@pytest.fixture
def taught(classes, batch, frozen):
    """Three people; two were always there, the last never; the class is over."""
    made = [receipt for _, receipt in classes.enrol(batch, 3)]
    frozen.advance(days=4)
    classes.attend(batch, made[:2])
    classes.attend(batch, made[2:], minutes=0)
    return made


@pytest.fixture
def elsewhere(classes, frozen):
    """A class that is over, in a district without a plugin."""
    made = classes.published(seats=1, district="440103")
    receipt = classes.enrol(made, 1)[0][1]
    frozen.advance(days=4)
    return made, receipt


def record(batch, *marks, by=None):
    return service.record(actor=(by or batch.trainer).actor, batch=batch.code, marks=marks)


def outcome(receipt):
    found = queries.result(applications.application(receipt).id)
    return found.outcome if found else None


def test_the_district_decides_each_person_with_reasons_and_rule_set(session, batch, taught):
    first, second, third = taught

    record(batch, Marks(first, 85, 90), Marks(second, 85, 59), Marks(third, 85, 90))

    assert [outcome(each) for each in taught] == ["certified", "failed", "hours_short"]
    passed, failed, short = queries.of_batch(batch.id)
    assert passed.reasons == ()
    assert failed.reasons
    assert short.reasons
    assert (passed.plugin, len(passed.plugin_sha256)) == ("tangshan_lunan", 64)
    assert (short.minutes_planned, short.minutes_present) == (360, 0)
    assert [each.receipt for each in queries.certifiable(batch.id)] == [first]


def test_exactly_sixty_is_enough_and_one_less_is_not(batch, taught):
    record(batch, Marks(taught[0], 60, 60), Marks(taught[1], 59, 100))

    assert [outcome(each) for each in taught[:2]] == ["certified", "failed"]


def test_before_the_last_session_ends_there_are_no_results(session, classes, batch, frozen):
    receipt = classes.enrol(batch, 1)[0][1]
    frozen.advance(days=3, hours=2, minutes=59)

    with pytest.raises(ClassNotOver):
        record(batch, Marks(receipt, 80, 80))

    assert session.scalars(select(Result)).all() == []


def test_every_wrong_line_is_named_and_nothing_is_written(session, batch, taught):
    with pytest.raises(Invalid) as caught:
        record(batch, Marks(taught[0], 101, 80), Marks(taught[0], 80, -1), Marks("nobody", 80, 80))

    assert [(each.field, each.code) for each in caught.value.errors] == [
        ("0.theory", "mark_beyond"),
        ("1.receipt", "repeated"),
        ("1.practice", "mark_beyond"),
        ("2.receipt", "not_enrolled"),
    ]
    assert session.scalars(select(Result)).all() == []


def test_without_a_rule_nobody_passes_or_fails(session, elsewhere):
    batch, receipt = elsewhere

    with pytest.raises(NoCompletionRule) as caught:
        record(batch, Marks(receipt, 100, 100))

    assert caught.value.code == "no_completion_rule"
    assert session.scalars(select(Result)).all() == []


def test_a_rule_that_breaks_stops_and_names_its_plugin(app, session, elsewhere):
    batch, receipt = elsewhere
    bus = app.extensions["skillhub.bus"]
    if "broken_rule" not in [each.plugin for each in bus.plugins]:
        bus.register(Broken(), "broken_rule")
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district="440103", plugin="broken_rule", is_on=True)

    with pytest.raises(RuleUndecided) as caught:
        record(batch, Marks(receipt, 100, 100))

    assert "broken_rule" in caught.value.text()
    assert session.scalars(select(Result)).all() == []


def test_a_decision_on_other_attendance_is_not_recorded(session, batch, taught):
    decisions = service.decided(batch=batch.code, marks=[Marks(taught[0], 80, 80)])
    attendance.record(
        actor=batch.trainer.actor, session=batch.sessions[0], marks=[Mark(taught[0], "left_early", 10)]
    )

    with pytest.raises(FactsMoved), unit_of_work() as unit:
        service.record_in(unit, actor=TESTS, batch=batch.code, decisions=decisions)

    assert session.scalars(select(Result)).all() == []


def test_attendance_that_moves_once_is_asked_about_again(batch, taught, monkeypatch):
    asked = service.decided
    moves = [10]

    def while_somebody_corrects(**facts):
        decisions = asked(**facts)
        if moves:
            mark = Mark(taught[0], "left_early", moves.pop())
            attendance.record(actor=batch.trainer.actor, session=batch.sessions[0], marks=[mark])
        return decisions

    monkeypatch.setattr(service, "decided", while_somebody_corrects)
    record(batch, Marks(taught[0], 80, 80))

    assert outcome(taught[0]) == "hours_short"


def test_attendance_that_keeps_moving_ends_in_a_conflict(session, batch, taught, monkeypatch):
    asked = service.decided
    moves = [10, 20, 30]

    def while_somebody_corrects(**facts):
        decisions = asked(**facts)
        mark = Mark(taught[0], "left_early", moves.pop())
        attendance.record(actor=batch.trainer.actor, session=batch.sessions[0], marks=[mark])
        return decisions

    monkeypatch.setattr(service, "decided", while_somebody_corrects)
    with pytest.raises(FactsMoved):
        record(batch, Marks(taught[0], 80, 80))

    assert moves == []
    assert session.scalars(select(Result)).all() == []


def test_a_correction_replaces_the_result_and_keeps_both_in_the_audit(session, batch, taught):
    record(batch, Marks(taught[0], 8, 90))
    record(batch, Marks(taught[0], 80, 90))

    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "result.record").order_by(AuditEntry.id.desc())
    ).first()

    assert outcome(taught[0]) == "certified"
    assert entry.facts["corrected"][0]["before"] == [8, 90, "failed"]


def test_what_a_certificate_rests_on_stays(batch, taught, monkeypatch):
    record(batch, Marks(taught[0], 80, 90))
    monkeypatch.setattr(kept, "_keepers", [lambda ids: ids])

    with pytest.raises(ResultKept):
        record(batch, Marks(taught[0], 8, 90))

    assert outcome(taught[0]) == "certified"


def test_only_the_trainer_and_the_school_of_that_class_record(persons, batch, taught):
    marks = Marks(taught[0], 80, 80)
    record(batch, marks, by=batch.school)

    for stranger in (persons.trainer(batch.body), persons.school()):
        with pytest.raises(NotFound):
            record(batch, marks, by=stranger)
    for wrong_role in (persons.officer(), persons.trainee(), persons.desk()):
        with pytest.raises(Forbidden):
            record(batch, marks, by=wrong_role)


def test_json_answers_outcomes_with_their_rule_set(api, batch, taught):
    caller = api.as_(batch.trainer, Role.TRAINER)
    body = [{"receipt": receipt, "theory": 80, "practice": 80} for receipt in taught]

    answer = caller.post(f"batches/{batch.code}/results", body)

    assert answer.status_code == 201
    assert answer.json["batch"] == batch.code
    assert [each["outcome"] for each in answer.json["items"]] == ["certified", "certified", "hours_short"]
    assert set(answer.json["items"][0]) == {
        "receipt",
        "theory",
        "practice",
        "minutes_planned",
        "minutes_present",
        "outcome",
        "reasons",
        "rule_set",
    }
    assert answer.json["items"][2]["reasons"][0]["text"]


def test_json_says_which_mark_cannot_be(api, batch, taught):
    caller = api.as_(batch.trainer, Role.TRAINER)
    path = f"batches/{batch.code}/results"

    beyond = caller.post(path, [{"receipt": taught[0], "theory": 101, "practice": 80}])
    text = caller.post(path, [{"receipt": taught[0], "theory": "80", "practice": 80}])
    missing = caller.post(path, [{"receipt": taught[0], "theory": 80}])

    assert (beyond.status_code, beyond.json["errors"][0]["field"]) == (422, "0.theory")
    assert (text.status_code, text.json["errors"][0]["field"]) == (400, "0.theory")
    assert (missing.status_code, missing.json["errors"][0]["field"]) == (422, "0.practice")


def test_json_without_a_rule_is_a_conflict_that_says_what_to_do(api, elsewhere):
    batch, receipt = elsewhere
    body = [{"receipt": receipt, "theory": 80, "practice": 80}]

    answer = api.as_(batch.trainer, Role.TRAINER).post(f"batches/{batch.code}/results", body)

    assert (answer.status_code, answer.json["code"]) == (409, "no_completion_rule")
    assert answer.json["detail"] == "本区还没有规定合格分数和最低出勤，请区管理人员在插件中设定。"


class TestPage:
    def test_marks_are_entered_and_the_outcome_is_shown(self, client, batch, taught):
        browser = signed_in(client, batch.trainer)
        path = f"/teach/batches/{batch.code}/results"
        page = browser.get(path)
        filled = hidden_fields(page.text) | {
            "rows-0-receipt": taught[0],
            "rows-0-theory": "85",
            "rows-0-practice": "90",
            "rows-1-receipt": taught[1],
            "rows-1-theory": "",
            "rows-1-practice": "",
            "rows-2-receipt": taught[2],
            "rows-2-theory": "85",
            "rows-2-practice": "90",
        }

        saved = browser.post(path, data=filled)
        after = browser.get(path).text

        assert "360／360分钟" in page.text
        assert saved.status_code == 302
        assert [outcome(each) for each in taught] == ["certified", None, "hours_short"]
        assert "合格" in after
        assert "课时不够" in after
        assert "没有登记" in after

    def test_a_wrong_mark_is_shown_beside_its_person(self, client, session, batch, taught):
        browser = signed_in(client, batch.trainer)
        path = f"/teach/batches/{batch.code}/results"
        filled = hidden_fields(browser.get(path).text) | {
            "rows-0-receipt": taught[0],
            "rows-0-theory": "850",
            "rows-0-practice": "90",
        }

        answer = browser.post(path, data=filled)

        assert answer.status_code == 422
        assert 'value="850"' in answer.text
        assert session.scalars(select(Result)).all() == []

    def test_the_officer_reads_and_strangers_do_not(self, client, app, persons, batch, taught):
        path = f"/teach/batches/{batch.code}/results"

        assert signed_in(client, persons.officer()).get(path).status_code == 200
        assert signed_in(app.test_client(), persons.officer("440103")).get(path).status_code == 404
        assert signed_in(app.test_client(), persons.trainee()).get(path).status_code == 403
