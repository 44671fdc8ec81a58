"""Every error is a problem for programs and a calm page for people, and the log holds no values."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy.exc import TimeoutError as PoolEmpty

from skillhub.base.errors import Conflict
from skillhub.web import requests
from tests.web.house import bearer

MEMBERS = {"type", "title", "status", "code", "detail", "instance", "request_id"}


@pytest.mark.parametrize(
    ("kind", "status", "code", "retry_after"),
    [
        ("bug", 500, "internal", None),
        ("other", 500, "internal", None),
        ("locked", 503, "busy", "2"),
        ("full", 503, "storage_full", "60"),
        ("many", 429, "too_many", "60"),
        ("forbidden", 403, "forbidden", None),
        ("nobody", 401, "unauthenticated", None),
        ("absent", 404, "not_found", None),
    ],
)
def test_an_error_at_a_json_address_is_a_problem(program, kind, status, code, retry_after):
    answer = program.call("GET", f"/fails/{kind}")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json) == MEMBERS
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert answer.json["instance"] == f"/api/v1/fails/{kind}"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert answer.json["type"] == f"http://localhost/api/docs#{code}"
    assert answer.headers.get("Retry-After") == retry_after
    assert "110101199003078515" not in answer.text


def test_what_the_server_refuses_is_a_problem_too(program):
    absent = program.call("GET", "/nothing")
    wrong_method = program.call("DELETE", "/things", headers={"Idempotency-Key": "k"})
    traced = program.call("TRACE", "/things")

    assert (absent.status_code, absent.json["code"]) == (404, "not_found")
    assert (wrong_method.status_code, wrong_method.json["code"]) == (405, "method_not_allowed")
    assert set(wrong_method.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert traced.status_code == 405


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        ("bug", 500, "出错了"),
        ("locked", 503, "请稍等再试"),
        ("forbidden", 403, "没有这项权限"),
        ("absent", 404, "没有找到"),
    ],
)
def test_an_error_at_a_page_is_a_calm_page(ann, kind, status, title):
    page = ann.get(f"/fails/{kind}")

    assert page.status_code == status
    assert title in page.text
    assert page.headers["X-Request-Id"] in page.text
    assert "Traceback" not in page.text
    assert "110101199003078515" not in page.text


def test_a_page_about_a_broken_database_asks_nothing_of_it(ann, house, monkeypatch):
    asked = []
    monkeypatch.setattr("tests.web.house.DISTRICTS", asked)

    page = ann.get("/fails/locked")

    assert page.status_code == 503
    assert "朱安英" not in page.text
    assert 'href="/fails/locked"' in page.text, "it offers to try again"


def test_an_error_page_is_drawn_even_if_nobody_can_tell_who_asks(house):
    def broken():
        raise OSError("the database is gone")

    requests.use(page=broken, bearer=bearer)

    page = house.test_client().get("/nowhere")

    assert page.status_code == 404
    assert "没有找到" in page.text


def test_nobody_at_a_page_is_sent_to_sign_in_and_back(browser):
    answer = browser.get("/things/mine?a=1&b=二")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/things/mine%3Fa%3D1%26b%3D%E4%BA%8C"


def test_a_bug_is_logged_with_its_place_and_without_its_values(program, capsys):
    answer = program.call("GET", "/fails/bug")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    entry = next(line for line in lines if line["event"] == "failed")
    assert entry["request_id"] == answer.json["request_id"]
    assert entry["error"] == "ZeroDivisionError"
    assert any("house.py" in place for place in entry["where"])
    assert "110101199003078515" not in json.dumps(lines)


@pytest.mark.parametrize(
    ("asked", "title"), [("en", "没有找到"), ("zh", "没有找到"), ("de", "没有找到"), (None, "没有找到")]
)
def test_a_language_that_we_lack_gets_chinese(browser, asked, title):
    headers = {"Accept-Language": asked} if asked else {}

    assert title in browser.get("/nowhere", headers=headers).text  # English comes by catalogue


@pytest.mark.parametrize(
    "path", ["/things/a%00b", "/api/v1/things/3/a%00b", "/api/v1/things/99999999999999999999/a"]
)
def test_what_no_database_takes_is_not_found(program, ann, path):
    answer = program.call("GET", path.removeprefix("/api/v1")) if path.startswith("/api/") else ann.get(path)

    assert answer.status_code == 404


def test_request_ids_are_ours_and_differ(program):
    first = program.call("GET", "/things", headers={"X-Request-Id": "evil"}).headers["X-Request-Id"]
    second = program.call("GET", "/things").headers["X-Request-Id"]

    assert re.fullmatch(r"[0-9a-f]{16}", first)
    assert first != second


def test_a_database_that_has_no_connection_left_asks_for_patience(house, browser):
    def crowded():
        raise PoolEmpty

    house.add_url_rule("/crowded", "crowded", crowded)

    assert browser.get("/crowded").status_code == 503


def test_a_message_that_lacks_a_fact_is_still_an_answer(house, browser):
    class Odd(Conflict):
        message = "已有%(number)s人"

    def odd():
        raise Odd(other=1)

    house.add_url_rule("/odd", "odd", odd)

    assert browser.get("/odd").status_code == 409
