"""Every address, called as every role, on its own things and on those of others.

`authz_matrix.csv` has one line for each endpoint and method. For each role it says
what is answered on the role's own district, organisation or person (`own`), and on
others' (`other`; where it matters first those of the same district, then after a
stroke those of another one):

- ``ok``: neither 401 nor 403 nor 404. What a body or form gets wrong is said after
  that, so 400, 409 and 422 are ok here.
- ``401``, ``403``, ``404``, ``422``: this status. 422 only where a body names
  somebody else's thing and is told that there is none.
- ``redirect``: to signing in.
- ``–``: the address names no thing, so there are no others'.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from skillhub.base.access import Role
from tests.contracts import calls
from tests.contracts.calls import Address, Things
from tests.contracts.stage import Stage, State, text_of

MATRIX = Path(__file__).with_name("authz_matrix.csv")
ROWS = list(csv.DictReader(MATRIX.read_text(encoding="utf-8").splitlines()))
ANONYMOUS = "anonymous"
ROLES = (ANONYMOUS, *(role.value for role in Role))
OF_A_DISTRICT = {Role.DESK, Role.OFFICER, Role.AUDITOR}
"""Roles whose own is all of the district, so that only another district is others'."""
ANSWERS = {"ok", "401", "403", "404", "422", "redirect", "–"}
REFUSALS = {401, 403, 404}
MAY_BE_UNREADY = {"health.readyz"}
"""No worker runs beside the tests, which is for this address to say."""


def test_every_address_has_a_line_and_every_line_an_address(app):
    served = {(each.name, each.method) for each in calls.addresses(app)}
    lines = {(row["endpoint"], row["method"]) for row in ROWS}
    variants = {line for line in lines - served if (line[0].partition("[")[0], line[1]) in served}
    assert served - lines == set(), "these addresses have no line in authz_matrix.csv"
    assert lines - served - variants == set(), "these lines have no address"
    assert len(lines) == len(ROWS), "a line stands twice"


def test_every_line_says_something_about_every_role():
    columns = {f"{role}_{relation}" for role in ROLES for relation in ("own", "other")}
    for row in ROWS:
        assert set(row) == columns | {"endpoint", "method"}
        said = {part for column in columns for part in row[column].split("/")}
        assert said <= ANSWERS, row["endpoint"]


def test_nobody_writes_with_the_right_to_read():
    """The auditor changes nothing, and the operator sees no person."""
    for row in ROWS:
        public = row["anonymous_own"] in ("ok", "redirect")
        for_oneself = row["endpoint"] == "password.change" or row["endpoint"].startswith("messages.")
        is_preview = row["endpoint"].endswith("post_preview")
        if row["method"] != "GET" and not public and not for_oneself and not is_preview:
            assert row["auditor_own"] in ("403", "404"), row["endpoint"]
        if row["method"] != "GET" and not public and not for_oneself:
            assert row["operator_own"] in ("403", "404"), row["endpoint"]


@dataclass(frozen=True)
class Call:
    """One call of an address: as whom, on whose things, and what the matrix says of it."""

    address: Address
    role: str
    relation: str
    their: Things
    expected: str

    @property
    def sender(self) -> Role:
        """The role in whose words the body is written."""
        return Role.TRAINEE if self.role == ANONYMOUS else Role(self.role)

    @property
    def told(self) -> str:
        """What to print when something is wrong."""
        return f"{self.address.method} {self.address.to(self.their)} as {self.role} on {self.relation}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['method']} {row['endpoint']}")
def test_an_address_lets_in_whom_the_matrix_lets_in(stage: Stage, before: State, row: dict[str, str]):
    address = calls.rule_of(stage.app, row["endpoint"], row["method"])
    for role in ROLES:
        for relation, their in _relations(stage, role):
            expected = _expected(row, role, relation)
            if expected != "–":
                _check(stage, Call(address, role, relation, their, expected), before)


def _relations(stage: Stage, role: str) -> list[tuple[str, Things]]:
    world = stage.world
    found: list[tuple[str, Things]] = [("own", world.home.objects)]
    if role != ANONYMOUS and Role(role) not in OF_A_DISTRICT:
        found.append(("near", calls.near(Role(role), world.home, world.neighbour)))
    return [*found, ("far", world.abroad.objects)]


def _expected(row: dict[str, str], role: str, relation: str) -> str:
    if relation == "own":
        return row[f"{role}_own"]
    near, _, far = row[f"{role}_other"].partition("/")
    return near if relation == "near" else far or near


def _check(stage: Stage, call: Call, before: State) -> None:
    address = call.address
    who = None if call.role == ANONYMOUS else stage.persons(stage.world.home)[call.sender]
    sent = calls.body(address, call.sender, stage.world.home.objects, call.their)
    stage.prepare(who, call.sender)
    with stage.undone():
        response = stage.call(address.method, address.to(call.their), person=who, role=call.sender, body=sent)
        text = text_of(response)
        told = f"{call.told}: {response.status_code} {text[:300]}"
        assert _answer(response, call.expected) == call.expected, told
        assert response.status_code < 500 or address.endpoint in MAY_BE_UNREADY, told
        assert stage.world.abroad.marker not in text, told
        is_quiet = address.method == "GET" or response.status_code >= 400 or call.expected != "ok"
        if is_quiet and stage.has_tried_to_write():
            assert stage.state() == before, f"{told} has changed the database"


def _answer(response: TestResponse, expected: str) -> str:
    """Say in the matrix's words what was answered."""
    if response.status_code in REFUSALS or expected == "422":
        return str(response.status_code)
    is_sent_away = (response.location or "").startswith("/sign-in")
    return "redirect" if response.status_code == 302 and is_sent_away else "ok"
