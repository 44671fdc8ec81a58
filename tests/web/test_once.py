"""A repeated call has one effect and the same answer; another's key is unknown."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from skillhub.base import idempotency
from skillhub.base.db import db
from skillhub.config import Config
from tests.web.conftest import Program
from tests.web.house import TOKENS, Thing


@pytest.fixture
def config(config: Config, database_url: str) -> Config:
    """On each database."""
    return dataclasses.replace(config, database_url=database_url)


@pytest.fixture
def count(house):
    def counted() -> int:
        with house.app_context():
            return db.session.scalar(select(func.count(Thing.id)))

    return counted


def test_a_repetition_is_answered_with_the_first_result(program, count):
    first = program.make({"name": "a"}, key="k")
    again = program.make({"name": "a"}, key="k")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count() == 1


@pytest.mark.parametrize("key", [None, "", "  ", "x" * 201])
def test_a_call_without_a_key_is_refused(program, count, key):
    answer = program.make({"name": "a"}, key=key)

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")
    assert count() == 0


def test_a_key_for_another_body_is_refused(program, count):
    program.make({"name": "a"}, key="k")
    answer = program.make({"name": "b"}, key="k")

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert count() == 1


def test_another_persons_key_is_unknown(house, program, monkeypatch):
    program.make({"name": "a"}, key="k")
    monkeypatch.setitem(TOKENS, "other", dataclasses.replace(TOKENS["good"], person_id=9))

    answer = Program(house, "other").make({"name": "b"}, key="k")

    assert answer.status_code == 201


def test_a_refused_call_leaves_its_key_free(program, count):
    program.make({"name": ""}, key="k")
    answer = program.make({"name": "a"}, key="k")

    assert answer.status_code == 201
    assert count() == 1


def test_a_view_may_answer_another_status(program):
    answer = program.make({"name": "known"})

    assert answer.status_code == 200
    assert "Idempotency-Replayed" not in answer.headers


def test_who_loses_a_race_against_himself_gets_the_winners_answer(house, program, monkeypatch):
    """The second looked before the first had committed, and then finds the name taken."""
    asked = []
    true_earlier = idempotency.earlier

    def late(call):
        asked.append(call)
        return None if len(asked) == 2 else true_earlier(call)

    monkeypatch.setattr(idempotency, "earlier", late)
    first = program.make({"name": "a"}, key="k")
    second = program.make({"name": "a"}, key="k")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["Idempotency-Replayed"] == "true"


def test_two_people_cannot_take_one_name(house, program):
    program.make({"name": "a"}, key="k")
    answer = program.make({"name": "a"}, key="other")

    assert (answer.status_code, answer.json["code"]) == (409, "taken")


def test_many_at_once_with_one_key_are_one_effect(house, program, count):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: program.make({"name": "a"}, key="k"), range(24)))

    kinds = sorted((answer.status_code, answer.headers.get("Idempotency-Replayed")) for answer in answers)
    assert kinds == [(200, "true")] * 23 + [(201, None)]
    assert {answer.json["name"] for answer in answers} == {"a"}
    assert count() == 1
