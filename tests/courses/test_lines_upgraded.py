"""The migration that brought lines and plans, applied to classes in which people sit and wait."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from skillhub.app import create_app
from skillhub.base import clock, schema
from skillhub.base.db import db
from skillhub.config import Config
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import plans as plan_queries
from skillhub.courses.rules.allocation import Mode
from skillhub.courses.service import applications, rounds
from skillhub.testing.factories.applications import Classes
from skillhub.testing.factories.base import LUNAN, Organisations, Persons, make_districts

BEFORE = "0012"
DAY = timedelta(days=1)


@pytest.fixture
def stage(database_url, keys_folder, tmp_path):
    """An application on a database of its own."""
    schema.upgrade(database_url)
    config = Config(
        profile="test",
        data=str(tmp_path),
        keys=str(keys_folder),
        database_url=database_url,
        public_url="http://localhost",
    )
    app = create_app(config, inline_work=True)
    clock.use_source(None)
    with app.app_context():
        make_districts()
        yield app
        db.session.remove()
        db.engine.dispose()


def told(made):
    """What each person is told: state, order and place in line."""
    views = [queries.application(receipt) for _, receipt in made]
    return [(each.state, each.order_no, each.position) for each in views]


def since(made):
    receipts = [receipt for _, receipt in made]
    rows = db.session.execute(
        select(Application.queues_since, Application.applied_at)
        .where(Application.receipt.in_(receipts))
        .order_by(Application.order_no)
    ).all()
    return [row.queues_since and row.queues_since == row.applied_at for row in rows]


def test_people_in_running_classes_keep_seats_and_places_and_only_open_classes_have_a_line(
    stage, database_url
):
    classes = Classes(Persons(LUNAN), Organisations(LUNAN))
    with clock.frozen_at(clock.real_now() - 4 * DAY):
        running = classes.published(seats=1, lessons=5)
        in_class = classes.enrol(running, 3)
    coming = classes.published(seats=1, first_in=3 * DAY, course=running.course)
    applied = classes.enrol(coming, 3)
    before = told(in_class), told(applied)
    db.session.remove()
    db.engine.dispose()

    schema.downgrade(database_url, BEFORE)
    schema.upgrade(database_url)

    assert schema.check(database_url) == []
    assert (told(in_class), told(applied)) == before
    assert before[0] == [("enrolled", 1, None), ("waitlisted", 2, 1), ("waitlisted", 3, 2)]
    assert (since(in_class), since(applied)) == ([None] * 3, [True] * 3)
    for each in (running, coming):
        plan = plan_queries.plan_of(each.id).plan
        assert (plan.mode, plan.seats, plan.cut_off) == (Mode.FIRST_COME, 1, each.view.sessions[0].starts_at)

    rounds.keep_lines()
    for person, receipt in (in_class[0], applied[0]):
        applications.withdraw(actor=person.actor, receipt=receipt)
    assert [state for state, _, _ in told(in_class)] == ["withdrawn", "waitlisted", "waitlisted"]
    assert [state for state, _, _ in told(applied)] == ["withdrawn", "offered", "waitlisted"]
