"""Killed at random again and again, the signer loses none, doubles none and changes no frozen byte."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from skillhub.app import create_app
from skillhub.base import clock, schema, seal
from skillhub.base.db import db, unit_of_work
from skillhub.credentials import service
from skillhub.credentials.model import Certificate, Credential
from skillhub.credentials.queries import credentials, issuer
from skillhub.credentials.vc import verify
from skillhub.testing.factories.base import LUNAN, Persons, make_districts
from skillhub.testing.factories.credentials import Classes
from skillhub.testing.factories.many import copied
from skillhub.testing.pytest_plugin import DAY
from tests.credentials.signer import config

pytestmark = [pytest.mark.processes, pytest.mark.fault]
COUNT = 250
KILLS = 3
PATIENCE_SECONDS = 120


@pytest.fixture
def installation(database_url, tmp_path):
    """An installation of its own with many certificates that nobody has signed."""
    seal.make(tmp_path / "keys")
    schema.upgrade(database_url)
    app = create_app(config(database_url, str(tmp_path)), inline_work=True)
    with app.app_context(), clock.frozen_at(DAY):
        make_districts()
        made = Classes(Persons(LUNAN)).marked()
        with unit_of_work() as unit:
            first = service.issue_in(unit, actor=made.school.actor, application_id=made.application_ids[0])
        copied(first, COUNT - 1)
    with app.app_context():
        yield database_url, str(tmp_path)
        db.session.remove()
        db.engine.dispose()


def signed():
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Credential.document.is_not(None)))


def test_a_signer_that_is_killed_again_and_again_signs_each_certificate_once(installation):
    chance = random.Random(7)  # noqa: S311 (moments, no secrets)
    frozen = {}
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-m", "tests.credentials.signer", *installation])
        before, end = signed(), time.monotonic() + PATIENCE_SECONDS
        while signed() == before and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        db.session.rollback()
        rows = db.session.execute(select(Credential.certificate_id, Credential.payload)).all()
        frozen = {row.certificate_id: row.payload for row in rows} | frozen
    assert 0 < signed() < COUNT, "the control: it was killed in the middle"

    service.bring_up_to_date()

    rows = db.session.execute(
        select(Credential.certificate_id, Credential.payload, Credential.document, Credential.list_index)
    ).all()
    assert len(rows) == COUNT == db.session.scalar(select(func.count(Certificate.id)))
    assert len({row.certificate_id for row in rows}) == len({row.list_index for row in rows}) == COUNT
    assert credentials.waiting() == 0
    trust = issuer.trust()
    for row in rows:
        assert frozen.get(row.certificate_id, row.payload) == row.payload
        bare = json.loads(row.document)
        del bare["proof"]
        assert bare == json.loads(row.payload)["document"]
    for row in rows[::20]:
        found = verify.judge(row.document.encode(), trust, at=clock.real_now())
        assert {each.value.value for each in found.findings.values()} == {"yes"}
