"""The whole demonstration, loaded once into a database of its own; each test takes back what it did."""

import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from skillhub.base import clock, schema
from skillhub.base.db import connected, db, guard
from skillhub.demo import load
from skillhub.jobs import service as job_service
from skillhub.testing.clients import ApiClient
from skillhub.testing.pytest_plugin import DAY


@contextmanager
def bound_to(bind, folder):
    """The application works on this database and in this folder, on the demonstration day."""
    with pytest.MonkeyPatch.context() as patch, clock.frozen_at(DAY):
        patch.setattr(job_service, "drop_folder", lambda code: folder / code)
        patch.setattr(load, "_data_folder", lambda: folder)
        patch.setitem(db.engines, None, bind)
        db.session.remove()
        yield
        db.session.remove()


@pytest.fixture(scope="session")
def empty_url(backend, work_folder, request):
    """The address of a database of the demonstration's own."""
    name = "d" + uuid.uuid4().hex[:12]  # another each time: the databases may take turns
    if backend == "sqlite":
        return f"sqlite:///{work_folder / name}.sqlite"
    address = request.getfixturevalue("postgresql_url")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def loaded(app, empty_url, tmp_path_factory):
    """The database and the folder of the whole demonstration, loaded once for each database and process."""
    folder = tmp_path_factory.mktemp("demo")
    schema.upgrade(empty_url)
    engine = create_engine(empty_url)
    guard(engine)
    with app.app_context(), bound_to(engine, folder):
        load.load()
    yield engine, folder
    engine.dispose()


@pytest.fixture
def demonstration(loaded, app):
    """The folder of the demonstration; what the test writes is rolled back."""
    engine, folder = loaded
    connection = connected(engine)
    outer = connection.begin()
    with app.app_context(), bound_to(connection, folder):
        yield folder
    outer.rollback()
    connection.close()


@pytest.fixture
def visitor(demonstration, app):
    """A browser without script that sees the demonstration."""
    return app.test_client()


@pytest.fixture
def program(demonstration, app):
    """A program at the JSON addresses of the demonstration."""
    return ApiClient(app)
