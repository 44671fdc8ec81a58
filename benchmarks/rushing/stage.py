"""The stage of a rush: a database of its own, people who are signed in, classes to apply for, and servers."""

from __future__ import annotations

import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text, update

from skillhub.accounts.model import Person
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.service import sign_in
from skillhub.app import create_app
from skillhub.base import clock, schema, seal
from skillhub.base.db import db, unit_of_work
from skillhub.command import server
from skillhub.config import Config
from skillhub.testing.factories.applications import Classes, SomeClass
from skillhub.testing.factories.base import LUNAN, Organisations, Persons, make_districts

PATIENCE_SECONDS = 60
BORN = date(1975, 3, 8)
DAYS_OF_A_CLASS = 3
BENCHMARKS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Applicant:
    """A person with the token of a program that is signed in."""

    person_id: int
    token: str


class Stage:
    """An installation made for one benchmark."""

    def __init__(self, folder: Path, database_url: str, people: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._serial = itertools.count()
        self.folder = folder
        self.url = database_url
        self.config = Config(
            profile="test", data=str(folder), database_url=database_url, public_url="http://127.0.0.1"
        )
        seal.make(self.config.keys_folder)
        schema.upgrade(database_url)
        self.app: Flask = create_app(self.config, inline_work=True)
        clock.use_source(None)
        with self.app.app_context():
            make_districts()
            self._persons = Persons(LUNAN)
            self._organisations = Organisations(LUNAN)
            self.applicants = [self._signed_in() for _ in range(people)]
            db.session.remove()
            self._make_alike()

    def batch(self, seats: int) -> SomeClass:
        """Return a new class that is open now, on days of its own: nobody has a clash with an earlier one."""
        first_in = timedelta(days=2 + DAYS_OF_A_CLASS * next(self._serial))
        with self.app.app_context():
            made = Classes(self._persons, self._organisations).published(seats=seats, first_in=first_in)
            db.session.remove()
        return made

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    def _make_alike(self) -> None:
        """Give all the same sex and birthday: the floor repeats what was said of one person."""
        alike = update(Person).values(sex="女", birth_on=BORN).execution_options(outside_unit=True)
        with db.engine.connect().execution_options(outside_unit=True, write=True) as connection:
            connection.execute(alike.where(Person.id.in_([each.person_id for each in self.applicants])))
            connection.commit()

    def _signed_in(self) -> Applicant:
        person = self._persons.trainee()
        with unit_of_work() as unit:
            started = sign_in.start_in(unit, person_id=person.person_id, kind=sign_ins.PROGRAM)
        return Applicant(person.person_id, started.token)

    @contextmanager
    def served(self, workers: int) -> Iterator[int]:
        """Serve the product as `skillhub serve` does, and lend the port."""
        port = free_port()
        environ = {
            "SKILLHUB_PROFILE": "test",
            "SKILLHUB_DATA": str(self.folder),
            "SKILLHUB_DATABASE_URL": self.url,
            "SKILLHUB_WEB_WORKERS": str(workers),
            "PORT": str(port),
        }
        with _running([sys.executable, "-m", "skillhub.command", "serve"], environ, port, "/healthz"):
            yield port


@contextmanager
def bare(target: str, workers: int, environ: dict[str, str]) -> Iterator[int]:
    """Serve something bare under the same server with the same settings, and lend the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    command += ["--workers", str(workers), "--worker-class", server.WORKER_CLASS]
    command += ["--threads", str(server.THREADS), "--keep-alive", str(server.KEEPALIVE_SECONDS)]
    with _running([*command, "--no-control-socket", target], environ, port, "/"):
        yield port


@contextmanager
def _running(command: Sequence[str], environ: dict[str, str], port: int, path: str) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SKILLHUB_")}
    process = subprocess.Popen(  # noqa: S603 (our own command)
        command, cwd=BENCHMARKS, env=kept | environ, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(process, port, path)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def _wait_for(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    for _ in range(PATIENCE_SECONDS * 20):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server does not answer")


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def fresh_postgresql(server_url: str) -> str:
    """Return the address of a new, empty database of a running server."""
    name = "rush" + secrets.token_hex(6)
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)
