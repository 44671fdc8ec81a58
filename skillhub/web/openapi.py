"""The OpenAPI 3.1 document of all JSON addresses, made from what their decorators say.

Nothing is written twice: paths come from the URL map, bodies and answers from their
shapes, the rest from `api.operation`. docs/decisions/0002-openapi.md says why no
library does this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from pydantic import Field, TypeAdapter
from werkzeug.routing import Rule

import skillhub
from skillhub.web.api import Operation, Shape
from skillhub.web.api.operations import MARK

PREFIX = "/api/v1/"
_REF = "#/components/schemas/{model}"
_CACHE = "skillhub.openapi"
_PLACEHOLDER = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")


class FieldProblem(Shape):
    """What is wrong with one member, and what to send instead."""

    field: str
    code: str
    message: str


class Problem(Shape):
    """An error as of RFC 9457; `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: list[FieldProblem] = Field(default=[])


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    rule: Rule
    group: str
    operation: Operation | None


def document() -> dict[str, Any]:
    """Return the document of this application, in the reader's language."""
    kept: dict[str, dict[str, Any]] = current_app.extensions.setdefault(_CACHE, {})
    language = str(get_locale())
    if language not in kept:
        kept[language] = _document(current_app)
    return kept[language]


def routed(app: Flask) -> frozenset[tuple[str, str]]:
    """Return every method and path that the application serves under the prefix."""
    return frozenset((route.method, route.path) for route in routes(app))


def documented(app: Flask) -> frozenset[tuple[str, str]]:
    """Return every method and path that the document describes."""
    with app.test_request_context():
        paths = _document(app)["paths"]
    return frozenset((method.upper(), path) for path, methods in paths.items() for method in methods)


def routes(app: Flask) -> Iterator[Route]:
    """Yield every method of every address under the prefix, with what its decorator says."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith(PREFIX):
            continue
        path = _PLACEHOLDER.sub(r"{\3}", rule.rule)
        found = getattr(app.view_functions[rule.endpoint], MARK, None)
        group = rule.endpoint.rpartition(".")[0].removesuffix("_api") or "web"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, path, rule, group, found)


def _document(app: Flask) -> dict[str, Any]:
    found = [route for route in routes(app) if route.operation is not None]
    schemas, components = _schemas(found)
    paths: dict[str, dict[str, Any]] = {}
    for route in found:
        paths.setdefault(route.path, {})[route.method.lower()] = _described(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SkillHub",
            "version": skillhub.__version__,
            "description": _("技能培训、证书和补贴的接口。"),
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({route.group for route in found})],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": _("没有办成，原因在code和detail里。"),
                    "content": {
                        "application/problem+json": {"schema": schemas[("problem", "serialization")]}
                    },
                }
            },
        },
        "security": [{"bearer": []}],
    }


def _schemas(described: list[Route]) -> tuple[dict[tuple[Any, str], Any], dict[str, Any]]:
    """Return the schema of each body and answer, and the named shapes that they refer to."""
    inputs: list[tuple[Any, Any, TypeAdapter[Any]]] = [("problem", "serialization", TypeAdapter(Problem))]
    for route in described:
        operation = route.operation
        if operation is None:
            continue
        key = (route.method, route.path)
        if operation.body is not None:
            inputs.append(((*key, "body"), "validation", TypeAdapter(operation.body)))
        if operation.answer is not None:
            inputs.append(((*key, "answer"), "serialization", TypeAdapter(operation.answer)))
    found, rest = TypeAdapter.json_schemas(inputs, ref_template=_REF)
    return dict(found), rest.get("$defs", {})


def _described(route: Route, schemas: dict[tuple[Any, str], Any]) -> dict[str, Any]:
    operation = route.operation
    if operation is None:
        raise LookupError(route.path)
    key = (route.method, route.path)
    described: dict[str, Any] = {
        "summary": str(operation.summary),
        "description": operation.description.split("\n\n", 1)[0],
        "operationId": f"{route.rule.endpoint.replace('.', '_')}_{route.method.lower()}",
        "tags": [route.group],
        "parameters": [
            *_in_path(route),
            *_in_query(operation.query),
            *_in_header(operation),
        ],
        "responses": _responses(operation, schemas.get(((*key, "answer"), "serialization"))),
        "security": []
        if operation.is_public
        else [{"bearer": [operation.scope.value] if operation.scope else []}],
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[((*key, "body"), "validation")]}},
        }
    return described


def _in_path(route: Route) -> Iterator[dict[str, Any]]:
    for converter, choices, name in _PLACEHOLDER.findall(route.rule.rule):
        schema: dict[str, Any] = {"type": "integer" if converter == "int" else "string"}
        if converter == "any":
            schema["enum"] = [choice.strip() for choice in choices.split(",")]
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(shape: type[Shape] | None) -> Iterator[dict[str, Any]]:
    """Describe each parameter in full, since texts, numbers and lists of words are all that a query holds."""
    if shape is None:
        return
    schema = shape.model_json_schema(mode="validation")
    wanted, named = schema.get("required", ()), schema.get("$defs", {})
    for name, found in schema.get("properties", {}).items():
        each = _spelt_out(found, named)
        yield {"name": name, "in": "query", "required": name in wanted, "schema": each}


def _spelt_out(schema: Any, named: dict[str, Any]) -> Any:
    """Return a schema with its references replaced by what they name."""
    if isinstance(schema, list):
        return [_spelt_out(each, named) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _spelt_out(named[schema["$ref"].rpartition("/")[2]], named)
    return {name: _spelt_out(each, named) for name, each in schema.items()}


def _in_header(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.is_writing:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": _("每次提交一个新的随机编号，重试时用同一个。"),
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }


def _responses(operation: Operation, schema: Any) -> dict[str, Any]:
    content = {operation.media_type: {"schema": schema}} if schema is not None else {operation.media_type: {}}
    responses: dict[str, Any] = {str(operation.status): {"description": _("办成了"), "content": content}}
    if operation.is_writing:
        replay = responses.setdefault("200", {"description": _("以前已经办成，结果相同"), "content": content})
        replay["headers"] = {"Idempotency-Replayed": {"schema": {"type": "string", "enum": ["true"]}}}
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    return responses
