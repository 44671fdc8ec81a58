from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from skillhub.base import clock, clock_row
from skillhub.base.db import Model

DAY = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
SOON = timedelta(seconds=30)


@pytest.fixture
def engine(database_url):
    engine = create_engine(database_url)
    Model.metadata.create_all(engine, [Model.metadata.tables["clock_setting"]])
    yield engine
    clock.use_source(None)
    engine.dispose()


def test_the_clock_is_real_until_somebody_moves_it(engine):
    clock.use_source(clock_row.source(engine))

    assert not clock.is_moved()
    assert clock.now() - clock.real_now() < SOON


def test_a_clock_that_was_set_runs_on_from_there(engine):
    clock.use_source(clock_row.source(engine))

    clock_row.store(engine, DAY)
    first, second = clock.now(), clock.now()

    assert DAY <= first < second < DAY + SOON


def test_an_advance_starts_where_the_clock_stands(engine):
    clock.use_source(clock_row.source(engine))
    clock_row.store(engine, DAY)

    clock_row.advance(engine, timedelta(hours=2))

    assert DAY + timedelta(hours=2) <= clock.now() < DAY + timedelta(hours=2) + SOON


def test_an_advance_of_the_real_clock_starts_at_the_real_time(engine):
    instant = clock_row.advance(engine, timedelta(days=1))

    assert abs(instant - clock.real_now() - timedelta(days=1)) < SOON


def test_the_real_time_comes_back(engine):
    clock.use_source(clock_row.source(engine))
    clock_row.store(engine, DAY)
    assert clock.is_moved()

    clock_row.store(engine, None)

    assert not clock.is_moved()


def test_a_process_may_start_at_an_instant_of_its_own_until_the_row_is_set(engine):
    clock_row.store(engine, DAY)
    clock.use_source(clock_row.source(engine, DAY + timedelta(days=3)))
    assert DAY + timedelta(days=3) <= clock.now() < DAY + timedelta(days=3) + SOON

    clock_row.store(engine, DAY)

    assert DAY <= clock.now() < DAY + SOON


def test_before_the_tables_are_made_the_time_is_real(database_url):
    engine = create_engine(database_url)

    assert clock_row.read(engine) is None

    engine.dispose()
