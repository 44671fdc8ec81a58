"""The durable engine as it runs in production: a worker of its own, killed without warning."""

import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select, text

from skillhub.base import work
from skillhub.base.access import system
from skillhub.base.db import db, unit_of_work
from skillhub.base.errors import Conflict
from tests.base.work_worker import DONE, ITEMS, make_tables, small_app

pytestmark = pytest.mark.processes
ACTOR = system("tests")
PATIENCE_SECONDS = 60


@pytest.fixture
def installation(database_url):
    with small_app(database_url).app_context():
        make_tables(database_url)
        yield database_url
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def worker(installation):
    """Starts workers, and kills at the end what is left of them."""
    started = []

    def start():
        command = [sys.executable, "-m", "tests.base.work_worker", installation]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def enqueue(installation):
    def enqueue(name):
        with unit_of_work() as unit:
            return work.enqueue_in(unit, name="tests.items", payload={"job": name}, actor=ACTOR)

    return enqueue


def seen(job):
    db.session.rollback()
    return work.job(job)


def wait_for(job, fits):
    end = time.monotonic() + PATIENCE_SECONDS
    while not fits(seen(job)):
        assert time.monotonic() < end, seen(job)
        time.sleep(0.03)


def rows_of(name):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(DONE).where(DONE.c.job == name))


def test_a_killed_worker_loses_nothing_and_does_nothing_twice(worker, enqueue):
    job = enqueue("a")  # before any worker ever ran
    first = worker()
    wait_for(job, lambda found: found.done >= 30)
    first.send_signal(signal.SIGKILL)
    first.wait()
    killed_at = rows_of("a")
    assert 30 <= killed_at < ITEMS, "the control: it was killed in the middle"

    second = worker()
    wait_for(job, lambda found: found.state == "done")

    assert rows_of("a") == ITEMS
    assert seen(job).done == seen(job).of == ITEMS
    assert work.is_alive()
    second.terminate()
    assert second.wait(30) == 0


def test_a_worker_that_is_asked_to_end_leaves_the_rest_to_the_next(worker, enqueue):
    job = enqueue("a")
    first = worker()
    wait_for(job, lambda found: found.done >= 20)
    began = time.monotonic()
    first.terminate()

    assert first.wait(30) == 0
    assert time.monotonic() - began < 15
    assert seen(job).state == "running"

    worker()
    wait_for(job, lambda found: found.state == "done")
    assert rows_of("a") == ITEMS


def test_a_unit_that_rolls_back_leaves_no_trace_in_the_library_and_nothing_is_pickled(installation, enqueue):
    def ask_and_fail():
        with unit_of_work() as unit:
            work.enqueue_in(unit, name="tests.items", payload={"job": "never"}, actor=ACTOR)
            raise Conflict

    with pytest.raises(Conflict):
        ask_and_fail()
    job = enqueue("kept")

    schema = "" if installation.startswith("sqlite") else "dbos."
    rows = db.session.execute(
        text(
            "SELECT s.workflow_uuid, s.serialization, i.inputs "  # noqa: S608 (a name of ours)
            f"FROM {schema}workflow_status s "
            f"JOIN {schema}workflow_input i ON i.workflow_uuid = s.workflow_uuid"
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        (job, "portable_json", f'{{"namedArgs":{{}},"positionalArgs":["{job}"]}}')
    ]
