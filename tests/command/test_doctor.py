import json
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, insert

from skillhub.base import audit, clock
from skillhub.base.access import system
from skillhub.base.audit import AuditEntry
from skillhub.base.audit_seal import AuditSeal
from skillhub.base.outbox.model import MessageGateway
from skillhub.base.work.heartbeat import SILENCE
from skillhub.base.work.model import Heartbeat

NAMES = [
    "database",
    "migrations",
    "fonts",
    "keys",
    "plugins",
    "worker",
    "audit",
    "clock",
    "disk",
    "issuer",
    "sms",
    "mail",
]


@pytest.fixture
def beat(installed, data):
    def beat(ago=timedelta(0)):
        engine = create_engine(f"sqlite:///{data / 'skillhub.sqlite'}")
        at = clock.real_now() - ago
        with engine.begin() as connection:
            connection.execute(insert(Heartbeat).values(id=1, started_at=at, beat_at=at))
        engine.dispose()

    return beat


def found(run):
    result = run("doctor", "--json")
    return result.exit_code, {row["name"]: row for row in json.loads(result.stdout)}


def test_everything_is_well_while_a_worker_beats(installed, beat):
    beat()

    status, rows = found(installed)

    assert list(rows) == NAMES
    assert [name for name, row in rows.items() if not row["ok"]] == []
    assert status == 0


def test_a_worker_that_has_stopped_is_red_and_the_others_are_not(installed, beat):
    beat(ago=SILENCE + timedelta(seconds=1))

    status, rows = found(installed)

    assert status == 1
    assert [name for name, row in rows.items() if not row["ok"]] == ["worker"]
    assert "skillhub worker" in rows["worker"]["text"]


def test_every_check_has_its_line_before_anything_is_installed(run, data):
    result = run("doctor")

    assert result.exit_code == 1
    assert [line.split()[1] for line in result.stdout.splitlines()] == NAMES
    assert result.stdout.splitlines()[0].startswith("red  database")
    assert not data.exists(), "looking changes nothing"


def test_production_must_not_keep_the_example_of_an_issuer(installed, monkeypatch):
    monkeypatch.setenv("SKILLHUB_PROFILE", "production")
    assert not found(installed)[1]["issuer"]["ok"]

    monkeypatch.setenv("SKILLHUB_ISSUER_HOST", "skillhub.lunan.example")
    assert found(installed)[1]["issuer"]["ok"]


def test_production_without_an_sms_gateway_is_red_and_mail_is_a_choice(installed, monkeypatch):
    monkeypatch.setenv("SKILLHUB_PROFILE", "production")
    rows = found(installed)[1]
    assert not rows["sms"]["ok"]
    assert "SKILLHUB_SMS_URL" in rows["sms"]["text"]
    assert rows["mail"]["ok"]

    monkeypatch.setenv("SKILLHUB_SMS_URL", "https://sms.example/send")
    assert found(installed)[1]["sms"]["ok"]


def test_a_gateway_that_keeps_failing_is_red_with_its_code(installed, data, monkeypatch):
    monkeypatch.setenv("SKILLHUB_SMS_URL", "https://sms.example/send")
    engine = create_engine(f"sqlite:///{data / 'skillhub.sqlite'}")
    with engine.begin() as connection:
        connection.execute(insert(MessageGateway).values(channel="sms", failures=7, code="timeout"))
    engine.dispose()

    text = found(installed)[1]["sms"]["text"]

    assert "7次" in text
    assert "timeout" in text


def test_a_changed_audit_trail_is_red_with_the_first_row_that_does_not_fit(installed, data):
    engine = create_engine(f"sqlite:///{data / 'skillhub.sqlite'}")
    row = audit.row(system("tests"), "test.write", "test:1", None, {})
    with engine.begin() as connection:
        entry = connection.execute(insert(AuditEntry).values(row)).inserted_primary_key[0]
    assert found(installed)[1]["audit"]["ok"], "what is not sealed yet is no fault"
    with engine.begin() as connection:
        connection.execute(insert(AuditSeal).values(n=1, entry_id=entry, hash="0" * 64))
    engine.dispose()

    finding = found(installed)[1]["audit"]

    assert not finding["ok"]
    assert f"第 {entry} 条" in finding["text"]


def test_a_demonstration_clock_in_production_is_red(installed, monkeypatch):
    installed("clock", "set", "2025-11-10T09:00+08:00")
    assert found(installed)[1]["clock"]["ok"]

    monkeypatch.setenv("SKILLHUB_PROFILE", "production")
    assert not found(installed)[1]["clock"]["ok"]


def test_a_password_is_not_shown(run, monkeypatch):
    monkeypatch.setenv("SKILLHUB_DATABASE_URL", "postgresql://me:sesame@127.0.0.1:1/nothing")

    assert "sesame" not in run("doctor").output
