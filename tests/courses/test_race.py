import multiprocessing
from collections import Counter

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import true

from skillhub.accounts.queries import actors
from skillhub.app import create_app
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.errors import Busy
from skillhub.config import Config
from skillhub.courses.model import Application, Batch
from skillhub.courses.service import applications, arrival_statements, seats
from skillhub.courses.service.arrival_statements import Move
from skillhub.testing.factories.applications import Classes
from skillhub.testing.factories.base import LUNAN, Organisations, Persons, make_districts

PROCESSES, PEOPLE, SEATS = 8, 40, 5
PATIENCE_SECONDS = 120
SPAWN = multiprocessing.get_context("spawn")

pytestmark = pytest.mark.processes


def apply_all(config, start, told, work, has_condition):
    """Run in a process of its own: let each of these people apply, as soon as all processes are ready."""
    app = create_app(config, inline_work=True)
    if not has_condition:
        seats.IS_FREE = true()
        arrival_statements.MOVES[Move.SEEK] = seats.seeking()
    batch, people = work
    outcomes = Counter()
    with app.app_context():
        callers = [actors.actor_of(person_id) for person_id in people]
        start.wait(PATIENCE_SECONDS)
        for caller in callers:
            outcomes[apply_until_heard(caller, batch)] += 1
    told.put(outcomes)


def apply_until_heard(caller, batch):
    """Apply like a browser that comes back when it is told to wait."""
    while True:
        try:
            found = applications.apply_or_find(actor=caller, batch=batch, channel="网页")
        except Busy:
            continue
        except IntegrityError:
            return "stopped by a constraint"
        return "new" if found.is_new else "found"


def sell_by_counting(url, read, told, batch_id, person_id):
    """Run in a process of its own: count the taken seats, then take one, as so many systems do."""
    engine = create_engine(url)
    with engine.begin() as connection:
        taken = connection.scalar(
            text("SELECT count(*) FROM application WHERE batch_id = :batch"), {"batch": batch_id}
        )
        read.wait(PATIENCE_SECONDS)
        if taken < 1:
            connection.execute(
                text(
                    "INSERT INTO application (receipt, batch_id, person_id, order_no, state, reasons,"
                    " is_unsubsidised, applied_at, decided_at) VALUES (:receipt, :batch, :person, :person,"
                    " 'enrolled', '[]', :no, '2025-11-10 01:00:00', '2025-11-10 01:00:00')"
                ),
                {"receipt": f"r{person_id}", "batch": batch_id, "person": person_id, "no": False},
            )
    engine.dispose()
    told.put(Counter())


@pytest.fixture
def config(database_url, keys_folder, tmp_path):
    return Config(
        profile="test",
        data=str(tmp_path),
        keys=str(keys_folder),
        database_url=database_url,
        public_url="http://localhost",
    )


@pytest.fixture
def stage(config):
    """An application on a database of its own, with two districts."""
    app = create_app(config, inline_work=True)
    clock.use_source(None)
    with app.app_context():
        db.create_all()
        make_districts()
        yield app
        db.session.remove()
        db.engine.dispose()


def people_and_class(heads, seats_offered):
    persons = Persons(LUNAN)
    batch = Classes(persons, Organisations(LUNAN)).published(seats=seats_offered)
    people = [persons.trainee().person_id for _ in range(heads)]
    db.session.rollback()
    return batch, people


def run(target, arguments, told):
    """Start all processes, and return what they tell once each has ended well."""
    processes = [SPAWN.Process(target=target, args=each) for each in arguments]
    for process in processes:
        process.start()
    outcomes = sum((told.get(timeout=PATIENCE_SECONDS) for _ in processes), Counter())
    for process in processes:
        process.join(PATIENCE_SECONDS)
    assert [process.exitcode for process in processes] == [0] * len(processes)
    return outcomes


def race(config, batch, people, *, processes=PROCESSES, has_condition=True):
    """Let every person apply in two processes at once."""
    start, told = SPAWN.Barrier(processes), SPAWN.Queue()
    shares = [
        [person for place, person in enumerate(people) if (place - number) % processes in (0, 1)]
        for number in range(processes)
    ]
    return run(
        apply_all, [(config, start, told, (batch.code, share), has_condition) for share in shares], told
    )


def rows_of(batch):
    return db.session.execute(
        select(Application.state, Application.order_no, Application.line_key, Application.person_id)
        .where(Application.batch_id == batch.id)
        .order_by(Application.order_no)
    ).all()


def test_eight_processes_sell_exactly_the_seats_in_an_order_without_gaps(config, stage):
    batch, people = people_and_class(PEOPLE, SEATS)

    outcomes = race(config, batch, people)

    rows = rows_of(batch)
    counters = db.session.execute(
        select(Batch.taken, Batch.waiting, Batch.arrivals).where(Batch.id == batch.id)
    ).one()
    assert outcomes == {"new": PEOPLE, "found": PEOPLE}
    assert sorted(row.person_id for row in rows) == sorted(people)
    assert [row.order_no for row in rows] == list(range(1, PEOPLE + 1))
    assert [row.state for row in rows] == ["enrolled"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS)
    assert [row.line_key for row in rows[SEATS:]] == [
        f"1{number:010d}" for number in range(SEATS + 1, PEOPLE + 1)
    ]
    assert tuple(counters) == (SEATS, PEOPLE - SEATS, PEOPLE)


def test_without_the_condition_the_constraint_is_the_last_word(config, stage):
    batch, people = people_and_class(6, 2)

    outcomes = race(config, batch, people, processes=3, has_condition=False)

    assert outcomes["stopped by a constraint"] > 0
    assert [row.state for row in rows_of(batch)] == ["enrolled"] * 2


def test_counting_and_then_inserting_sells_one_seat_twice(config, stage):
    batch, people = people_and_class(2, 1)
    read, told = SPAWN.Barrier(2), SPAWN.Queue()

    run(sell_by_counting, [(config.database, read, told, batch.id, person) for person in people], told)

    sold = db.session.scalar(
        select(func.count()).select_from(Application).where(Application.batch_id == batch.id)
    )
    assert sold == 2
