"""What nobody should send and somebody will: bodies, values, addresses and texts that cannot be right."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

JSON_TYPE = "application/json"
MEBIBYTE = 1024 * 1024
_HERE = "\x01here\x01"

VALUES: dict[str, str] = {
    "null": "null",
    "true": "true",
    "empty text": '""',
    "blank text": '" \\u3000 "',
    "minus one": "-1",
    "two to the 63rd": str(2**63),
    "a fraction": "1.5",
    "an endless text": json.dumps("x" * 100_000),
    "NUL": '"\\u0000"',
    "NUL in a text": '"a\\u0000b"',
    "right to left": '"\\u202e\\u5f20\\u202c"',
    "zero width": '"\\u200b\\u200d\\ufeff"',
    "half a character": '"\\ud800"',
    "no number": "NaN",
    "infinity": "-Infinity",
    "a deep list": "[" * 1_000 + "]" * 1_000,
    "a list of lists": "[" * 300 + "]" * 300,
    "an object": "{}",
    "markup": '"<script>alert(1)</script>"',
    "SQL": "\"'; DROP TABLE person; --\"",
}
"""Values for one member, as JSON text."""


@dataclass(frozen=True)
class Sent:
    """A hostile body, and what may be answered to it."""

    label: str
    raw: bytes
    media_type: str | None = JSON_TYPE
    statuses: frozenset[int] = frozenset({400, 409, 422})
    member: str | None = None


def whole(right: Any) -> Iterator[Sent]:
    """Yield bodies that are wrong as a whole, made of the right one where that matters."""
    text = json.dumps(right if right is not None else {})
    only = frozenset
    yield Sent("no body", b"", statuses=only({400}))
    yield Sent("no body and no type", b"", None, only({415}))
    for label, raw in (
        ("broken JSON", text[:-1].encode()),
        ("two bodies", (text + text).encode()),
        ("a comma too many", (text[:-1] + "," + text[-1]).encode()),
        ("not UTF-8", b'{"a": "\xff"}'),
        ("another encoding", text.encode("utf-16")),
        ("null", b"null"),
        ("a text", b'"text"'),
        ("a number", b"1"),
        ("true", b"true"),
        ("NaN", b"NaN"),
        ("a list of numbers", b"[1]"),
        ("a deep list", b"[" * 1_000 + b"]" * 1_000),
        ("a very deep object", b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
        ("a number of 5,000 digits", b"9" * 5_000),
        ("a member too many", _more(right, '"is_admin": true').encode()),
        ("a member twice", _more(right, *_twice(right)).encode()),
        ("an object where a list belongs, or the other way round", b"{}" if isinstance(right, list) else b"[]"),
    ):
        yield Sent(label, raw, statuses=only({400}))
    yield Sent("text/plain", text.encode(), "text/plain", only({415}))
    yield Sent("a form", b"a=1", "application/x-www-form-urlencoded", only({415}))
    yield Sent("a form with files", b"--x--", "multipart/form-data; boundary=x", only({415}))
    yield Sent("another charset", text.encode(), "application/json; charset=gbk", only({415}))
    yield Sent("one byte too many", text.encode().ljust(MEBIBYTE + 1), statuses=only({413}))


def _more(right: Any, *members: str) -> str:
    one = right[0] if isinstance(right, list) else right or {}
    inner = json.dumps(one)[1:-1]
    whole_one = "{" + ", ".join(part for part in (inner, *members) if part) + "}"
    return f"[{whole_one}]" if isinstance(right, list) else whole_one


def _twice(right: Any) -> list[str]:
    one = right[0] if isinstance(right, list) else right or {}
    name = next(iter(one), "is_admin")
    return [f'"{name}": 1'] if one else [f'"{name}": 1', f'"{name}": 1']


def members(shape: Any, right: Any) -> Iterator[tuple[tuple[Any, ...], FieldInfo]]:
    """Yield each member of a shape with its path in the right body, those of inner shapes too."""
    if isinstance(right, list):
        yield from _of(get_args(shape)[0], right[0], (0,))
    elif shape is not None:
        yield from _of(shape, right, ())


def _of(shape: type[BaseModel], right: Any, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], FieldInfo]]:
    for name, field in shape.model_fields.items():
        path = (*at, field.alias or name)
        yield path, field
        inner = _inner(field.annotation)
        value = right.get(path[-1])
        if inner is not None and value:
            yield from _of(inner, value[0] if isinstance(value, list) else value, (*path, 0) if isinstance(value, list) else path)


def _inner(hint: Any) -> type[BaseModel] | None:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next((found for each in get_args(hint) if (found := _inner(each))), None)


def is_nullable(field: FieldInfo) -> bool:
    """Tell whether null is an answer like any other."""
    return type(None) in get_args(field.annotation)


def with_value(right: Any, path: tuple[Any, ...], raw: str) -> bytes:
    """Return the right body with one member's value replaced by this JSON text."""
    body = copy.deepcopy(right)
    _place(body, path)[path[-1]] = _HERE
    return json.dumps(body).replace(json.dumps(_HERE), raw).encode()


def without(right: Any, path: tuple[Any, ...]) -> bytes:
    """Return the right body without one member."""
    body = copy.deepcopy(right)
    _place(body, path).pop(path[-1], None)
    return json.dumps(body).encode()


def _place(body: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body
