"""Workers that are killed without warning, and two that work side by side: nothing is lost."""

import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import func, select

from skillhub.base import post
from skillhub.base.db import db, unit_of_work
from skillhub.base.outbox import put
from skillhub.base.outbox.model import OutboxMessage
from tests.post.post_worker import gateways, make_tables, small_app
from tests.post.servers import SmsServer, running

pytestmark = pytest.mark.processes
PATIENCE_SECONDS = 90
MESSAGES = 60


@pytest.fixture
def server():
    with running(SmsServer()) as made:
        made.pause = 0.03
        yield made


@pytest.fixture
def written(database_url, keys_folder, server):
    """A database with so many messages that are to leave."""
    app = small_app(database_url, keys_folder)
    post.use(app, gateways(server.url))
    with app.app_context():
        make_tables()
        with unit_of_work() as unit:
            for number in range(MESSAGES):
                put(unit, phone=f"188{number:08d}", kind="application.enrolled", text=str(number))
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def worker(database_url, keys_folder, server, written):
    started = []

    def start():
        command = [sys.executable, "-m", "tests.post.post_worker", database_url, str(keys_folder), server.url]
        started.append(subprocess.Popen(command))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def unsent():
    db.session.rollback()
    return db.session.scalar(
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != "sent")
    )


def wait_until(fits):
    end = time.monotonic() + PATIENCE_SECONDS
    while not fits():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_workers_that_are_killed_in_the_middle_lose_nothing_and_doubles_bear_the_same_id(worker, server):
    kills = 3
    for number in range(1, kills + 1):
        process = worker()
        wait_until(lambda number=number: len(server.received) >= number * 12)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 0 < unsent() < MESSAGES, "the control: they were killed in the middle"
    worker()
    wait_until(lambda: unsent() == 0)

    times = Counter(server.ids)
    assert len(times) == MESSAGES
    assert {each["text"] for each in server.received} == {str(number) for number in range(MESSAGES)}
    assert sum(times.values()) - MESSAGES <= kills, "one double for each kill at most"


def test_two_workers_side_by_side_send_each_message_once(worker, server):
    worker()
    worker()
    wait_until(lambda: unsent() == 0)

    assert set(Counter(server.ids).values()) == {1}
    assert len(server.received) == MESSAGES
