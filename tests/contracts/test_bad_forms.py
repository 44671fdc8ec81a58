"""Whatever is typed into a form, the page says what to type, and nothing is half-written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from skillhub.base.access import Role
from skillhub.testing.clients import submit
from skillhub.testing.factories.accounts import sent_code
from skillhub.testing.factories.base import LUNAN, id_number
from tests.contracts import calls, filling, hostile
from tests.contracts.answers import HAN, SEEN, check_target, worth
from tests.contracts.filling import Paper, Reader
from tests.contracts.stage import Stage

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
