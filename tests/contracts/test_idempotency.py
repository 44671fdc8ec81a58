"""A writing call happens once: every JSON address that writes, with and without its Idempotency-Key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from skillhub.base.access import Role, Scope
from skillhub.base.db import db
from skillhub.base.idempotency import KeptCall
from skillhub.web.api.operations import MARK
from tests.contracts import calls
from tests.contracts.calls import Address, Things
from tests.contracts.stage import Stage
from tests.contracts.test_authz import ROWS

BY_OWNER = {
    "applications_api.apply": Role.TRAINEE,
    "attendance_api.record": Role.SCHOOL,
    "applications_api.withdraw": Role.TRAINEE,
    "credit_api.post_engagement": Role.EMPLOYER,
    "credit_api.post_removal": Role.EMPLOYER,
    "people_api.register": Role.DESK,
    "results_api.record": Role.SCHOOL,
}
"""Who sends a call that several roles may send."""
RECORDS = {"attendance_api.record", "results_api.record"}
"""Calls that come before the certificates."""


@dataclass(frozen=True)
class Writing:
    """A JSON address that writes, and who calls it."""

    address: Address
    role: Role

    def body(self, stage: Stage) -> Any:
        """Return what is sent about the role's own things."""
        return calls.body(self.address, self.role, self.things(stage), self.things(stage))

    def things(self, stage: Stage) -> Things:
        """Return the role's own things."""
        own = stage.world.home.objects
        return calls.unfinished(own) if self.address.name in RECORDS else own

    def path(self, stage: Stage) -> str:
        """Return the address of the role's own thing."""
        return self.address.to(self.things(stage))


def writings(app: Flask) -> Iterator[Writing]:
    """Yield every JSON address that writes, with the first role that the matrix lets in."""
    for row in ROWS:
        if row["method"] == "GET" or "_api." not in row["endpoint"]:
            continue
        address = calls.rule_of(app, row["endpoint"], row["method"])
        operation = getattr(app.view_functions[address.endpoint], MARK)
        if operation.is_writing:
            first = next(role for role in Role if row[f"{role.value}_own"] == "ok")
            yield Writing(address, BY_OWNER.get(row["endpoint"], first))


def test_every_writing_address_needs_a_key(stage, before):
    asked = 0
    for each in writings(stage.app):
        person = stage.persons(stage.world.home)[each.role]
        stage.prepare(person, each.role)
        with stage.undone():
            response = stage.call(
                each.address.method,
                each.path(stage),
                person=person,
                role=each.role,
                body=each.body(stage),
                key="",
            )
            told = f"{each.address.method} {each.address.name}: {response.text[:200]}"
            assert (response.status_code, response.json["code"]) == (400, "idempotency_key_missing"), told
            assert not stage.has_tried_to_write() or stage.state() == before, told
            asked += 1
    assert asked > 20, "the control: there are addresses that write"


def test_the_second_time_is_the_first_time_shown_again(stage):
    """The same key and body: 200, the header, the same words, and nothing written."""
    repeated = 0
    for each in writings(stage.app):
        person = stage.persons(stage.world.home)[each.role]
        stage.prepare(person, each.role)
        with stage.undone():
            sent = {"person": person, "role": each.role, "body": each.body(stage), "key": "twice"}
            first = stage.call(each.address.method, each.path(stage), **sent)
            told = f"{each.address.method} {each.address.name}: {first.status_code} {first.text[:300]}"
            assert 200 <= first.status_code < 300, told
            assert "Idempotency-Replayed" not in first.headers, told
            after = stage.state()
            second = stage.call(each.address.method, each.path(stage), **sent)
            assert second.status_code == 200, told
            assert second.headers["Idempotency-Replayed"] == "true", told
            assert second.json == first.json, told
            assert stage.state() == after, told
            repeated += 1
    assert repeated > 20, "the control: there are addresses that write"


