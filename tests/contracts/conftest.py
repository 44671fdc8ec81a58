"""The world of the contract tests: built once for each module and database, taken back at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from skillhub.base.db import connected, db
from tests.contracts import worlds
from tests.contracts.stage import Stage, State


@pytest.fixture(scope="module")
def stage(app: Flask) -> Iterator[Stage]:
    """Two districts full of data, on which every address can be called as anybody."""
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        connection = connected(db.engine)
        outer = connection.begin()
        patch.setitem(db.engines, None, connection)
        with worlds.standing(app) as world:
            yield Stage(app, connection, world)
        db.session.remove()
        outer.rollback()
        connection.close()


@pytest.fixture(scope="module")
def before(stage: Stage) -> State:
    """The data as it is; every test takes back what it has done."""
    return stage.state()
