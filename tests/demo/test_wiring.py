import pytest
from sqlalchemy import insert, update

from skillhub.base import clock
from skillhub.base.db import unit_of_work
from skillhub.demo import wiring
from skillhub.demo.model import DemoState
from skillhub.web import progress


@pytest.fixture
def watched(app, monkeypatch):
    """The application as it is in a demonstration; a new watch looks at once."""
    return lambda: monkeypatch.setitem(app.extensions, progress.KEY, wiring.Watch())


def test_pages_show_how_far_the_loading_is_until_it_is_complete(client, watched):
    with unit_of_work() as unit:
        values = {"id": 1, "step": "求职者", "done": 400, "of": 1600, "is_complete": False}
        unit.session.execute(insert(DemoState).values(**values, began_at=clock.real_now()))
    watched()

    page = client.get("/")

    assert page.status_code == 200
    assert "求职者" in page.text
    assert 'value="400" max="1600"' in page.text

    with unit_of_work() as unit:
        unit.session.execute(update(DemoState).values(is_complete=True))
    watched()
    assert "求职者" not in client.get("/").text
