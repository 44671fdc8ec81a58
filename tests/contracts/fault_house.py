"""An installation to which things happen: its people, and ways to break what it stands on."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event, func, make_url, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from skillhub.app import create_app
from skillhub.base import clock
from skillhub.base.db import Model, db, let_go
from skillhub.config import Config
from skillhub.courses.model import TrainingOrder
from skillhub.testing.clients import ApiClient, hidden_fields
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LUNAN, Organisations, Persons, make_districts
from skillhub.testing.factories.courses import some_batch

NOTES = {"sign_in_session", "access_token", "audit_entry"}
"""Rows about who came and what was refused; everything else is what people mean by data."""


@dataclass
class House:
    """An installation with a database of its own, an employer and a job seeker in it."""

    app: Flask
    url: str
    program: ApiClient
    seeker: ApiClient
    browser: FlaskClient
    employer: str
    batch: str

    @property
    def is_sqlite(self) -> bool:
        """Tell on which database it stands."""
        return self.url.startswith("sqlite")

    def server_url(self) -> str:
        """Return the address by which another program reaches the database server."""
        return self.url.replace("+psycopg", "")

    def order(self, key: str | None = None) -> TestResponse:
        """Place an order as a program."""
        return self._apart(lambda: self.program.post("orders", self._order(), key=key))

    def _order(self) -> dict[str, Any]:
        return {
            "district": LUNAN,
            "employer": self.employer,
            "trade": "家政",
            "heads": 8,
            "skills": ["家务服务"],
            "wage_fen": 18_000,
            "wage_unit": "day",
            "starts_on": (clock.today("Asia/Shanghai") + timedelta(days=30)).isoformat(),
            "promised_jobs": 4,
        }

    def apply(self, key: str | None = None) -> TestResponse:
        """Apply for the class as a program."""
        path = f"batches/{self.batch}/applications"
        return self._apart(lambda: self.seeker.post(path, {"channel": "web"}, key=key))

    def read(self, path: str) -> TestResponse:
        """Read a page in the employer's browser."""
        return self._apart(lambda: self.browser.get(path))

    def _apart(self, call: Callable[[], TestResponse]) -> TestResponse:
        """Call with a session of its own, as requests have that come from outside."""
        if has_app_context():
            db.session.remove()
        return call()

    def form(self) -> dict[str, str]:
        """Return the order form of the browser, filled in."""
        page = self.read("/employer/orders/new")
        day = (clock.today("Asia/Shanghai") + timedelta(days=30)).isoformat()
        typed = {"trade": "家政", "heads": "8", "promised_jobs": "4", "wage_yuan": "180", "wage_unit": "day"}
        return {**hidden_fields(page.text), **typed, "starts_on": day, "skills": "", "course": ""}

    def send(self, form: dict[str, str]) -> TestResponse:
        """Send the order form."""
        return self._apart(lambda: self.browser.post("/employer/orders/new", data=form))

    def orders(self) -> int:
        """Return how many orders there are."""
        db.session.remove()
        return db.session.scalar(select(func.count()).select_from(TrainingOrder))

    def state(self) -> dict[str, str]:
        """Return a hash of each table that holds data."""
        db.session.remove()
        tables = [table for table in Model.metadata.sorted_tables if table.name not in NOTES]
        with db.engine.connect() as connection:
            return {
                table.name: hashlib.sha256(
                    repr(sorted(map(repr, connection.execute(select(table))))).encode()
                ).hexdigest()
                for table in tables
            }


@contextmanager
def standing(url: str, keys: Path, data: Path) -> Iterator[House]:
    """Build a house on a database, and leave it."""
    config = Config(
        profile="test",
        data=str(data),
        keys=str(keys),
        database_url=url,
        public_url="http://localhost",
    )
    app = create_app(config, inline_work=True)
    clock.use_source(None)
    with app.app_context():
        db.create_all()
        make_districts()
        persons, organisations = Persons(LUNAN), Organisations(LUNAN)
        employer = persons.employer(organisations.employer())
        yield House(
            app,
            url,
            ApiClient(app).as_(employer),
            ApiClient(app).as_(persons.trainee()),
            signed_in(app, employer),
            employer.organisation,
            some_batch().code,
        )
        hang_up()


def hang_up() -> None:
    """Close every connection, so that the next request opens a new one."""
    let_go()
    db.engine.dispose()


@contextmanager
def held(house: House) -> Iterator[None]:
    """Hold the database as another program would that writes for a long time."""
    if house.is_sqlite:
        other = sqlite3.connect(make_url(house.url).database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(house.server_url())
        names = ", ".join(table.name for table in Model.metadata.sorted_tables)
        other.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def check_refusal(response: TestResponse, code: str) -> None:
    """Assert that an answer asks for patience, in the words of its reader."""
    assert response.status_code == 503, response.text[:300]
    assert int(response.headers["Retry-After"]) > 0
    assert "Traceback" not in response.text
    if response.is_json:
        assert (response.mimetype, response.json["code"]) == ("application/problem+json", code)
    else:
        assert "请稍等再试" in response.text


@contextmanager
def failing_at(number: int) -> Iterator[list[str]]:
    """Let the N-th statement fail as if the disk did; the statements so far are returned."""
    seen: list[str] = []

    def fail(_connection, _cursor, statement, parameters, *_rest):
        seen.append(statement)
        if len(seen) == number:
            raise OperationalError(statement, parameters, OSError("disk I/O error"))

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)


@contextmanager
def failing_at_the_commit(house: House) -> Iterator[None]:
    """Let the disk be full when what was written is to be kept: on a server, that finds out itself."""
    if house.is_sqlite:

        def fail(_connection):
            raise OperationalError("COMMIT", {}, OSError("disk I/O error"))

        event.listen(db.engine, "commit", fail)
        yield
        event.remove(db.engine, "commit", fail)
        return
    with psycopg.connect(house.server_url(), autocommit=True) as connection:
        connection.execute(FULL_AT_THE_COMMIT)
        yield
        connection.execute("DROP FUNCTION full_at_the_commit CASCADE")


FULL_AT_THE_COMMIT = """
    CREATE FUNCTION full_at_the_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END $$;
    CREATE CONSTRAINT TRIGGER full_then AFTER INSERT ON training_order DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION full_at_the_commit();
    CREATE CONSTRAINT TRIGGER full_then AFTER INSERT ON application DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION full_at_the_commit();
"""
