import pytest
from sqlalchemy import select, update

from skillhub.base import ids, work
from skillhub.base.access import Actor, system
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Busy, Conflict
from skillhub.base.ids import NumberSeries
from skillhub.base.work import handlers, heartbeat
from skillhub.base.work.model import Heartbeat, Job

ACTOR = system("tests")
seen = []


@work.handles("tests.count")
def count(payload, cursor):
    """Take a number in each slice; three slices."""
    with unit_of_work() as unit:
        ids.next_number(unit, payload["series"])
    seen.append((cursor, work.asked_by()))
    failed = (work.ItemFailure(f"p-{cursor}", "not_passed"),) if cursor != 1 else ()
    return work.Slice(next=cursor + 1 if cursor < 2 else None, done=cursor + 1, of=3, failed=failed)


@work.handles("tests.break")
def break_(payload, cursor):
    """Fail in the way that the payload names."""
    seen.append(cursor)
    if payload["how"] == "bug":
        raise KeyError("bug")
    if payload["how"] == "busy" and len(seen) < 3:
        raise Busy
    if payload["how"] == "refused":
        raise Conflict
    return work.Slice(next=None, done=1, of=1)


@work.every(3600, "tests.tick")
def tick():
    """Do nothing."""


@pytest.fixture(autouse=True)
def _nothing_seen():
    seen.clear()


@pytest.fixture
def enqueue(session):
    def enqueue(name, actor=ACTOR, **payload):
        with unit_of_work() as unit:
            return work.enqueue_in(unit, name=name, payload=payload, actor=actor, district="130202")

    return enqueue


def test_a_job_waits_until_its_slices_are_carried_out_one_after_the_other(enqueue, session):
    job = enqueue("tests.count", actor=Actor(person_id=7), series="x")
    assert work.job(job).state == "waiting"

    assert work.drain() == 1

    found = work.job(job)
    assert (found.state, found.done, found.of) == ("done", 3, 3)
    assert (found.asked_by, found.district, found.name) == (7, "130202", "tests.count")
    assert session.scalar(select(NumberSeries.last)) == 3
    assert seen == [(0, 7), (1, 7), (2, 7)]


def test_failures_of_all_slices_are_kept_each_item_once(enqueue):
    job = enqueue("tests.count", series="x")
    work.drain()
    with unit_of_work() as unit:  # as if the last slice were repeated after a kill
        unit.session.execute(update(Job).values(state="running"))
    work.engine_in_use().waiting.append(job)
    work.drain()

    assert work.job(job).failed == (
        work.ItemFailure("p-0", "not_passed"),
        work.ItemFailure("p-2", "not_passed"),
    )


def test_an_expected_error_ends_the_job_at_once_with_its_code(enqueue):
    job = enqueue("tests.break", how="refused")
    work.drain()

    assert work.job(job).state == "failed"
    assert work.job(job).failed == (work.ItemFailure("job", "conflict"),)
    assert len(seen) == 1


def test_a_bug_is_tried_three_times_and_logged(enqueue, caplog):
    job = enqueue("tests.break", how="bug")
    work.drain()

    assert work.job(job).failed == (work.ItemFailure("job", "internal"),)
    assert len(seen) == 3
    assert [record.levelname for record in caplog.records if record.name == "skillhub.work"] == ["ERROR"] * 3


def test_a_busy_database_fails_nothing(enqueue):
    job = enqueue("tests.break", how="busy")
    work.drain()

    assert work.job(job).state == "done"
    assert len(seen) == 3


def test_a_unit_that_rolls_back_has_asked_for_nothing(session):
    asked = []

    def ask_and_fail():
        with unit_of_work() as unit:
            asked.append(work.enqueue_in(unit, name="tests.count", payload={"series": "x"}, actor=ACTOR))
            raise Conflict

    with pytest.raises(Conflict):
        ask_and_fail()

    assert work.drain() == 0
    assert work.job(asked[0]) is None


def test_work_that_nobody_can_do_is_refused_when_it_is_asked_for(session):
    with pytest.raises(KeyError), unit_of_work() as unit:
        work.enqueue_in(unit, name="tests.nobody", payload={}, actor=ACTOR)


def test_two_handlers_of_one_name_are_refused():
    with pytest.raises(handlers.TwoHandlers):
        work.handles("tests.count")(lambda payload, cursor: None)
    with pytest.raises(handlers.TwoHandlers):
        work.every(60, "tests.tick")(lambda: None)


def test_a_repetition_is_listed_for_the_worker():
    assert handlers.Repetition("tests.tick", 3600, tick) in work.repetitions()


def test_the_worker_is_alive_while_it_beats(session):
    assert not work.is_alive()

    heartbeat.beat(is_first=True)
    heartbeat.beat()

    assert work.is_alive()
    assert work.last_beat() is not None
    long_ago = work.last_beat() - heartbeat.SILENCE
    with unit_of_work() as unit:
        unit.session.execute(update(Heartbeat).values(beat_at=long_ago))
    assert not work.is_alive()
