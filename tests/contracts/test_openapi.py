"""The description of the JSON addresses is complete, is OpenAPI 3.1 by its shape, and is public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from skillhub.web import openapi

METHODS = {"get", "put", "post", "delete", "patch"}
LOCATIONS = {"path", "query", "header"}
TYPES = {"string", "integer", "number", "boolean", "array", "object", "null"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    """The document as anybody gets it."""
    response = app.test_client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    return response.json


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and description of every operation."""
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield path, method, described


def test_every_json_address_is_described_and_every_description_is_served(app):
    assert len(openapi.routed(app)) > 40, "the control: there are addresses"
    assert openapi.routed(app) == openapi.documented(app)


def test_the_document_is_openapi_3_1_by_its_shape(document):
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])
    assert set(document) <= {"openapi", "info", "servers", "tags", "paths", "components", "security"}
    tags = {tag["name"] for tag in document["tags"]}
    names = []
    for path, method, described in operations(document):
        assert path.startswith("/api/v1/")
        assert method in METHODS
        assert described["summary"], path
        assert described["responses"], path
        assert set(described["tags"]) <= tags
        names.append(described["operationId"])
        bodies = described.get("requestBody", {}).get("content", {})
        assert method != "get" or not bodies, f"{path} reads a body"
    assert len(names) == len(set(names)), "an operationId stands twice"


def test_every_part_of_a_path_is_a_parameter(document):
    for path, method, described in operations(document):
        parameters = described["parameters"]
        assert all(each["in"] in LOCATIONS and "schema" in each for each in parameters)
        in_path = {each["name"] for each in parameters if each["in"] == "path"}
        assert in_path == set(_PLACEHOLDER.findall(path)), f"{method} {path}"
        assert all(each["required"] for each in parameters if each["in"] == "path")
        named = [(each["in"], each["name"]) for each in parameters]
        assert len(named) == len(set(named)), f"{method} {path}"


def test_every_writing_operation_asks_for_its_key_and_may_be_repeated(app, document):
    written = 0
    for path, method, described in operations(document):
        headers = {each["name"] for each in described["parameters"] if each["in"] == "header"}
        if "Idempotency-Key" in headers:
            assert "Idempotency-Replayed" in described["responses"]["200"]["headers"], path
            written += 1
        if method in ("put", "patch", "delete"):
            assert "Idempotency-Key" in headers, path
    assert written > 20, "the control: there are addresses that write"


def test_every_reference_leads_somewhere(document):
    references = list(_references(document))
    assert len(references) > 40, "the control: there are references"
    for reference in references:
        assert reference.startswith("#/"), reference
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        assert found


def test_every_schema_is_closed_and_says_of_which_type_it_is(document):
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object" and "properties" in schema:
            assert schema.get("additionalProperties") is False, f"{name} takes what nobody asked for"
        for each in _schemas(schema):
            if "type" in each and isinstance(each["type"], str):
                assert each["type"] in TYPES, name


def test_errors_are_described_once_for_all(document):
    problem = document["components"]["responses"]["Problem"]
    assert list(problem["content"]) == ["application/problem+json"]
    for path, _method, described in operations(document):
        assert described["responses"]["default"] == {"$ref": "#/components/responses/Problem"}, path


def test_what_needs_a_token_says_so(app, document):
    for path, method, described in operations(document):
        response = app.test_client().open(_filled(path), method=method.upper(), buffered=True)
        if described["security"]:
            assert response.status_code == 401, f"{method} {path}"
        else:
            assert response.status_code != 401, f"{method} {path}"


def _filled(path: str) -> str:
    return _PLACEHOLDER.sub("1", path.replace("{step}", "submission"))


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def _schemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for name, each in schema.items():
            if name != "properties":
                yield from _schemas(each)
            else:
                for member in each.values():
                    yield from _schemas(member)
    elif isinstance(schema, list):
        for each in schema:
            yield from _schemas(each)
