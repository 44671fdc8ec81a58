"""A body is read strictly, and the answer says which member and what to send instead."""

from __future__ import annotations

import io

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

GOOD = '{"name": "甲", "seats": 3, "colour": "red", "is_big": true, "on": "2025-11-10", "parts": [%s]}'
PART = '{"starts_at": "2025-11-10T09:00:00+08:00", "minutes": 45}'


def test_a_good_body_is_taken(program):
    answer = program.make(GOOD % PART)

    assert answer.status_code == 201
    assert answer.json == {"name": "甲", "made_at": "2025-11-10T01:00:00Z", "on": "2025-11-10"}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ('{"name": "甲"', "body", "broken_json"),
        ("", "body", "broken_json"),
        (b'{"name": "\xff"}', "body", "broken_json"),
        ("[" * 100_000, "body", "broken_json"),
        ('{"name": "a", "seats": ' + "9" * 5000 + "}", "body", "broken_json"),
        ('{"name": "a", "seats": NaN}', "body", "broken_json"),
        ("[]", "body", "wrong_type"),
        ("3", "body", "wrong_type"),
        ("null", "body", "wrong_type"),
        ('{"name": "a", "seats": true}', "seats", "wrong_type"),
        ('{"name": "a", "seats": "1"}', "seats", "wrong_type"),
        ('{"name": "a", "seats": 1.5}', "seats", "wrong_type"),
        ('{"name": "a", "seats": [1]}', "seats", "wrong_type"),
        ('{"name": ["a"]}', "name", "wrong_type"),
        ('{"name": 1}', "name", "wrong_type"),
        ('{"name": null}', "name", "wrong_type"),
        ('{"name": "a", "is_big": 1}', "is_big", "wrong_type"),
        ('{"name": "a", "is_big": "true"}', "is_big", "wrong_type"),
        ('{"name": "a", "colour": 1}', "colour", "wrong_type"),
        ('{"name": "a", "on": 20251110}', "on", "wrong_type"),
        ('{"name": "a", "parts": {}}', "parts", "wrong_type"),
        ('{"name": "a", "parts": [3]}', "parts.0", "wrong_type"),
        (
            '{"name": "a", "parts": [{"starts_at": 1762736400, "minutes": 5}]}',
            "parts.0.starts_at",
            "wrong_type",
        ),
        ('{"name": "a", "role": "admin"}', "role", "unknown_member"),
        ('{"name": "a", "name": "b"}', "name", "repeated_member"),
        ('{"name": "a", "parts": [{"minutes": 1, "minutes": 2}]}', "minutes", "repeated_member"),
    ],
)
def test_what_cannot_be_read_is_malformed(program, body, field, code):
    answer = program.make(body)

    assert answer.status_code == 400
    assert answer.json["code"] == "malformed"
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ("{}", "name", "missing"),
        ('{"name": ""}', "name", "too_short"),
        ('{"name": "一二三四五六七八九十十一"}', "name", "too_long"),
        ('{"name": "a\\u0000b"}', "name", "wrong_form"),
        ('{"name": "a\\ud800"}', "name", "wrong_form"),
        ('{"name": "a", "seats": 0}', "seats", "too_small"),
        ('{"name": "a", "seats": 501}', "seats", "too_large"),
        ('{"name": "a", "seats": 99999999999999999999}', "seats", "too_large"),
        ('{"name": "a", "colour": "green"}', "colour", "not_listed"),
        ('{"name": "a", "on": "2025-02-30"}', "on", "wrong_form"),
        ('{"name": "a", "on": "10.11.2025"}', "on", "wrong_form"),
        ('{"name": "a", "on": "1762736400"}', "on", "wrong_form"),
        ('{"name": "a", "on": "2025-11-10T00:00:00"}', "on", "wrong_form"),
        (
            '{"name": "a", "parts": [{"starts_at": "2025-11-10T09:00:00", "minutes": 5}]}',
            "parts.0.starts_at",
            "no_zone",
        ),
        (
            '{"name": "a", "parts": [{"starts_at": "1762736400", "minutes": 5}]}',
            "parts.0.starts_at",
            "wrong_form",
        ),
        ('{"name": "a", "parts": [{"starts_at": "soon", "minutes": 5}]}', "parts.0.starts_at", "wrong_form"),
        (
            '{"name": "a", "parts": [' + PART + ', {"starts_at": "2025-11-10T09:00:00Z"}]}',
            "parts.1.minutes",
            "missing",
        ),
    ],
)
def test_what_can_be_read_but_not_be_right_is_invalid(program, body, field, code):
    answer = program.make(body)

    assert answer.status_code == 422
    assert answer.json["code"] == "invalid"
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]
    assert all(each["message"].endswith("。") for each in answer.json["errors"])


