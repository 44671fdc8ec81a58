"""The audit trail is sealed a moment after it is written, and every change to it shows."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from skillhub.base import append_only, audit, audit_seal, clock, work
from skillhub.base.access import system
from skillhub.base.audit import AuditEntry
from skillhub.base.audit_seal import AuditSeal
from skillhub.base.db import db, unit_of_work

PROMISED = timedelta(seconds=5)


def write(count=1):
    with unit_of_work() as unit:
        for number in range(count):
            audit.record(unit, actor=system("tests"), verb="test.write", subject=f"test:{number}")


def check():
    return audit_seal.check(db.session())


def test_what_was_written_is_sealed_in_one_chain_and_sealing_again_adds_nothing(session):
    write(3)
    audit_seal.seal_new()
    write(2)
    assert (check().unsealed, check().broken_at) == (2, None)

    assert audit_seal.seal_new() == 2
    assert audit_seal.seal_new() == 0

    entries = session.scalar(select(func.count()).select_from(AuditEntry))
    assert (check().sealed, check().unsealed, check().broken_at) == (entries, 0, None)


def test_the_worker_seals_within_five_seconds(session):
    """It is asked for more often than that, and once is enough for whatever has been written."""
    write(audit_seal.AT_ONCE + 1)
    began_at = clock.real_now()

    (sealing,) = (each for each in work.repetitions() if each.name == "audit.seal")
    sealing.task()

    took = clock.real_now() - began_at
    assert check().unsealed == 0
    assert timedelta(seconds=sealing.seconds) + took < PROMISED


@pytest.mark.parametrize(
    "forge",
    [
        update(AuditEntry).where(AuditEntry.subject == "test:1").values(verb="test.forged"),
        update(AuditEntry).where(AuditEntry.subject == "test:1").values(facts={"seats": 1}),
        update(AuditSeal).where(AuditSeal.n == 2).values(hash="0" * 64),
    ],
)
def test_a_change_breaks_the_chain_where_it_was_made(session, forge):
    write(3)
    audit_seal.seal_new()
    changed = session.scalar(select(AuditSeal.entry_id).where(AuditSeal.n == 2))

    with unit_of_work() as unit, append_only.lifted(unit):
        unit.session.execute(forge)

    assert check().broken_at == changed


def test_a_row_that_was_taken_out_shows(session):
    write(3)
    audit_seal.seal_new()

    with unit_of_work() as unit, append_only.lifted(unit):
        unit.session.execute(delete(AuditSeal).where(AuditSeal.n == 2))
        unit.session.execute(delete(AuditEntry).where(AuditEntry.subject == "test:1"))

    assert check().broken_at is not None


def test_seals_are_never_changed(session):
    write()
    audit_seal.seal_new()

    with pytest.raises(Exception, match="append-only"), unit_of_work() as unit:
        unit.session.execute(update(AuditSeal).values(hash="0" * 64))
