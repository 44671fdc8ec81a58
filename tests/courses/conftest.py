"""Fixtures for classes and for what districts say."""

import pytest

from skillhub.base.db import unit_of_work
from skillhub.districts.service import districts
from skillhub.plugins.bus import Bus
from skillhub.testing.factories.applications import Classes
from skillhub.testing.factories.base import LUNAN, TESTS


@pytest.fixture
def classes(persons, organisations):
    """A maker of classes."""
    return Classes(persons, organisations)


@pytest.fixture
def plugged(app, session, monkeypatch):
    """Put plugins on a bus of its own, and switch them on in the district of the tests."""
    bus = Bus(in_transaction=app.extensions["skillhub.bus"]._in_transaction)  # noqa: SLF001 (the same check as in the product)
    monkeypatch.setitem(app.extensions, "skillhub.bus", bus)

    def put(**plugins):
        with unit_of_work() as unit:
            districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin="tangshan_lunan", is_on=False)
        for name, plugin in plugins.items():
            bus.register(plugin, name, version="1.0.0", sha256="ab")
            with unit_of_work() as unit:
                districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin=name, is_on=True)

    return put