def test_a_key_is_not_used_for_something_else(stage):
    for each in writings(stage.app):
        person = stage.persons(stage.world.home)[each.role]
        stage.prepare(person, each.role)
        with stage.undone():
            sent = each.body(stage)
            asked = {"person": person, "role": each.role, "key": "reused"}
            stage.call(each.address.method, each.path(stage), body=sent, **asked)
            other = stage.call(each.address.method, each.path(stage), body={"other": sent}, **asked)
            told = f"{each.address.method} {each.address.name}: {other.text[:300]}"
            assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused"), told


@pytest.mark.parametrize(
    ("endpoint", "role"),
    [("applications_api.apply", Role.TRAINEE), ("orders_api.post_order", Role.EMPLOYER)],
)
def test_the_key_of_somebody_else_is_unknown(stage, endpoint, role):
    world = stage.world
    address = calls.rule_of(stage.app, endpoint, "POST")
    ann, bo = world.home.person(role), world.neighbour.person(role)
    for person in (ann, bo):
        stage.prepare(person, role)
    with stage.undone():
        if role is Role.TRAINEE:
            path = address.to(world.beyond.objects)
            bodies = ({"channel": "web"}, {"channel": "web"})
        else:
            path = address.to(world.home.objects)
            bodies = tuple(
                calls.body(address, role, corner.objects, corner.objects)
                for corner in (world.home, world.neighbour)
            )
        first = stage.call("POST", path, person=ann, role=role, body=bodies[0], key="shared")
        second = stage.call("POST", path, person=bo, role=role, body=bodies[1], key="shared")

        assert (first.status_code, second.status_code) == (201, 201), second.text
        assert "Idempotency-Replayed" not in second.headers
        assert first.json != second.json


def test_a_refused_call_leaves_no_key_so_that_it_can_be_put_right(stage):
    employer = stage.world.home.person(Role.EMPLOYER)
    stage.prepare(employer, Role.EMPLOYER)
    address = calls.rule_of(stage.app, "orders_api.post_order", "POST")
    own = stage.world.home.objects
    right = calls.body(address, Role.EMPLOYER, own, own)
    with stage.undone():
        refused = stage.call(
            "POST",
            address.to(own),
            person=employer,
            role=Role.EMPLOYER,
            body=right | {"heads": 0},
            key="again",
        )
        kept = db.session.scalar(select(func.count()).select_from(KeptCall).where(KeptCall.key == "again"))
        done = stage.call(
            "POST", address.to(own), person=employer, role=Role.EMPLOYER, body=right, key="again"
        )

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["errors"]] == ["heads"]
    assert kept == 0
    assert done.status_code == 201


def test_a_token_writes_only_what_it_was_made_for(stage, before):
    """With the scope `read` alone every writing address answers 403."""
    for each in writings(stage.app):
        person = stage.persons(stage.world.home)[each.role]
        token = stage.token(person, each.role, frozenset({Scope.READ}))
        with stage.undone():
            response = stage.call(each.address.method, each.path(stage), token=token, body=each.body(stage))
            told = f"{each.address.method} {each.address.name}: {response.text[:300]}"
            assert (response.status_code, response.json["code"]) == (403, "scope_missing"), told
            assert not stage.has_tried_to_write() or stage.state() == before, told


def test_a_token_without_read_reads_nothing_that_is_not_public(stage):
    asked = 0
    for row in ROWS:
        address = calls.rule_of(stage.app, row["endpoint"], row["method"])
        if not address.is_json or address.method != "GET" or row["anonymous_own"] != "401":
            continue
        role = next(role for role in Role if row[f"{role.value}_own"] == "ok")
        token = stage.token(stage.persons(stage.world.home)[role], role, frozenset({Scope.FEED}))
        with stage.undone():
            response = stage.call("GET", address.to(stage.world.home.objects), token=token)
        assert (response.status_code, response.json["code"]) == (403, "scope_missing"), row["endpoint"]
        asked += 1
    assert asked > 5, "the control: there are addresses that are not public"
