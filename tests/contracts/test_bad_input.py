"""Whatever is sent, the answer is one of those that the outside may rely on, and nothing is half-written."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from skillhub.base.access import Role
from skillhub.base.db import db
from skillhub.testing.factories.base import SomePerson
from skillhub.web.api.operations import MARK, Operation
from tests.contracts import calls, hostile
from tests.contracts.answers import HAN, REFUSALS, worth
from tests.contracts.calls import Address
from tests.contracts.hostile import Path, Sent
from tests.contracts.stage import Stage, State
from tests.contracts.test_authz import ROWS
from tests.contracts.test_idempotency import BY_OWNER, RECORDS

PROBLEM = {"type", "title", "status", "code", "detail", "instance", "request_id"}
BY = {"applications_api.apply": Role.DESK, "batches_api.patch_batch": Role.OFFICER}
"""Who sends a body in which every member means something."""
BODIES: dict[str, dict[str, Any]] = {
    "sign_in_api.enter": {"phone": "18899990001", "code": "000000"},
    "batches_api.patch_batch": {
        "seats": 7,
        "place": {"name": "收纳工作室", "address": "友谊街道1号", "position": "118.17,39.63"},
    },
    "people_api.register": {
        "groups": ["登记失业"],
        "wish": {"kind": "course", "trade": "家政", "time_slot": "周末", "within_km": 5},
    },
    "credit_api.post_rating": {"comment": "守时"},
    "subsidy_api.post_preview": {"on": "2025-11-10"},
}
"""What stands in a body besides what has to stand there, so that everything is tried."""
FREE = {"address", "channel", "comment", "invite", "name", "reason", "result", "time_slot", "trade"}
"""Members in which people write what they like."""
ALSO_REFUSED = {
    "sign_in_api.enter": {401},
    "applications_api.apply": {403},
    "subscriptions_api.subscribe": {403},
}


@dataclass(frozen=True)
class Writing:
    """A JSON address that takes something, who sends it, and a right body."""

    address: Address
    role: Role
    person: SomePerson | None
    path: str
    operation: Operation
    right: Any

    def send(self, stage: Stage, raw: bytes, media_type: str | None = hostile.JSON_TYPE) -> TestResponse:
        """Send a body as it stands."""
        db.session.remove()
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if self.person is not None:
            headers["Authorization"] = f"Bearer {stage.token(self.person, self.role)}"
        return stage.app.test_client().open(
            self.path,
            method=self.address.method,
            headers=headers,
            data=raw,
            content_type=media_type,
            buffered=True,
        )


def writings() -> dict[str, dict[str, str]]:
    """Return one line of the matrix for each JSON address that takes something."""
    found: dict[str, dict[str, str]] = {}
    for row in ROWS:
        if row["method"] != "GET" and "_api." in row["endpoint"]:
            found.setdefault(row["endpoint"].partition("[")[0], row)
    return found


@pytest.fixture(params=writings().values(), ids=list(writings()))
def writing(stage: Stage, request: pytest.FixtureRequest) -> Writing:
    """Each JSON address that takes something, as somebody who may send it, about a thing of their own."""
    row = request.param
    address = calls.rule_of(stage.app, row["endpoint"], row["method"])
    first = next(role for role in Role if row[f"{role.value}_own"] == "ok")
    role = BY.get(address.endpoint) or BY_OWNER.get(address.endpoint, first)
    person = stage.persons(stage.world.home)[role]
    stage.prepare(person, role)
    own = stage.world.home.objects
    things = {**own, **(calls.unfinished(own) if address.name in RECORDS else {})}
    if address.name == "batches_api.patch_batch":
        things["batch[open]"] = own["batch[draft]"]  # of which more than the seats can be changed
    body = calls.body(address, role, things, things)
    right = {**body, **BODIES.get(address.endpoint, {})} if isinstance(body, dict) else body
    operation = getattr(stage.app.view_functions[address.endpoint], MARK)
    is_public = operation.is_public
    return Writing(address, role, None if is_public else person, address.to(things), operation, right)


def answers(
    stage: Stage, before: State, writing: Writing, bodies: Iterable[Sent]
) -> Iterator[tuple[Sent, TestResponse, str]]:
    """Yield each body with its answer; what it has written is taken back before the next."""
    with ExitStack() as open_now:
        open_now.enter_context(stage.undone())
        for sent in bodies:
            response = writing.send(stage, sent.raw, sent.media_type)
            told = (
                f"{writing.address.method} {writing.address.name}, {sent.label}:"
                f" {response.status_code} {response.text[:300]}"
            )
            assert response.status_code < 500, told
            if response.status_code >= 400:
                check_problem(writing, response, told)
            if stage.has_tried_to_write():
                assert response.status_code < 400 or stage.state() == before, f"{told} has left something"
                open_now.close()
                open_now.enter_context(stage.undone())
            yield sent, response, told


def check_problem(writing: Writing, response: TestResponse, told: str) -> None:
    """Assert that a refusal is what was promised: a status of the list, a problem, a word on each field."""
    assert response.status_code in REFUSALS | ALSO_REFUSED.get(writing.address.endpoint, set()), told
    assert response.mimetype == "application/problem+json", told
    assert PROBLEM <= set(response.json) <= PROBLEM | {"errors"}, told
    assert response.json["status"] == response.status_code, told
    for each in response.json.get("errors", ()):
        assert set(each) == {"field", "code", "message"}, told
        assert HAN.search(each["message"]), told
        assert each["message"].endswith("。"), told


def fields(response: TestResponse) -> list[str]:
    """Return which members a refusal names."""
    return [each["field"] for each in response.json.get("errors", ())]


def test_a_right_body_is_taken(stage, writing):
    """The control: what is refused below is refused for what was made wrong in it."""
    raw = b"" if writing.right is None else json.dumps(writing.right).encode()
    with stage.undone():
        response = writing.send(stage, raw, None if writing.right is None else hostile.JSON_TYPE)

    if writing.address.endpoint in ALSO_REFUSED and response.status_code == 401:
        return  # nobody guesses a code
    assert 200 <= response.status_code < 300, response.text


def test_a_body_that_is_wrong_as_a_whole_is_refused(stage, before, writing):
    for sent, response, told in answers(stage, before, writing, hostile.whole(writing.right)):
        assert response.status_code == sent.status, told
        if sent.status == hostile.MALFORMED:
            assert fields(response), told
        if sent.label == "a member too many":
            assert fields(response)[0].rpartition(".")[2] == "is_admin", told


def test_a_body_that_is_missing_is_refused_where_one_is_asked_for(stage, before, writing):
    expected = {True: {415}, False: {200, 201, 202}}[writing.operation.body is not None]
    for _sent, response, told in answers(stage, before, writing, [Sent("no body", b"", media_type=None)]):
        assert response.status_code in expected, told


def test_a_member_that_cannot_be_right_is_refused_by_its_name(stage, before, writing):
    if writing.operation.body is None:
        return  # it reads no body, which is tried above
    values = {label: hostile.VALUES[label] for label in worth(stage, hostile.VALUES)}
    tried = 0
    for path, member in hostile.members(writing.operation.body, writing.right):
        bodies = [Sent("missing", hostile.without(writing.right, path))]
        bodies += [Sent(label, hostile.with_value(writing.right, path, raw)) for label, raw in values.items()]
        for sent, response, told in answers(stage, before, writing, bodies):
            tried += 1
            if response.status_code < 400:
                assert may_be_right(path, member, sent.label), f"{path}, {told}"
            elif fields(response) and sent.label not in ("no number", "a deep list", "a list of lists"):
                assert names(response, path, writing), f"{path}, {told}"
    assert tried, "the control: a body has members"


def may_be_right(path: Path, member: Any, label: str) -> bool:
    """Tell whether a value can be meant, so that it need not be refused."""
    is_optional = hostile.takes(member, type(None))
    return (
        (label == "missing" and not member.is_required())
        or (label == "null" and is_optional)
        or (label == "true" and hostile.takes(member, bool))
        or (label == "an object" and hostile.takes(member, dict))
        or (label == "markup" and path[-1] in FREE)
        or (label in ("an empty text", "a blank text") and path[-1] in FREE and is_optional)
    )


def names(response: TestResponse, path: Path, writing: Writing) -> bool:
    """Tell whether a refusal names this member, one inside it, or the list that it stands in."""
    told = ".".join(str(step) for step in path)
    pair = {"code", "password"} if writing.address.endpoint == "sign_in_api.enter" else set()
    return any(
        field == told or field.startswith(told + ".") or told.startswith(field + ".") or field in pair
        for field in fields(response)
    )


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
    | st.sampled_from(["2025-11-10", "2025-11-10T09:00:00+08:00", "118.17,39.63", "day", "P-1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6) | st.just("name"), inner, max_size=4)
    ),
    max_leaves=5,
)
PLACES = st.none() | st.integers(0, 30)
SENT = 5
"""How many random values are sent one after another."""


def test_whatever_is_sent_is_answered(stage, before, writing):
    paths = [path for path, _ in hostile.members(writing.operation.body, writing.right)]
    number = (40 if stage.is_first else 5) // SENT

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.tuples(ANYTHING, PLACES), min_size=SENT, max_size=SENT))
    def send(values: list[tuple[Any, int | None]]) -> None:
        bodies = []
        for value, place in values:
            raw = json.dumps(value)
            inside = place is not None and paths
            body = (
                hostile.with_value(writing.right, paths[place % len(paths)], raw) if inside else raw.encode()
            )
            bodies.append(Sent("inside" if inside else "{}" if value == {} else "alone", body))
        for sent, response, told in answers(stage, before, writing, bodies):
            assert response.status_code >= 400 or sent.label != "alone", told

    send()
