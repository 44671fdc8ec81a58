"""While the house prepares itself, people see how far it is and programs are asked to come back."""

from __future__ import annotations

import pytest


@pytest.fixture
def preparing(house):
    house.extensions["skillhub.progress"] = lambda: ("正在装入演示数据", 1200, 4000)
    return house


def test_a_page_shows_a_bar_and_turns_by_itself(preparing, browser):
    page = browser.get("/things/mine")

    assert page.status_code == 200
    assert '<progress id="bar" value="1200" max="4000"' in page.text
    assert "正在装入演示数据" in page.text
    assert page.headers["Refresh"] == "2"


def test_a_program_is_asked_to_come_back(preparing, program):
    answer = program.call("GET", "/things")

    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "2"


def test_a_form_is_not_lost_in_the_bar(preparing, browser):
    assert browser.post("/things/new", data={}).status_code in (400, 503)


def test_supervisors_and_style_sheets_are_served_meanwhile(preparing, browser):
    for path in ("/healthz", "/readyz", "/metrics", "/static/base.css"):
        assert browser.get(path, buffered=True).status_code == 200


def test_without_preparation_pages_are_pages(house, browser):
    assert "Refresh" not in browser.get("/things/a").headers
