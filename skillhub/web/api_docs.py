"""What the reader page of the JSON addresses shows: operations by subject, shapes, error codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app
from pydantic import TypeAdapter

from skillhub.base.errors import SkillHubError
from skillhub.web import openapi
from skillhub.web.api import Operation
from skillhub.web.errors import HTTP_ERRORS

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@dataclass(frozen=True)
class Row:
    """One operation as the reader page shows it."""

    method: str
    path: str
    summary: str
    description: str
    scope: str | None
    is_public: bool
    is_writing: bool
    body: str | None
    answer: str | None
    status: int


@dataclass(frozen=True)
class Contents:
    """What the reader page shows: operations by subject, shapes, error codes."""

    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    shapes: tuple[tuple[str, str, tuple[tuple[str, str, bool], ...]], ...]
    codes: tuple[tuple[str, int, str], ...]


def contents() -> Contents:
    """Return what the reader page shows."""
    groups: dict[str, list[Row]] = {}
    for route in openapi.routes(current_app):
        if route.operation is not None:
            groups.setdefault(route.group, []).append(_row(route, route.operation))
    schemas = openapi.document()["components"]["schemas"]
    shapes = tuple(
        (name, str(schema.get("description", "")), _members(schema))
        for name, schema in sorted(schemas.items())
    )
    return Contents(
        tuple((name, tuple(rows)) for name, rows in sorted(groups.items())), shapes, tuple(_codes())
    )


def _row(route: openapi.Route, operation: Operation) -> Row:
    return Row(
        method=route.method,
        path=route.path,
        summary=str(operation.summary),
        description=operation.description.split("\n\n", 1)[0],
        scope=operation.scope.value if operation.scope else None,
        is_public=operation.is_public,
        is_writing=operation.is_writing,
        body=_name(operation.body),
        answer=_name(operation.answer) or operation.media_type,
        status=operation.status,
    )


def _name(shape: Any) -> str | None:
    """Return the name under which the reader page lists a shape."""
    if shape is None:
        return None
    schema = TypeAdapter(shape).json_schema(ref_template="{model}")
    return str(schema.get("items", {}).get("$ref") or schema.get("title") or "")


def _members(schema: dict[str, Any]) -> tuple[tuple[str, str, bool], ...]:
    wanted = schema.get("required", ())
    return tuple((name, _kind(each), name in wanted) for name, each in schema.get("properties", {}).items())


def _kind(schema: dict[str, Any]) -> str:
    """Say in a word what a member holds: ``date``, ``integer[]``, ``string?`` for one that may be null."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        kinds = [_kind(each) for each in schema["anyOf"]]
        return " | ".join(kind for kind in kinds if kind != "null") + ("?" if "null" in kinds else "")
    if schema.get("type") == "array":
        return _kind(schema.get("items", {})) + "[]"
    if "enum" in schema or "const" in schema:
        return " | ".join(str(each) for each in schema.get("enum", [schema.get("const")]))
    return str(schema.get("format") or schema.get("type") or "any")


def _codes() -> Iterator[tuple[str, int, str]]:
    """List every error code, with its status and what a person is told."""
    found = {code: (status, str(message)) for status, (code, message) in HTTP_ERRORS.items()}
    left = [SkillHubError]
    while left:
        kind = left.pop()
        left.extend(kind.__subclasses__())
        found.setdefault(kind.code, (kind.status, str(kind.message)))
    for code, (status, message) in sorted(found.items()):
        yield code, status, _PLACEHOLDER.sub("…", message)
