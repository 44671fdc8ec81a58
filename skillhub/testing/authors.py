"""Fixtures for tests of plugins: an application with the package on, people to try it, a clock to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from skillhub.base.db import in_unit_of_work, unit_of_work
from skillhub.districts import snapshot
from skillhub.districts.service import districts
from skillhub.plugins import discover
from skillhub.plugins.bus import Bus
from skillhub.plugins.discover import Candidate
from skillhub.testing import kit
from skillhub.testing.factories.base import LIWAN, TESTS, Persons, SomePerson
from skillhub.testing.pytest_plugin import Frozen

PlugIn = Callable[..., None]


@pytest.fixture
def plug_in(app: Flask, district: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlugIn]:
    """Give a function that makes one package the only one, on in the district of the tests."""

    def plug(package: ModuleType, settings: Mapping[str, Any] | None = None) -> None:
        name = kit.name_of(package)
        bus = Bus(in_transaction=in_unit_of_work)
        found = [Candidate(name, package.__name__, kit.folder_of(package))]
        loaded = discover.load(bus, {name}, {name}, found=found)
        assert not loaded.rejected, str(loaded.rejected[0])
        monkeypatch.setitem(app.extensions, "skillhub.bus", bus)
        monkeypatch.setitem(app.extensions, "skillhub.plugins", loaded)
        with unit_of_work() as unit:
            for each, is_on in (("tangshan_lunan", False), (name, True)):
                districts.switch_in(
                    unit, actor=TESTS, district=district, plugin=each, is_on=is_on, settings=settings
                )

    yield plug
    snapshot.forget()


@pytest.fixture
def frozen_at(frozen: Frozen) -> Callable[[str], None]:
    """Give a function that holds the clock at an instant, as RFC 3339 text."""
    return frozen.to


@pytest.fixture
def alice(persons: Persons) -> SomePerson:
    """A learner of the district."""
    return persons.trainee()


@pytest.fixture
def bo(persons: Persons) -> SomePerson:
    """A trainer of a training body."""
    return persons.trainer()


@pytest.fixture
def chen(persons: Persons) -> SomePerson:
    """A clerk of the district."""
    return persons.desk()


@pytest.fixture
def dana(persons: Persons) -> SomePerson:
    """Somebody who acts for an employer."""
    return persons.employer()


@pytest.fixture
def eve(persons: Persons) -> SomePerson:
    """A stranger: a learner of another district."""
    return persons.trainee(LIWAN)
