"""The floors: the statements of the real path, recorded once and repeated without any of our code.

Two people apply at the real address; what differs between the two recordings is what has to
be new for each application. So this goes with the path, whatever statements it takes.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response
from psycopg import RawCursor
from psycopg.types.json import Json
from sqlalchemy import Connection, event, select

from rushing.stage import Applicant, Stage
from skillhub.base.db import db
from skillhub.courses.model import Application
from skillhub.courses.queries import admissions
from skillhub.courses.service import rulings

BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
SCRIPT, PEOPLE, DATABASE = "RUSH_SCRIPT", "RUSH_PEOPLE", "RUSH_DATABASE"
COMMIT, ROLLBACK = "COMMIT", "ROLLBACK"
BUSY_MS = 60_000
CREATED = 201
_serial = itertools.count(1)


@dataclass(frozen=True)
class Pair:
    """What tells the two recordings apart: the people, and the applications that they made."""

    people: tuple[int, int]
    applications: tuple[int, int]


@dataclass(frozen=True)
class Step:
    """One statement with the values that go into it, or the end of a transaction."""

    sql: str
    values: Any = None

    @property
    def is_insert(self) -> bool:
        """Tell whether it writes new rows, which need new keys."""
        return "INSERT INTO" in self.sql.upper()

    @property
    def is_application(self) -> bool:
        """Tell whether it writes the application itself."""
        return re.search(r"INSERT INTO application\b", self.sql) is not None


def record(stage: Stage, batch: str, two: Sequence[Applicant]) -> list[dict[str, Any]]:
    """Let two people apply and return the script of it.

    What the product keeps for some seconds is read before: the district is asked about one of them.
    """
    with stage.app.app_context():
        who = admissions.of_person(two[0].person_id)
        rulings.ask(admissions.look(batch=admissions.of_code(batch), person=who))
        db.session.remove()
    two = (two[1], two[0])  # so that ids of people fall where those of applications rise
    runs = [_recorded(stage, batch, each) for each in two]
    (first, one), (second, other) = runs
    if [each.sql for each in one] != [each.sql for each in other]:
        told = [each.sql.split("\n")[0][:80] for each in (*one, Step("and"), *other)]
        raise SystemExit("two applications took different statements:\n" + "\n".join(told))
    ids = Pair((two[0].person_id, two[1].person_id), (first, second))
    return [_line(*each, ids) for each in zip(one, other, strict=True)]


def _recorded(stage: Stage, batch: str, applicant: Applicant) -> tuple[int, list[Step]]:
    """Return the id of the application that was made, and all that was said to the database for it."""
    steps: list[Step] = []
    with stage.app.app_context(), _listening(steps):
        answer = stage.app.test_client().post(
            f"/api/v1/batches/{batch}/applications",
            json={"channel": "网页"},
            headers={
                "Authorization": f"Bearer {applicant.token}",
                "Idempotency-Key": secrets.token_hex(8),
            },
        )
        db.session.remove()
    if answer.status_code != CREATED:
        raise SystemExit(f"an application was answered {answer.status_code}: {answer.text[:300]}")
    with stage.app.app_context():
        made = db.session.scalar(select(Application.id).where(Application.receipt == answer.json["receipt"]))
        db.session.remove()
    return int(made or 0), steps


@contextmanager
def _listening(steps: list[Step]) -> Iterator[None]:
    def executed(_connection: object, _cursor: object, sql: str, values: Any, *_more: object) -> None:
        steps.append(Step(sql, values))

    def committed(_connection: object) -> None:
        steps.append(Step(COMMIT))

    def rolled_back(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":  # elsewhere what is read alone has begun nothing
            steps.append(Step(ROLLBACK))

    def begun(connection: Connection) -> None:
        if connection.dialect.name == "sqlite" and connection.get_execution_options().get("write"):
            steps.append(Step(BEGIN_TO_WRITE, ()))  # said to the driver alone

    heard: dict[str, Callable[..., None]] = {
        "begin": begun,
        "before_cursor_execute": executed,
        "commit": committed,
        "rollback": rolled_back,
    }
    for name, listener in heard.items():
        event.listen(db.engine, name, listener)
    yield
    for name, listener in heard.items():
        event.remove(db.engine, name, listener)


def _line(one: Step, other: Step, ids: Pair) -> dict[str, Any]:
    is_many = isinstance(one.values, list)
    pairs = zip(one.values, other.values, strict=True) if is_many else [(one.values, other.values)]
    return {"sql": one.sql, "many": is_many, "values": [_row(one, *pair, ids) for pair in pairs]}


def _row(step: Step, one: Any, other: Any, ids: Pair) -> Any:
    if isinstance(one, dict):
        return {name: _value(step, one[name], other[name], ids) for name in one}
    return [_value(step, *pair, ids) for pair in zip(one or (), other or (), strict=True)]


def _value(step: Step, one: Any, other: Any, ids: Pair) -> dict[str, Any]:
    """Say what stands in a place: the person, the application, something new, or always the same."""
    if type(one) is int and (one, other) == ids.people:
        return {"is": "person"}
    if type(one) is int and (one, other) == ids.applications and not step.is_application:
        return {"is": "application"}
    if one == other or not step.is_insert:
        return _constant(one)
    if type(one) is int and step.is_application:
        return {"is": "number"}
    return {"is": "text", "size": len(one)} if _is_key(one) else _constant(one)


def _is_key(value: Any) -> bool:
    """Tell whether a value is a text that has to be new: no instant, no JSON."""
    if not isinstance(value, str) or value[:1] in ("[", "{"):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return True
    return False


def _constant(value: Any) -> dict[str, Any]:
    if isinstance(value, datetime):
        return {"is": "instant", "value": value.isoformat()}
    if isinstance(value, date):
        return {"is": "day", "value": value.isoformat()}
    if isinstance(value, psycopg.Binary):
        value = value.obj
    if isinstance(value, bytes | memoryview):
        return {"is": "bytes", "value": bytes(value).hex()}
    if isinstance(value, Json):
        return {"is": "json", "value": value.obj}
    return {"is": "value", "value": value}


def _made(what: dict[str, Any], person: int, application: int) -> Any:
    """Return the value for one repetition."""
    kind, kept = what["is"], what.get("value", "")
    made: dict[str, Callable[[], Any]] = {
        "person": lambda: person,
        "application": lambda: application,
        "number": lambda: os.getpid() % 2_000 * 1_000_000 + next(_serial),
        "text": lambda: secrets.token_urlsafe(what["size"])[: what["size"]],
        "instant": lambda: datetime.fromisoformat(kept),
        "day": lambda: date.fromisoformat(kept),
        "json": lambda: Json(kept),
        "bytes": lambda: bytes.fromhex(kept),
        "value": lambda: kept,
    }
    return made[kind]()


class Repeater:
    """Repeats a script on connections of its own, one for each thread."""

    def __init__(self, script: list[dict[str, Any]], url: str) -> None:
        self._script = script
        self._url = url
        self._here = threading.local()

    def apply(self, person: int) -> int:
        """Repeat it for a person, and return the number of statements."""
        connection, application = self._connection(), 0
        for line in self._script:
            if line["sql"] in (COMMIT, ROLLBACK):
                getattr(connection, line["sql"].lower())()
                continue
            rows = [self.values(row, person, application) for row in line["values"]]
            cursor = RawCursor(connection) if "$1" in line["sql"] else connection.cursor()
            if line["many"]:
                cursor.executemany(line["sql"], rows)
            else:
                cursor.execute(line["sql"], rows[0])
                found = cursor.fetchall() if cursor.description else []
                if Step(line["sql"]).is_application and found:
                    application = found[0][0]
            cursor.close()
        return len(self._script)

    def values(self, row: Any, person: int, application: int = 0) -> Any:
        """Return what goes into one statement for a person and the application that was made for it."""
        if isinstance(row, dict):
            return {name: _made(what, person, application) for name, what in row.items()}
        return tuple(_made(what, person, application) for what in row)

    def _connection(self) -> Any:
        if not hasattr(self._here, "connection"):
            self._here.connection = self._connected()
        return self._here.connection

    def _connected(self) -> Any:
        if not self._url.startswith("sqlite"):
            return psycopg.connect(self._url, autocommit=True)
        connection = sqlite3.connect(self._url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in (f"busy_timeout = {BUSY_MS}", "foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


def hello() -> Flask:
    """Build the barest application of the framework."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def bare() -> Flask:
    """Build a bare application whose only address repeats the script."""
    app = Flask("bare")
    script = json.loads(Path(os.environ[SCRIPT]).read_text("utf-8"))
    people = json.loads(Path(os.environ[PEOPLE]).read_text("utf-8"))
    repeater = Repeater(script, os.environ[DATABASE])

    @app.get("/")
    def ready() -> str:
        return "ready"

    @app.post("/<int:number>")
    def apply(number: int) -> Response:
        statements = repeater.apply(people[number])
        return Response(json.dumps({"statements": statements}), 201, mimetype="application/json")

    return app


def raw(script: list[dict[str, Any]], url: str, people: Sequence[int], *, threads: int) -> float:
    """Repeat the script for these people without any server, and return how many a second."""
    repeater = Repeater(script, url)
    left = iter(people)
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                person = next(left, None)
            if person is None:
                return
            repeater.apply(person)

    started = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for each in started:
        each.start()
    for each in started:
        each.join()
    return len(people) / (time.perf_counter() - began)
