"""What happens when several people file, order or decide at the same moment."""

import threading
from datetime import timedelta

import pytest

from skillhub.app import create_app
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.errors import SkillHubError
from skillhub.config import Config
from skillhub.courses.queries import batches as queries
from skillhub.courses.service import batch_changes, batches
from skillhub.courses.service.batch_changes import Change
from skillhub.testing.factories.base import LUNAN, Organisations, Persons, make_districts
from skillhub.testing.factories.courses import HALL, lessons, some_batch, some_course, some_order
from skillhub.testing.pytest_plugin import DAY

AT_ONCE = 4


@pytest.fixture
def shared(database_url, work_folder, keys_folder):
    """An application on a database of its own, where several threads really commit."""
    config = Config(profile="test", data=str(work_folder), keys=str(keys_folder), database_url=database_url)
    app = create_app(config, inline_work=True)
    with app.app_context(), clock.frozen_at(DAY):
        db.create_all()
        make_districts()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(app, act):
    """Let four threads act at the same moment; return what each answered or the code of its error."""
    start = threading.Barrier(AT_ONCE)
    answers = []

    def one(number):
        with app.app_context(), clock.frozen_at(DAY):
            start.wait()
            try:
                answers.append(act(number))
            except SkillHubError as error:
                answers.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return answers


def test_of_classes_filed_at_once_for_one_trainer_one_stands(shared):
    persons = Persons(LUNAN)
    body = Organisations(LUNAN).training_body()
    school, trainer, course = persons.school(body), persons.trainer(body), some_course()
    first_at = DAY + timedelta(days=7)

    answers = at_once(
        shared,
        lambda _: batches.file(
            actor=school.actor,
            course=course,
            seats=8,
            opens_at=DAY,
            closes_at=first_at,
            sessions=lessons(first_at),
            place=HALL,
            trainer=trainer.handle,
        ),
    )

    assert sorted(answers) == ["130202-2511-001", "invalid", "invalid", "invalid"]
    assert len(queries.read()) == 1


def test_orders_placed_at_once_get_numbers_of_their_own(shared):
    employer = Persons(LUNAN).employer(Organisations(LUNAN).employer())

    answers = at_once(shared, lambda _: some_order(employer=employer, is_approved=False))

    assert sorted(answers) == [f"O-130202-25-{number:04d}" for number in range(1, AT_ONCE + 1)]


def test_of_officers_who_publish_at_once_one_does(shared):
    officer = Persons(LUNAN).officer()
    batch = some_batch(is_published=False)

    answers = at_once(shared, lambda _: batches.publish(actor=officer.actor, code=batch.code))

    assert sorted(answers) == [batch.code, "batch_state", "batch_state", "batch_state"]


def test_of_changes_made_at_once_to_what_was_read_one_is_kept(shared):
    batch = some_batch()
    version = batch.view.version

    answers = at_once(
        shared,
        lambda number: batch_changes.change(
            actor=batch.school.actor, code=batch.code, version=version, change=Change(seats=20 + number)
        ),
    )

    assert sorted(answers) == [batch.code, "version_conflict", "version_conflict", "version_conflict"]
    assert batch.view.version == version + 1
