import pytest
from sqlalchemy import insert, select, text

from skillhub.base import audit, idempotency
from skillhub.base.access import system
from skillhub.base.audit import AuditEntry
from skillhub.base.db import NestedUnitOfWork, WriteOutsideUnit, in_unit_of_work, unit_of_work
from skillhub.base.ids import NumberSeries, next_number, reserve_up_to

ACTOR = system("tests")


def test_a_row_that_is_added_outside_a_unit_is_refused_at_the_next_query(session):
    session.add(NumberSeries(name="x", last=1))

    with pytest.raises(WriteOutsideUnit):
        session.scalars(select(NumberSeries)).all()

    session.rollback()


def test_a_core_write_outside_a_unit_is_refused(session):
    with pytest.raises(WriteOutsideUnit):
        session.execute(insert(NumberSeries).values(name="x", last=1))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM number_series",
        "  update number_series set last = 1",
        "WITH one AS (SELECT 1) INSERT INTO number_series SELECT 'x', 1 FROM one",
    ],
)
def test_text_that_writes_outside_a_unit_is_refused(session, statement):
    with pytest.raises(WriteOutsideUnit):
        session.execute(text(statement))


def test_units_do_not_nest(session):
    with unit_of_work(), pytest.raises(NestedUnitOfWork), unit_of_work():
        pass


def test_an_error_rolls_everything_back_the_audit_row_too(session):
    def fail():
        with unit_of_work() as unit:
            next_number(unit, "x")
            audit.record(unit, actor=ACTOR, verb="test.fail", subject="test:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert session.scalar(select(NumberSeries)) is None
    assert session.scalar(select(AuditEntry)) is None


def test_calls_for_after_the_commit_run_once_it_is_kept_and_outside_the_unit(session):
    said = []

    with unit_of_work() as unit:
        unit.after_commit(lambda: said.append(in_unit_of_work()))
        assert said == []

    assert said == [False]


def test_calls_for_after_the_commit_are_dropped_with_the_transaction(session):
    said = []

    def fail():
        with unit_of_work() as unit:
            unit.after_commit(lambda: said.append("mail"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert said == []


def test_numbers_of_a_series_go_up_by_one_and_a_rolled_back_one_is_given_again(session):
    with unit_of_work() as unit:
        assert [next_number(unit, "a"), next_number(unit, "a"), next_number(unit, "b")] == [1, 2, 1]

    def fail():
        with unit_of_work() as unit:
            assert next_number(unit, "a") == 3
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with unit_of_work() as unit:
        assert next_number(unit, "a") == 3


def test_numbers_that_exist_already_are_not_given_out(session):
    with unit_of_work() as unit:
        reserve_up_to(unit, "a", 7)
        reserve_up_to(unit, "a", 5)
        assert next_number(unit, "a") == 8


def _call(key="k1", body="b1", actor="person:1"):
    return idempotency.Call(actor=actor, key=key, route="POST /x", body_sha256=body)


def test_a_call_is_kept_with_its_effect_and_shows_the_same_result(session):
    with idempotency.carrying_out(_call()), unit_of_work() as unit:
        unit.refer(str(next_number(unit, "a")))

    assert idempotency.earlier(_call()) == "1"


def test_a_call_that_failed_leaves_no_key(session):
    with pytest.raises(ZeroDivisionError), idempotency.carrying_out(_call()), unit_of_work():
        raise ZeroDivisionError

    assert idempotency.earlier(_call()) is None


def test_a_key_that_was_used_for_something_else_is_refused(session):
    with idempotency.carrying_out(_call()), unit_of_work() as unit:
        unit.refer("1")

    with pytest.raises(idempotency.KeyReused):
        idempotency.earlier(_call(body="other"))


def test_another_actors_key_is_unknown_and_no_conflict(session):
    with idempotency.carrying_out(_call()), unit_of_work() as unit:
        unit.refer("1")

    assert idempotency.earlier(_call(actor="person:2")) is None


def test_of_two_calls_with_one_key_the_second_is_told_to_wait_and_has_no_effect(session):
    with idempotency.carrying_out(_call()), unit_of_work() as unit:
        unit.refer("1")

    with pytest.raises(idempotency.InProgress), idempotency.carrying_out(_call()), unit_of_work() as unit:
        next_number(unit, "late")

    assert session.get(NumberSeries, "late") is None
