"""The path decides what counts: a bearer token under /api/, the session cookie elsewhere."""

from __future__ import annotations

from skillhub.base import audit
from skillhub.base.access import ANONYMOUS
from skillhub.web import requests
from tests.web.conftest import Program
from tests.web.house import ANN


def test_a_json_address_does_not_accept_the_session_cookie(ann):
    answer = ann.get("/api/v1/things/1/a")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_page_does_not_accept_a_bearer_token(browser):
    page = browser.get("/things/mine", headers={"Authorization": "Bearer good"})

    assert page.status_code == 302


def test_a_good_token_is_its_person(program):
    assert program.call("GET", "/things/1/a").status_code == 200


def test_a_token_that_is_not_good_is_nobody(house):
    for header in ("Bearer bad", "Bearer", "Basic Z29vZDo=", "good", ""):
        answer = house.test_client().get("/api/v1/things/1/a", headers={"Authorization": header})

        assert answer.status_code == 401, header


def test_a_token_without_the_scope_may_not(house):
    answer = Program(house, "reader").make({"name": "a"})

    assert answer.status_code == 403
    assert answer.json["code"] == "scope_missing"
    assert "apply" in answer.json["detail"]


def test_two_requests_in_one_application_context_are_two_people(house):
    ann, nobody = house.test_client(), house.test_client()
    ann.set_cookie("who", "ann")

    with house.app_context():
        assert "朱安英" in ann.get("/things/a").text
        assert "朱安英" not in nobody.get("/things/a").text


def test_it_is_asked_once_a_request(house):
    asked = []

    def page():
        asked.append(1)
        return ANN, None

    requests.use(page=page, bearer=lambda _token: ANONYMOUS)
    with house.test_request_context("/things/a"):
        assert requests.actor() is ANN
        assert requests.actor() is ANN
        assert requests.person() is None
        requests.forget()
        assert requests.actor() is ANN

    assert len(asked) == 2


def test_the_district_of_a_page_is_the_one_shown_else_the_persons_own(ann, browser):
    assert 'data-district="130202"' in ann.get("/things/a").text
    assert 'data-district="440103"' in ann.get("/things/mine").text
    assert "data-district" not in browser.get("/things/a").text


def test_a_district_that_is_gone_is_no_district(house, ann, monkeypatch):
    monkeypatch.setattr("tests.web.house.DISTRICTS", {})
    requests.use_districts({}.__getitem__)

    assert "data-district" not in ann.get("/things/a").text


def test_audit_rows_carry_the_request_id_only_during_the_request(house):
    with house.test_request_context("/things/a"):
        house.preprocess_request()
        assert audit.request_id.get() == requests.request_id()

    assert audit.request_id.get() is None


def test_the_menu_is_of_the_role(ann, browser):
    assert '<a href="/things/new">报名</a>' in ann.get("/things/a").text
    assert '<a href="/things/new" aria-current="page">报名</a>' in ann.get("/things/new").text
    assert "报名" not in browser.get("/things/a").text


def test_the_language_switch_keeps_the_page_and_only_goes_home(browser):
    there = browser.get("/language/en?next=/things/a%3Fb%3D1")
    page = browser.get("/things/a?b=1")
    away = browser.get("/language/zh?next=//evil.example/")

    assert there.headers["Location"] == "/things/a?b=1"
    assert '<html lang="en"' in page.text
    assert 'href="/language/zh?next=/things/a?b%3D1"' in page.text
    assert away.headers["Location"] == "/"
    assert browser.get("/language/de").status_code == 404
