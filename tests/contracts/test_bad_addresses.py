"""Whatever stands in an address, the answer is none that the outside may not rely on."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from skillhub.base.access import Role
from skillhub.testing.factories.base import SomePerson
from skillhub.web.api.operations import MARK
from tests.contracts import calls, hostile
from tests.contracts.answers import REFUSALS, SEEN, check_target, worth
from tests.contracts.calls import Address
from tests.contracts.stage import Stage
from tests.contracts.test_authz import ROWS


class Noting(ImmutableMultiDict[str, str]):
    """The parameters of an address, which remember by what name they were asked for."""

    asked: set[str] = set()  # noqa: RUF012 (shared on purpose: one request has one)

    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        """Note the name."""
        self.asked.add(key)
        return super().get(key, *rest, **more)


class Noted(Request):
    """A request whose parameters are noted."""

    parameter_storage_class = Noting


READINGS = [row for row in ROWS if row["method"] == "GET" and "[" not in row["endpoint"]]


@pytest.fixture(params=READINGS, ids=lambda row: row["endpoint"])
def reading(stage: Stage, request: pytest.FixtureRequest) -> tuple[Address, SomePerson | None, Role]:
    """Each address that is read, and the first who may read it."""
    address = calls.rule_of(stage.app, request.param["endpoint"], "GET")
    role = next((role for role in Role if request.param[f"{role.value}_own"] == "ok"), Role.TRAINEE)
    person = stage.persons(stage.world.home)[role]
    stage.prepare(person, role)
    return address, person, role


def parameters(stage: Stage, path: str, address: Address, person: SomePerson | None, role: Role) -> set[str]:
    """Return the names of the parameters that an address looks at."""
    operation = getattr(stage.app.view_functions[address.endpoint], MARK, None)
    if operation is not None and operation.query is not None:
        return {field.alias or name for name, field in operation.query.model_fields.items()}
    Noting.asked.clear()
    with pytest.MonkeyPatch.context() as patch, stage.undone():
        patch.setattr(stage.app, "request_class", Noted)
        stage.call("GET", path, person=person, role=role)
    return set(Noting.asked) - {"v"}


def test_a_parameter_that_cannot_be_right_breaks_no_page(stage, reading):
    address, person, role = reading
    path = address.to(stage.world.home.objects)
    for name in sorted(parameters(stage, path, address, person, role)):
        with stage.undone():
            for value in hostile.ELSEWHERE if name == "next" else worth(stage, hostile.ASKED):
                asked = f"{path}?{name}={quote(value)}"
                for who in (person, None) if name == "next" else (person,):
                    response = stage.call("GET", asked, person=who, role=role)
                    check_page(response, asked)


def check_page(response: TestResponse, told: str) -> None:
    """Assert that an answer is no failure, leads nowhere else, and holds nothing that runs."""
    assert response.status_code < 500, f"{told}: {response.status_code}"
    assert not response.is_json or response.status_code in {200, *REFUSALS, 401, 403}, told
    if response.mimetype == "text/html":
        assert SEEN not in response.text, told
    check_target(response, told)


def test_the_control_pages_look_at_their_parameters(stage):
    address = calls.rule_of(stage.app, "batches.index", "GET")

    assert {"district", "after"} <= parameters(stage, "/batches", address, None, Role.TRAINEE)


NAMED = [row for row in ROWS if "[" not in row["endpoint"]]


@pytest.mark.parametrize("row", NAMED, ids=lambda row: f"{row['method']} {row['endpoint']}")
def test_a_name_of_nothing_is_not_found(stage, before, row):
    address = calls.rule_of(stage.app, row["endpoint"], row["method"])
    if "<" not in address.rule.rule:
        return
    role = next((role for role in Role if row[f"{role.value}_own"] == "ok"), Role.TRAINEE)
    person = stage.persons(stage.world.home)[role]
    stage.prepare(person, role)
    own = stage.world.home.objects
    body = calls.body(address, role, own, own)
    with stage.undone():
        for name in worth(stage, hostile.IDS):
            path = address.with_name(quote(name, safe=""))
            response = stage.call(row["method"], path, person=person, role=role, body=body)
            told = f"{row['method']} {path}: {response.status_code}"
            assert response.status_code in (400, 404, 405), told
            assert response.mimetype != "text/html" or SEEN not in response.text, told
        assert not stage.has_tried_to_write() or stage.state() == before
