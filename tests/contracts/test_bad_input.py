"""Whatever is sent, the answer is one of those that the outside may rely on, and nothing is half-written."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from skillhub.base.access import Role
from skillhub.base.db import db
from skillhub.testing.clients import submit
from skillhub.testing.factories.accounts import sent_code
from skillhub.testing.factories.base import LUNAN, SomePerson, id_number
from skillhub.web.api.operations import MARK, Operation
from tests.contracts import calls, filling, hostile
from tests.contracts.calls import Address
from tests.contracts.filling import Paper, Reader
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
REFUSALS = {400, 404, 409, 413, 415, 422}
SEEN = "<script>alert"
HAN = re.compile(r"[\u4e00-\u9fff]")


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


@pytest.fixture(scope="module")
def before(stage: Stage) -> State:
    """The data as it is; every test takes back what it has done."""
    return stage.state()


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


def is_first(stage: Stage) -> bool:
    """Tell whether this is the database on which everything is tried."""
    return stage.connection.dialect.name == "sqlite"


def worth(stage: Stage, values: Iterable[str]) -> list[str]:
    """Return those of the values that are worth a try on this database."""
    return [each for each in values if is_first(stage) or each in hostile.DATABASES_DIFFER]


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
    number = (40 if is_first(stage) else 5) // SENT

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


def check_target(response: TestResponse, told: str) -> None:
    """Assert that an answer leads to a page of this host or nowhere."""
    target = response.headers.get("Location")
    assert "Set-Cookie:" not in str(target), told
    if target is not None:
        assert target.startswith("/") and not re.search(r"[\\\x00-\x20]", target), f"{told}: {target}"
        assert urlsplit(urljoin("http://localhost/", target)).netloc == "localhost", f"{told}: {target}"


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


NOT_SHOWN = {
    "activity_door.sign_in": "stands beside the people who were found",
    "site_office.assign": "no clerk is without a site",
    "site_office.release": "no clerk works at the site",
    "applications.apply": "the person holds a seat",
    "certificates.of_batch": "the certificates are issued",
    "messages.confirm_mail": "needs a code that was just sent: see below",
    "messages.withdraw_mail": "nobody has named a mail address",
    "plugins.wake": "no plugin rests",
    "registration.register": "needs a phone that was just confirmed: see below",
    "rosters.no_show": "stands on no page above its address",
    "sign_in.leave": "stands on no page above its address",
    "staff.confirm": "nothing waits for a second officer",
    "subsidy.new_claim": "the class is claimed for",
}
"""Forms that no page shows in this world; none but those two have a field to fill in."""
PAPERS = {row["endpoint"]: row for row in filling.rows() if row["endpoint"] not in NOT_SHOWN}
SEARCHES = {
    "activity_door.door",
    "desk.home",
    "finding.find",
    "rosters.enrol",
    "sign_in.enter",
    "verifying.check",
}
"""Forms that write nothing, and show what they have found on the same page."""
SHOWN_ONCE = {"invitations.index", "invitations.renew"}
"""Forms whose answer is shown this once: a link that is kept nowhere."""
CHOSEN = ("select", "radio")
UNREAD = {
    *(("sign_in.enter", name) for name in ("act", "next", "password")),
    ("plugins.plugin", "version"),
    *(("verifying.check", name) for name in ("file", "text")),
}
"""Fields in which anything stands for something: a button, a way back, a secret, what is out of date."""


REGISTERED = {
    "name": "测试新人",
    "id_type": "resident_id",
    "id_number": id_number(2, born="19760512"),
    "district": LUNAN,
    "trade": "家政",
    "consents": "y",
}


@pytest.fixture(params=PAPERS.values(), ids=list(PAPERS))
def paper(stage: Stage, request: pytest.FixtureRequest) -> Paper:
    """Each form of the pages, with what is right in it."""
    return filling.paper(stage, request.param)


def send(stage: Stage, paper: Paper, **changed: str) -> TestResponse:
    """Send a form with something else in some of its fields."""
    body = {**paper.right, **changed}
    return stage.call("POST", paper.path, person=paper.person, role=paper.role, body=body)


def test_a_form_that_is_filled_in_rightly_is_taken(stage, paper):
    """The control: what is refused below is refused for what was made wrong in it."""
    with stage.undone():
        response = send(stage, paper)
        told = f"{paper.name}: {response.status_code} {Reader(response.text, paper.path).wrong}"
        expected = {200, 401} if paper.name in SEARCHES else {302, 303}
        expected |= {200} if paper.name in SHOWN_ONCE else set()
        assert response.status_code in expected or not list(paper.tried()), told
        check_target(response, told)


def test_a_field_that_cannot_be_right_says_what_to_type(stage, before, paper):
    for name, field in paper.tried():
        for label in worth(stage, hostile.TYPED if field.is_typed else hostile.CHOSEN):
            with stage.undone():
                response = send(stage, paper, **{name: hostile.TYPED[label]})
                told = f"{paper.name}, {name}, {label}: {response.status_code}"
                assert response.status_code < 500, told
                assert SEEN not in response.text, told
                if response.status_code >= 400:
                    assert not stage.has_tried_to_write() or stage.state() == before, told
                if response.status_code == 422:
                    check_said(paper, response, name, hostile.TYPED[label], told)
                elif (paper.name, name) not in UNREAD:
                    check_taken(paper, response, field, label, told)
                    if label == "markup" and "Location" in response.headers:
                        shown = stage.call(
                            "GET", response.headers["Location"], person=paper.person, role=paper.role
                        )
                        assert SEEN not in shown.text, told


def check_said(paper: Paper, response: TestResponse, name: str, typed: str, told: str) -> None:
    """Assert that a page says in Chinese what to type, and keeps all that was typed."""
    page = Reader(response.text, paper.path)
    assert page.wrong, told
    assert all(HAN.search(each) and each.endswith("。") for each in page.wrong), f"{told} {page.wrong}"
    kept = next(form for form in page.to(paper.path) if name in form.fields)
    for other, field in kept.fields.items():
        wanted = typed if other == name else paper.right.get(other, field.value)
        if field.is_typed and other in paper.right:
            assert field.value.strip() == wanted.strip(), f"{told} {other}: {field.value[:40]}"


def check_taken(paper: Paper, response: TestResponse, field: filling.Field, label: str, told: str) -> None:
    """Assert that what was not refused could be meant."""
    if response.status_code in (200, 302, 303):
        assert label not in hostile.REFUSED or field.kind == "checkbox", told
        assert field.kind not in CHOSEN or label == "nothing", told
        assert paper.name in SEARCHES | SHOWN_ONCE or response.status_code != 200, told
        check_target(response, told)


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "钥匙", "a\nb", "\u202e"])
def test_a_form_without_a_good_key_is_refused_calmly(stage, before, key):
    found = filling.paper(stage, PAPERS["orders.new"])
    with stage.undone():
        response = send(stage, found, idempotency_key=key)

        assert response.status_code in (400, 422)
        assert HAN.search(response.text)
        assert not stage.has_tried_to_write() or stage.state() == before


def test_a_rare_name_goes_from_the_form_to_the_file(stage):
    found = filling.paper(stage, PAPERS["registration.person_new"])
    for name in ("𠮷㛃䶮", "阿卜杜热西提·麦麦提", "龘" * 50):
        with stage.undone():
            done = send(stage, found, name=name)
            assert done.status_code == 302, Reader(done.text, found.path).wrong
            page = stage.call("GET", done.headers["Location"], person=found.person, role=found.role)
            assert name in page.text


def test_a_plugin_is_not_switched_by_a_form_that_is_out_of_date(stage, before):
    found = filling.paper(stage, PAPERS["plugins.plugin"])
    for version in ("", "²", "9" * 30, "0", "2"):
        with stage.undone():
            response = send(stage, found, version=version, is_on="")

            assert response.status_code in (409, 422), version
            assert not stage.has_tried_to_write() or stage.state() == before, version


def test_registering_oneself_says_what_to_type(stage):
    """The one form that needs a phone that was just confirmed."""
    phone = "18899990009"
    with stage.undone():
        client = stage.app.test_client()
        submit(client, "/sign-in", phone=phone, act="send")
        led = submit(client, "/sign-in", phone=phone, code=sent_code(phone), act="enter")
        shown = Reader(client.get(led.headers["Location"]).text, "/register").forms[0]
        right = {**shown.values, **REGISTERED}
        address = calls.rule_of(stage.app, "registration.register", "POST")
        paper = Paper(address, None, None, "/register", shown, right)
        with client.session_transaction() as kept:
            confirmed = dict(kept)
        assert register(stage, confirmed, right).status_code == 302, "the control: rightly filled in"
        for name, field in paper.tried():
            for label in worth(stage, hostile.TYPED if field.is_typed else hostile.CHOSEN):
                response = register(stage, confirmed, {**right, name: hostile.TYPED[label]})
                told = f"registering, {name}, {label}: {response.status_code}"
                assert response.status_code in (302, 400, 422), told
                assert SEEN not in response.text, told
                check_target(response, told)
                if response.status_code == 422:
                    check_said(paper, response, name, hostile.TYPED[label], told)
                elif name != "next":
                    assert label not in hostile.REFUSED or label == "NUL" or field.kind == "checkbox", told


def test_the_code_for_a_mail_address_says_what_to_type(stage):
    """The form that only shows once a code has been sent."""
    person, role = stage.world.home.person(Role.TRAINEE), Role.TRAINEE
    path = "/me/messages/settings/mail"
    stage.prepare(person, role)
    with stage.undone():
        asked = stage.call("POST", path, person=person, role=role, body={"mail": "zhou@example.cn"})
        assert asked.status_code == 302, "the control: rightly filled in"
        page = stage.call("GET", "/me/messages/settings", person=person, role=role)
        (form,) = Reader(page.text, path).to(f"{path}/confirmation")
        assert "code" in form.fields
        for label in worth(stage, hostile.TYPED):
            sent = {"code": hostile.TYPED[label]}
            response = stage.call("POST", f"{path}/confirmation", person=person, role=role, body=sent)
            assert response.status_code in (400, 422), label
            assert SEEN not in response.text, label
            assert response.status_code == 400 or Reader(response.text, path).wrong, label


def register(stage: Stage, confirmed: Mapping[str, Any], typed: Mapping[str, str]) -> TestResponse:
    """Register oneself in a browser whose phone is confirmed, and take it back."""
    browser = stage.app.test_client()
    with browser.session_transaction() as kept:
        kept.update(confirmed)
    with stage.undone():
        return browser.post("/register", data=dict(typed))
