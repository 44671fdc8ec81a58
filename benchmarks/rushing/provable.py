"""What has to be true after a rush, whatever it took: seats, order, answers, and the published log."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import select

from rushing.load import Answers
from rushing.stage import Stage
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.courses.model import Application
from skillhub.courses.queries import allocation_logs as queries
from skillhub.courses.rules import queue_log
from skillhub.courses.service import allocation_logs
from skillhub.testing.factories.applications import SomeClass

STRANGER = Path(__file__).parents[2] / "tests" / "independent" / "verify_queue.py"
CREATED = 201


class Failed(SystemExit):
    """The rush was not what is promised."""


def check(stage: Stage, batch: SomeClass, answers: Answers, *, seats: int, people: int) -> dict[str, Any]:
    """Compare answers, table and log with each other.

    :raises Failed: seats oversold, an answer that is an error or not true, an order that cannot be proved.
    """
    if answers.statuses != {CREATED: people}:
        raise Failed(f"answers: {dict(answers.statuses)} instead of {people} times {CREATED}")
    with stage.app.app_context():
        rows = db.session.execute(
            select(Application.receipt, Application.order_no, Application.state, Application.reasons)
            .where(Application.batch_id == batch.id)
            .order_by(Application.order_no)
        ).all()
        db.session.remove()
    if [row.order_no for row in rows] != list(range(1, people + 1)):
        raise Failed("the order of arrival has gaps")
    placed = min(seats, people)
    expected = ["enrolled"] * placed + ["waitlisted"] * (people - placed)
    if [row.state for row in rows] != expected:
        found = dict(Counter((row.state, json.dumps(row.reasons)) for row in rows))
        raise Failed(f"not the first {placed} are enrolled and the others waiting: {found}")
    kept = {row.receipt: (row.order_no, row.state) for row in rows}
    told = {each["receipt"]: (each["order_no"], each["state"]) for each in answers.bodies}
    if told != kept:
        raise Failed("somebody was told something else than what is kept")
    return {"enrolled": placed, "waiting": people - placed, "log": _log(stage, batch, placed)}


def _log(stage: Stage, batch: SomeClass, placed: int) -> str:
    """Publish the log as if enrolment had closed, and let both verifiers judge it."""
    with stage.app.app_context():
        with clock.frozen_at(clock.now() + timedelta(days=1, minutes=1)):
            while queries.published(batch.code) is None:
                if not allocation_logs.write_due():
                    raise Failed("no log was written")
        found = queries.published(batch.code)
        keys = queries.public_keys()
        db.session.remove()
    data = found.text.encode() if found else b""
    ours = queue_log.verify(data, [queue_log.PublicKey(name, bytes.fromhex(key)) for name, key, _ in keys])
    stranger = _stranger()
    table = stranger.verify(data, {name: bytes.fromhex(key) for name, key, _ in keys})
    theirs = [each["order_no"] for each in table.people.values() if each["state"] == "enrolled"]
    if ours.answer != "yes" or sorted(theirs) != list(ours.enrolled) != list(range(1, placed + 1)):
        raise Failed(f"the log does not prove the order: {ours.fault}")
    return "both verifiers derive the same table"


def _stranger() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_queue", STRANGER)
    if spec is None or spec.loader is None:
        raise Failed(f"{STRANGER} is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
