import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from skillhub.base import audit
from skillhub.base.access import system
from skillhub.base.audit import AuditEntry
from skillhub.base.db import unit_of_work
from skillhub.demo import reset


@pytest.fixture
def entry(session):
    with unit_of_work() as unit:
        audit.record(unit, actor=system("tests"), verb="test.write", subject="test:1")
    return session.scalar(select(AuditEntry.id))


@pytest.mark.parametrize("statement", [update(AuditEntry).values(verb="test.forge"), delete(AuditEntry)])
def test_the_database_itself_refuses_to_change_the_audit_trail(session, entry, statement):
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as unit:
        unit.session.execute(statement)

    assert session.scalar(select(AuditEntry.verb)) == "test.write"


def test_a_reset_of_the_demonstration_empties_it_and_puts_the_guard_back(session, entry):
    reset.empty()
    assert session.scalar(select(AuditEntry)) is None

    with unit_of_work() as unit:
        audit.record(unit, actor=system("tests"), verb="test.write", subject="test:2")
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as unit:
        unit.session.execute(delete(AuditEntry))
