"""What is really written for each way of giving out seats convinces both verifiers, event by event."""

import json
from datetime import timedelta

import pytest

from skillhub.base import clock
from skillhub.courses.queries import allocation_logs as queries
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import Quota
from skillhub.courses.rules.plans import LAST_MOMENT
from skillhub.courses.service import (
    allocation_keys,
    allocation_logs,
    applications,
    batch_changes,
    batches,
    carrying,
    changes,
    moving,
    offers,
    rounds,
)
from skillhub.courses.service.batch_changes import Change
from skillhub.testing.factories.applications import Classes
from skillhub.testing.factories.base import TESTS
from tests.independent import verify_queue

GROUP = "登记失业人员"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def classes(persons, organisations):
    return Classes(persons, organisations)


@pytest.fixture(autouse=True)
def folder(app, session, tmp_path, monkeypatch):
    """Folders of this test alone: its keys belong to its database."""
    config = app.extensions["skillhub.config"]
    values = {**vars(config), "data": str(tmp_path), "keys": str(tmp_path)}
    monkeypatch.setitem(app.extensions, "skillhub.config", type(config)(**values))
    return tmp_path


def final_log(batch, folder, frozen):
    """Let the cut-off pass, and return the header and the events of the published log, judged by both."""
    frozen.to(max(frozen.now, batch.view.cut_off))
    rounds.keep_lines()
    frozen.advance(seconds=6)
    allocation_logs.write_due()
    text = queries.published(batch.code).text.encode()
    document = (folder / "public" / ".well-known" / "skillhub-keys.json").read_text("utf-8")
    held = {each.order_no for each in application_queries.of_batch(batch.id) if each.state == "enrolled"}

    ours = queue_log.verify(text, queue_log.from_document(document))
    theirs = verify_queue.verify(text, verify_queue.keys_of(document))
    assert (ours.answer, set(ours.enrolled)) == ("yes", held)
    assert {each["order_no"] for each in theirs.people.values() if each["state"] == "enrolled"} == held
    header, *entries = (json.loads(line) for line in text.splitlines()[:-1])
    return header, [entry["event"] for entry in entries]


def withdraw(made):
    person, receipt = made
    applications.withdraw(actor=person.actor, receipt=receipt)


def test_of_a_draw_with_a_beacon(client, classes, folder, frozen):
    before = classes.published(seats=1)
    batch = classes.published(seats=2, mode="draw", first_in=4 * DAY)
    promised = client.get(f"/api/v1/batches/{batch.code}").json["plan"]
    late = classes.persons.trainee(has_identity=False)
    late = late, applications.apply(actor=late.actor, batch=batch.code, channel="网页")
    made = classes.enrol(batch, 5)
    withdraw(made[0])
    frozen.advance(days=1, seconds=6)
    allocation_logs.write_due()
    rounds.keep_lines()
    changes.decide(actor=batch.school.actor, receipt=late[1], decision="enrol", reason="证件已核对")
    states = {receipt: application_queries.application(receipt).state for _, receipt in made}
    withdraw(next(each for each in made if states[each[1]] == "enrolled"))
    (offered,) = application_queries.of_batch(batch.id, "offered")
    offers.accept(actor=batch.school.actor, receipt=offered.receipt)

    header, events = final_log(batch, folder, frozen)

    assert header["beacon"] == queries.published(before.code).root
    assert header["seed_commitment"] == promised["seed_commitment"]
    assert header["plan_sha256"] == promised["sha256"]
    assert events == ["apply"] * 6 + ["withdraw"] + ["draw"] * 4 + ["decide", "withdraw", "offer", "accept"]


def test_of_kept_seats_that_are_released(classes, folder, frozen):
    batch = classes.published(seats=2, mode="quotas", quotas=[Quota(group=GROUP, seats=1)], first_in=4 * DAY)
    made = classes.enrol(batch, 3)
    batch_changes.change(actor=batch.school.actor, code=batch.code, version=None, change=Change(seats=3))
    offers.accept(actor=made[1][0].actor, receipt=made[1][1])
    frozen.advance(hours=12)
    rounds.keep_lines()
    offers.decline(actor=made[2][0].actor, receipt=made[2][1])

    _, events = final_log(batch, folder, frozen)

    assert events == ["apply"] * 3 + ["seats", "offer", "accept", "release", "offer", "decline"]


def test_of_a_class_that_was_moved(classes, folder, frozen):
    batch = classes.published(seats=1, first_in=4 * DAY)
    made = classes.enrol(batch, 3)
    frozen.to(batch.view.cut_off + HOUR)
    withdraw(made[0])
    moving.move(
        actor=batch.school.actor, code=batch.code, first_at=batch.view.sessions[0].starts_at + 3 * DAY
    )
    frozen.advance(days=1, seconds=1)
    rounds.keep_lines()

    _, events = final_log(batch, folder, frozen)

    assert events == ["apply"] * 3 + ["withdraw", "cut_off", "offer", "lapse", "offer", "lapse"]


def test_of_a_class_into_which_the_line_was_carried(classes, folder, frozen):
    first = classes.published(seats=1, first_in=2 * DAY)
    waiting = classes.enrol(first, 3)
    later = classes.published(seats=1, first_in=5 * DAY, course=first.course)
    frozen.to(first.view.cut_off + LAST_MOMENT)
    carrying.carry_over(actor=TESTS)

    _, carried = final_log(later, folder, frozen)
    _, events = final_log(first, folder, frozen)

    assert carried[:3] == ["carry", "offer", "carry"]
    assert events == ["apply"] * 3 + ["lapse"] * 2
    assert application_queries.application(waiting[0][1]).state == "enrolled"


def test_of_a_class_that_was_called_off(classes, folder, frozen):
    batch = classes.published(seats=1, first_in=4 * DAY)
    classes.enrol(batch, 2)
    batches.cancel(actor=batch.school.actor, code=batch.code, reason="老师生病")

    _, events = final_log(batch, folder, frozen)

    assert events == ["apply"] * 2 + ["cancel"] + ["lapse"] * 2


def test_the_keys_of_these_logs_are_published(classes, folder, frozen):
    final_log(classes.published(seats=1), folder, frozen)

    assert allocation_keys.current().key_id == f"allocation-log-{clock.now():%Y-%m}"
