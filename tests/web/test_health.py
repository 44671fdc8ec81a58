"""Supervisors learn whether we live, can work and how busy we are; strangers do not see the counts."""

from __future__ import annotations

import dataclasses

from skillhub.web import health
from tests.web.house import build


def test_it_lives(browser):
    assert browser.get("/healthz").json == {"status": "ok"}


def test_it_is_ready_when_nothing_is_missing(house, browser):
    health.add_check(house, "database", lambda: None)

    answer = browser.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["ready"] is True
    assert answer.json["checks"] == {"database": "ok"}
    assert answer.json["clock"].endswith("Z")


def test_it_says_what_is_missing(house, browser):
    def broken() -> str:
        raise OSError("password=secret")

    health.add_check(house, "database", lambda: None)
    health.add_check(house, "worker", lambda: "no sign of life for 90 s")
    health.add_check(house, "disk", broken)

    answer = browser.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"] == {
        "database": "ok",
        "worker": "no sign of life for 90 s",
        "disk": "OSError",
    }
    assert "secret" not in answer.text


def test_a_clock_that_cannot_move_is_not_shown(config, house):
    real = build(dataclasses.replace(config, profile="production", public_url="https://skillhub.example"))

    assert "clock" not in real.test_client().get("/readyz").json


def test_answers_are_counted(browser):
    browser.get("/things/a")

    counts = browser.get("/metrics").text

    assert 'skillhub_http_answers_total{endpoint="things.seen",method="GET",status="200"}' in counts
    assert 'skillhub_http_seconds_bucket{endpoint="things.seen"' in counts


def test_counts_are_for_this_machine_only(house):
    client = house.test_client()

    assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.0.0.5"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert client.get("/metrics").status_code == 200
