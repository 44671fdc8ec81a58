"""The document describes every address, from the decorators alone."""

from __future__ import annotations

import re

import pytest

from skillhub.web import openapi


@pytest.fixture
def document(browser):
    return browser.get("/api/v1/openapi.json").json


def test_every_address_is_described(house):
    assert openapi.documented(house) == openapi.routed(house)
    assert ("PUT", "/api/v1/marks") in openapi.documented(house)
    assert ("GET", "/api/v1/things/{number}/{name}") in openapi.documented(house)


def test_an_address_without_a_description_is_noticed(house):
    house.add_url_rule("/api/v1/secret", "secret", lambda: "")

    assert openapi.routed(house) - openapi.documented(house) == {("GET", "/api/v1/secret")}


def test_it_is_openapi_31_and_every_reference_leads_somewhere(document):
    assert document["openapi"] == "3.1.0"
    text = str(document)
    names = set(re.findall(r"#/components/schemas/([^']+)'", text))
    assert names
    assert names <= set(document["components"]["schemas"])
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in document["components"]["schemas"])


def test_shapes_are_closed(document):
    shapes = document["components"]["schemas"].values()

    assert all(shape["additionalProperties"] is False for shape in shapes if shape.get("type") == "object")


def test_a_writing_call_names_its_key_body_statuses_and_scope(document):
    place = document["paths"]["/api/v1/things"]["post"]

    key = next(each for each in place["parameters"] if each["name"] == "Idempotency-Key")
    assert key["required"] is True
    assert place["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/ThingPost"
    }
    assert set(place["responses"]) == {"200", "201", "default"}
    assert place["security"] == [{"bearer": ["apply"]}]


def test_a_reading_call_names_its_parameters(document):
    things = document["paths"]["/api/v1/things"]["get"]
    thing = document["paths"]["/api/v1/things/{number}/{name}"]["get"]

    assert {each["name"]: each["in"] for each in things["parameters"]} == {
        "colour": "query",
        "limit": "query",
    }
    assert things["security"] == []
    assert {each["name"]: each["schema"]["type"] for each in thing["parameters"]} == {
        "number": "integer",
        "name": "string",
    }


def test_a_word_of_a_path_is_one_of_those_that_it_may_be(document):
    step = document["paths"]["/api/v1/things/{step}"]["post"]

    assert step["parameters"][0]["schema"] == {"type": "string", "enum": ["start", "stop"]}


def test_a_body_that_is_an_array_is_described_as_one(document):
    schema = document["paths"]["/api/v1/marks"]["put"]["requestBody"]["content"]["application/json"]["schema"]

    assert schema == {"type": "array", "items": {"$ref": "#/components/schemas/Mark"}}


def test_errors_are_problems(document):
    problem = document["components"]["responses"]["Problem"]["content"]["application/problem+json"]["schema"]

    assert problem == {"$ref": "#/components/schemas/Problem"}


def test_operation_ids_are_unique(document):
    ids = [each["operationId"] for methods in document["paths"].values() for each in methods.values()]

    assert len(ids) == len(set(ids))


def test_people_can_read_it(browser):
    page = browser.get("/api/docs").text

    assert "/api/v1/things/{number}/{name}" in page
    assert 'id="not_found"' in page
    assert 'href="#shape-ThingPost"' in page
    assert 'id="shape-ThingPost"' in page
