"""The whole demonstration, once for each module and database; each test works in a savepoint of its own."""

import pytest

from skillhub.base import clock
from skillhub.base.db import db
from skillhub.demo import load
from skillhub.jobs import service as job_service
from skillhub.testing.pytest_plugin import DAY


@pytest.fixture(scope="module")
def loaded(app, tmp_path_factory):
    """The whole demonstration, once for each database, in a transaction that is rolled back."""
    folder = tmp_path_factory.mktemp("demo")
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_service, "drop_folder", lambda code: folder / code)
        patch.setattr(load, "_data_folder", lambda: folder)
        connection = db.engine.connect()
        outer = connection.begin()
        patch.setitem(db.engines, None, connection)
        with clock.frozen_at(DAY):
            load.load()
            yield folder
        db.session.remove()
        outer.rollback()
        connection.close()


@pytest.fixture
def demonstration(loaded, app):
    """Each test works in a savepoint of its own."""
    with app.app_context():
        db.session.remove()
        savepoint = db.engines[None].begin_nested()
        with clock.frozen_at(DAY):
            yield loaded
        db.session.remove()
        savepoint.rollback()
