"""What nobody asked for is refused by name: members that a body does not have, for every JSON address."""

from __future__ import annotations

from typing import Any

import pytest

from skillhub.base.access import Role
from skillhub.web.api.operations import MARK
from tests.contracts import calls
from tests.contracts.stage import Stage, State
from tests.contracts.test_authz import ROWS
from tests.contracts.test_idempotency import BY_OWNER

PLANTED = {
    "role": "officer",
    "district_code": "440103",
    "state": "approved",
    "status": "valid",
    "owner_id": 1,
    "is_admin": True,
    "id": 1,
}
"""Members by which somebody would give themselves more than was meant."""
WRITING = [row for row in ROWS if row["method"] != "GET" and "_api." in row["endpoint"]]
LISTED = [row for row in WRITING if row["endpoint"].partition("[")[0] in calls.BODIES]


def test_every_address_that_reads_a_body_is_tried(app):
    reading = {
        row["endpoint"]
        for row in WRITING
        if getattr(app.view_functions[row["endpoint"].partition("[")[0]], MARK).body is not None
    }
    assert reading == {row["endpoint"] for row in LISTED}


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row["endpoint"])
def test_a_member_too_many_is_refused_by_its_name(stage: Stage, before: State, row: dict[str, str]):
    address = calls.rule_of(stage.app, row["endpoint"], row["method"])
    first = next(role for role in Role if row[f"{role.value}_own"] == "ok")
    role = BY_OWNER.get(row["endpoint"], first)
    person = stage.persons(stage.world.home)[role]
    stage.prepare(person, role)
    own = stage.world.home.objects
    for name, value in PLANTED.items():
        sent = _with(calls.body(address, role, own, own), name, value)
        with stage.undone():
            response = stage.call(address.method, address.to(own), person=person, role=role, body=sent)
            told = (
                f"{address.method} {address.name} with {name}: {response.status_code} {response.text[:300]}"
            )
            if name in _members(calls.body(address, role, own, own)):
                continue
            assert response.status_code == 400, told
            assert name in [each["field"].rpartition(".")[2] for each in response.json["errors"]], told
            assert not stage.has_tried_to_write() or stage.state() == before, told


def _with(body: Any, name: str, value: Any) -> Any:
    if isinstance(body, list):
        return [body[0] | {name: value}, *body[1:]]
    return body | {name: value}


def _members(body: Any) -> set[str]:
    return set(body[0] if isinstance(body, list) else body)
