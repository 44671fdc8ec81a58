"""Every answer tells the browser to load nothing foreign, and to keep nothing that is somebody's."""

from __future__ import annotations

import dataclasses

import pytest

from tests.web.house import build

PATHS = (
    "/things/a",
    "/nowhere",
    "/fails/bug",
    "/api/v1/things",
    "/api/v1/nothing",
    "/healthz",
    "/static/base.css",
    "/api/docs",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_policy(browser, path):
    headers = browser.get(path, buffered=True).headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Permissions-Policy" in headers
    assert "Strict-Transport-Security" not in headers, "plain http on this machine"


def test_over_https_browsers_are_told_to_stay_there(config, house):
    secure = build(dataclasses.replace(config, public_url="https://skillhub.example"))

    assert (
        secure.test_client()
        .get("/things/a")
        .headers["Strict-Transport-Security"]
        .startswith("max-age=31536000")
    )


def test_a_page_of_somebody_is_not_kept(ann, browser):
    assert ann.get("/things/a").headers["Cache-Control"] == "no-store"
    assert browser.get("/things/a").headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language"} <= {
        each.strip() for each in ann.get("/things/a").headers["Vary"].split(",")
    }


def test_an_answer_to_a_token_is_not_kept(program):
    assert program.call("GET", "/things/1/a").headers["Cache-Control"] == "no-store"


def test_a_static_file_is_kept_as_long_as_its_address_names_its_content(browser):
    page = browser.get("/things/a").text
    address = page.split('href="/static/base.css', 1)[1].split('"', 1)[0]

    assert address.startswith("?v=")
    assert (
        browser.get("/static/base.css" + address, buffered=True).headers["Cache-Control"]
        == "public, max-age=31536000, immutable"
    )
    assert "immutable" not in browser.get("/static/base.css", buffered=True).headers.get("Cache-Control", "")
    assert browser.get("/static/../views.py", buffered=True).status_code == 404


def test_no_page_of_the_house_has_a_script_or_an_inline_style(ann):
    for path in ("/things/a", "/things/new", "/nowhere", "/fails/bug", "/api/docs"):
        page = ann.get(path).text

        assert "<script" not in page
        assert "style=" not in page
        assert "<style" not in page
        assert " on" not in "".join(part for part in page.split("<") if "click=" in part)
