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
from pathlib import Path

import pytest

from skillhub.base.access import Role
from skillhub.testing.factories.base import SomePerson
from tests.contracts import calls
from tests.contracts.calls import Address, Things
from tests.contracts.stage import Stage, text_of

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
        for_oneself = row["endpoint"] == "password.change" or row["endpoint"].endswith("post_preview")
        if row["method"] != "GET" and not public and not for_oneself:
            assert row["auditor_own"] in ("403", "404"), row["endpoint"]
        if row["method"] != "GET" and not public and row["endpoint"] != "password.change":
            assert row["operator_own"] in ("403", "404"), row["endpoint"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['method']} {row['endpoint']}")
def test_an_address_lets_in_whom_the_matrix_lets_in(stage: Stage, row: dict[str, str]):
    address = calls.rule_of(stage.app, row["endpoint"], row["method"])
    before = stage.state()
    for role in ROLES:
        who = None if role == ANONYMOUS else stage.persons(stage.world.home)[Role(role)]
        for relation, their in _relations(stage, role):
            expected = _expected(row, role, relation)
            if expected != "–":
                _check(stage, address, role, who, their, relation, expected, before)


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


def _check(
    stage: Stage,
    address: Address,
    role: str,
    who: SomePerson | None,
    their: Things,
    relation: str,
    expected: str,
    before: dict[str, str],
) -> None:
    own = stage.world.home.objects
    asked = Role.TRAINEE if role == ANONYMOUS else Role(role)
    sent = calls.body(address, asked, own, their)
    path = address.to(their)
    stage.prepare(who, asked)
    with stage.undone():
        response = stage.call(address.method, path, person=who, role=asked, body=sent)
        text = text_of(response)
        said = f"{address.method} {path} as {role} on {relation}: {response.status_code} {text[:300]}"
        assert _answer(response.status_code, response.headers.get("Location"), expected) == expected, said
        assert response.status_code < 500 or address.endpoint in MAY_BE_UNREADY, said
        assert stage.world.abroad.marker not in text, said
        is_quiet = address.method == "GET" or response.status_code >= 400 or expected != "ok"
        if is_quiet and stage.has_tried_to_write():
            assert stage.state() == before, f"{said} has changed the database"


def _answer(status: int, location: str | None, expected: str) -> str:
    if status == 302 and (location or "").startswith("/sign-in") and expected == "redirect":
        return "redirect"
    if status in REFUSALS or expected == "422":
        return str(status)
    is_sent_away = status == 302 and (location or "").startswith("/sign-in")
    return "redirect" if is_sent_away else "ok"
