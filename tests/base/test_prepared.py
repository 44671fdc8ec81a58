from datetime import UTC, date

import pytest
from sqlalchemy import Date, bindparam, case, create_engine, event, func, literal, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from skillhub.accounts.model import Person
from skillhub.base import driver
from skillhub.base.db import MoreThanOneStatement, WriteOutsideUnit, connected, db, guard, unit_of_work
from skillhub.base.idempotency import KeptCall
from skillhub.base.prepared import Prepared
from tests.contracts.fault_house import standing

PERSONS = (
    select(
        Person.id,
        Person.birth_on,
        Person.groups,
        Person.registered_at.label("since"),
        case((Person.sex.in_(("女", "男")), literal("told")), else_=None).label("said"),
        bindparam("day", type_=Date).label("day"),
    )
    .where(Person.handle == bindparam("handle"), Person.sex.in_(("女", "男")))
    .order_by(Person.id)
)
KEPT_CALL = (
    "INSERT INTO kept_call (actor, key, route, body_sha256, reference, at)"
    " VALUES ('a', 'k', 'route', 'hash', 'r', '2025-01-01 00:00:00')"
)


def test_rows_are_those_that_the_session_reads(session, persons):
    person = persons.trainee()
    asked = {"handle": person.handle, "day": date(2025, 11, 10)}

    found = Prepared(PERSONS).rows(session, asked)

    assert found == [dict(row) for row in session.execute(PERSONS, asked).mappings()]
    assert found[0]["since"].tzinfo is UTC
    assert isinstance(found[0]["groups"], list)
    assert found[0]["day"] == date(2025, 11, 10)


def test_it_can_be_asked_again_with_other_values_and_answers_for_those(session, persons):
    one, other = persons.trainee(), persons.trainee()
    prepared = Prepared(PERSONS)

    ids = [prepared.row(session, {"handle": each.handle, "day": None})["id"] for each in (one, other, one)]

    assert ids == [one.person_id, other.person_id, one.person_id]
    assert prepared.row(session, {"handle": "nobody", "day": None}) is None


def test_a_value_that_is_missing_is_an_error_of_the_caller(session):
    with pytest.raises(KeyError):
        Prepared(PERSONS).rows(session, {"handle": "x"})


def test_two_columns_of_one_name_are_refused(session):
    with pytest.raises(ValueError, match="two columns"):
        Prepared(select(Person.id, KeptCall.id)).rows(session, {})


def test_who_listens_to_statements_hears_it(session):
    heard = []
    listener = lambda *told: heard.append(told[2])  # noqa: E731 (removed again below)
    event.listen(session.get_bind(), "before_cursor_execute", listener)

    Prepared(select(func.count().label("n")).select_from(Person)).rows(session, {})

    event.remove(session.get_bind(), "before_cursor_execute", listener)
    assert "count" in heard[-1]


def test_what_writes_outside_a_unit_is_refused(session):
    with pytest.raises(WriteOutsideUnit):
        driver.say(session.connection(), "DELETE FROM kept_call", has_rows=False)


def test_a_row_that_a_rule_of_the_database_forbids_is_the_error_that_the_session_would_raise(session):
    with unit_of_work() as unit:
        driver.say(unit.session.connection(), KEPT_CALL, has_rows=False)
    with pytest.raises(IntegrityError, match="kept_call"), unit_of_work() as unit:
        driver.say(unit.session.connection(), KEPT_CALL, has_rows=False)


def test_a_connection_that_the_server_has_cut_is_not_used_again(fresh_postgresql_url):
    engine = create_engine(fresh_postgresql_url)
    guard(engine)
    one = Prepared(select(literal(1).label("one")))

    with Session(engine) as session:
        own = session.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        with pytest.raises(OperationalError) as told:
            one.rows(session, {})
        assert told.value.connection_invalidated
        session.rollback()

        assert one.rows(session, {}) == [{"one": 1}]
    engine.dispose()


def test_a_connection_that_was_left_alone_is_tried_before_it_is_lent(fresh_postgresql_url, monkeypatch):
    monkeypatch.setattr("skillhub.base.db.TRUSTED_SECONDS", 0.0)
    engine = create_engine(fresh_postgresql_url)
    guard(engine)
    with engine.connect() as left:
        own = left.scalar(text("SELECT pg_backend_pid()"))
    with create_engine(fresh_postgresql_url).connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})

    with engine.connect() as lent:
        assert lent.scalar(text("SELECT pg_backend_pid()")) != own
    engine.dispose()


def test_what_is_said_together_on_the_server_is_taken_back_together(fresh_postgresql_url):
    engine = create_engine(fresh_postgresql_url)
    guard(engine)
    with connected(engine) as connection:
        connection.execute(text("CREATE TABLE told (n integer)"))
        connection.rollback()

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('told')")) is None
    engine.dispose()


@pytest.mark.parametrize(
    "second",
    [
        "UPDATE kept_call SET reference = 'other'",
        "SELECT reference FROM kept_call FOR UPDATE",
        "LOCK TABLE kept_call IN EXCLUSIVE MODE",
    ],
)
def test_a_unit_that_promised_one_statement_reads_freely_and_is_refused_a_second_one(
    fresh_postgresql_url, keys_folder, tmp_path, second
):
    references = text("SELECT reference FROM kept_call")
    with standing(fresh_postgresql_url, keys_folder, tmp_path):
        with unit_of_work(is_one_statement=True) as unit:
            assert unit.session.scalar(references) is None
            unit.session.execute(text(KEPT_CALL))
            assert unit.session.scalar(references) == "r"
            with pytest.raises(MoreThanOneStatement):
                unit.session.execute(text(second))

        assert db.session.scalar(references) == "r", "the one was kept by the server at once"
        with unit_of_work() as unit:
            unit.session.execute(text("UPDATE kept_call SET reference = 's'"))
            unit.session.execute(text("UPDATE kept_call SET reference = 't'"))