def test_all_wrong_members_are_named_at_once(program):
    answer = program.make({"name": "", "seats": 0, "on": "soon"})

    assert [each["field"] for each in answer.json["errors"]] == ["name", "seats", "on"]


def test_a_message_says_what_to_send_instead(program):
    answer = program.make({"name": "a", "colour": "green", "seats": 501})

    assert {each["message"] for each in answer.json["errors"]} == {
        "太大了，最大是500。",
        "请从这几个里选：red、blue。",
    }


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"]
)
def test_another_content_type_is_refused(program, kind):
    answer = program.make('{"name": "a"}', **{"Content-Type": kind})

    assert answer.status_code == 415
    assert answer.json["code"] == "unsupported_media_type"


def test_a_body_over_one_mebibyte_is_refused(program):
    answer = program.make('{"name": "' + "a" * 1024 * 1024 + '"}')

    assert answer.status_code == 413
    assert answer.json["code"] == "too_large"


def test_a_body_without_stated_length_is_limited_too(house):
    body = _Endless()
    environ = EnvironBuilder(
        path="/api/v1/things",
        method="POST",
        headers={"Authorization": "Bearer good", "Idempotency-Key": "k", "Content-Type": "application/json"},
    ).get_environ() | {"wsgi.input": body, "wsgi.input_terminated": True}

    answer = run_wsgi_app(house, environ)

    assert answer[1].startswith("413"), b"".join(answer[0]).decode()
    assert body.read_bytes <= 2 * 1024 * 1024


class _Endless(io.RawIOBase):
    """A body that never ends; it counts what was read of it."""

    read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        buffer[:] = b" " * len(buffer)
        self.read_bytes += len(buffer)
        return len(buffer)


def test_a_body_that_is_an_array_is_read_as_one(program):
    answer = program.call(
        "PUT", "/marks", json=[{"receipt": "r", "minutes": None}, {"receipt": "s", "minutes": 4}]
    )
    wrong = program.call("PUT", "/marks", json=[{"receipt": "r", "minutes": "4"}])
    no_array = program.call("PUT", "/marks", json={"receipt": "r", "minutes": 4})

    assert answer.json["name"] == "2"
    assert wrong.json["errors"][0]["field"] == "0.minutes"
    assert no_array.json["errors"][0] == {
        "field": "body",
        "code": "wrong_type",
        "message": "请写JSON数组，用[ ]括起来。",
    }


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("?limit=1", 200, None),
        ("?limit=0", 422, "limit"),
        ("?limit=many", 422, "limit"),
        ("?limit=1&limit=2", 400, "limit"),
        ("?colour=green", 422, "colour"),
        ("?sort=name", 400, "sort"),
        ("?colour=%00", 400, "colour"),
    ],
)
def test_a_query_string_is_read_as_strictly(program, query, status, field):
    answer = program.call("GET", "/things" + query)

    assert answer.status_code == status
    if field:
        assert answer.json["errors"][0]["field"] == field
    else:
        assert len(answer.json["items"]) == 1
        assert answer.json["next"] == "more"
