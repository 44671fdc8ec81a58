"""An event of the demonstration day, and browsers in which somebody is signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from skillhub.activities.queries import activities
from skillhub.activities.rules import doors
from skillhub.activities.rules.plans import Plan
from skillhub.activities.service import planning
from skillhub.base import clock
from skillhub.testing.factories.accounts import signed_in

STARTS = datetime(2025, 11, 12, 1, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=3)


def a_plan(**changes):
    about = {
        "title": "秋季创业训练营",
        "kind": "startup_camp",
        "place": "友谊街道1号二楼大厅",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "capacity": 150,
    }
    return Plan(**about | changes)


@pytest.fixture
def officer(persons):
    return persons.officer()


@pytest.fixture
def announced(district, officer):
    """The code of an event in two days, announced by the officer."""
    return planning.announce(actor=officer.actor, district=district, plan=a_plan())


@pytest.fixture
def begun(announced, frozen):
    """The same event, ten minutes after its beginning."""
    frozen.to(STARTS + timedelta(minutes=10))
    return announced


@pytest.fixture
def hall(begun):
    """The digits that the hall shows now."""
    return lambda: doors.code(activities.door_key(activities.activity(begun).id), clock.now())


@pytest.fixture
def browse(app, session):
    """Return a maker of browsers in which a person is signed in."""
    return lambda person: signed_in(app, person)
