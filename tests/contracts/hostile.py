"""What nobody should send and somebody will: bodies, values, texts and names that cannot be right."""

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
MALFORMED, UNSUPPORTED, TOO_LARGE = 400, 415, 413
Path = tuple[Any, ...]
MARKUP = "\"'; DROP TABLE person; --><script>alert(1)</script>"
"""Right where people write freely; wherever it is shown it must not run."""
_HERE = "\x01here\x01"

VALUES: dict[str, str] = {
    "null": "null",
    "true": "true",
    "an empty text": '""',
    "a blank text": '" \\u3000 "',
    "minus one": "-1",
    "two to the 63rd": str(2**63),
    "an endless text": json.dumps("x" * 100_000),
    "NUL": '"a\\u0000b"',
    "right to left": '"\\u202e\\u5f20\\u202c"',
    "zero width": '"\\u200b\\u200d\\ufeff"',
    "half a character": '"\\ud800"',
    "no number": "NaN",
    "a deep list": "[" * 1_000 + "]" * 1_000,
    "a list of lists": "[" * 300 + "]" * 300,
    "an object": "{}",
    "markup": json.dumps(MARKUP),
}
"""Values for one member of a body, as JSON text."""

TYPED: dict[str, str] = {
    "nothing": "",
    "an endless text": "x" * 20_000,
    "markup": MARKUP,
    "right to left": "\u202e张\u202c",
    "zero width": "\u200b\u200d\ufeff",
    "NUL": "a\x00b",
    "a long number": "9" * 30,
    "another digit": "²",
    "a day that is none": "2025-02-30",
}
"""What is typed into one field of a form."""
CHOSEN = ("nothing", "markup", "NUL")
"""Those of them that somebody could send where nothing can be typed."""
REFUSED = ("an endless text", "right to left", "zero width", "NUL")
"""Those of them that are right in no field."""
DATABASES_DIFFER = {
    *("two to the 63rd", "NUL", "half a character", "an endless text"),
    *("a long number", "another digit"),
    *("9" * 30, "a\x00b", "😀", "x" * 500, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "Ilx1MDAwMCI", "Ilx1ZDgwMCI"),
}
"""What databases take differently; most of the rest is refused before one is asked, so it is tried on one."""

ASKED = (
    "",
    "9" * 30,
    "NaN",
    "x" * 2_000,
    "𠮷",
    "a\x00b",
    MARKUP,
    "inf,inf",
    "2025-02-30",
    "bnVsbA",  # cursors of somebody else: null
    "OTk5OTk5OTk5OTk5OTk5OTk5OTk5",  # a number of 21 digits
    "Ilx1MDAwMCI",  # NUL
    "Ilx1ZDgwMCI",  # half a character
)
"""Values of one parameter of an address."""
ELSEWHERE = (
    "//e.example",
    "/\\e.example",
    "\\\\e.example",
    "https:e.example",
    "https://e.example",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie:a=b",
    "/\r\nSet-Cookie:a=b",
    "/\t/e.example",
    "/%09/e.example",
    "/%2f%2fe.example/..",
    "/..//e.example",
    "e.example",
)
"""Addresses that lead away from this host, or seem to."""

IDS = ("../x", "..%2fx", "\x00", "a\x00b", "x" * 500, "😀", MARKUP, "-1", "9" * 30, "\n")
"""Names of things that there are not."""


@dataclass(frozen=True)
class Sent:
    """A body that is wrong as a whole, and what has to be answered to it."""

    label: str
    raw: bytes
    status: int = MALFORMED
    media_type: str | None = JSON_TYPE


def whole(right: Any) -> Iterator[Sent]:
    """Yield bodies that are wrong as a whole, whatever their address asks for."""
    text = json.dumps(right if right is not None else {"a": 1})
    yield from (Sent(label, raw) for label, raw in _unreadable(text))
    yield from (Sent(label, raw) for label, raw in _misshapen(right))
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"):
        yield Sent(f"sent as {kind}", text.encode(), UNSUPPORTED, kind)
    yield Sent("of no kind", text.encode(), UNSUPPORTED, None)
    yield Sent("one byte too many", text.encode().ljust(MEBIBYTE + 1), TOO_LARGE)


def _unreadable(text: str) -> Iterator[tuple[str, bytes]]:
    yield "broken JSON", text[:-1].encode()
    yield "two bodies", (text + text).encode()
    yield "a comma too many", (text[:-1] + "," + text[-1]).encode()
    yield "not UTF-8", b'{"a": "\xff"}'
    yield "another encoding", text.encode("utf-16")
    yield "NaN", b"NaN"
    yield "a deep list", b"[" * 1_000 + b"]" * 1_000
    yield "a very deep object", b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    yield "a number of 5,000 digits", b"9" * 5_000


def _misshapen(right: Any) -> Iterator[tuple[str, bytes]]:
    yield "null", b"null"
    yield "a text", b'"text"'
    yield "a number", b"1"
    yield "a list of numbers", b"[1]"
    yield "a list for an object, or an object for a list", b"{}" if isinstance(right, list) else b"[]"
    yield "a member too many", _more(right, '"is_admin": true')
    one = _one(right)
    again = [f'"{name}": {json.dumps(value)}' for name, value in one.items()][:1]
    yield "a member twice", _more(right, *(again or ['"is_admin": 1'] * 2))


def _more(right: Any, *members: str) -> bytes:
    body = "{" + ", ".join(part for part in (json.dumps(_one(right))[1:-1], *members) if part) + "}"
    return (f"[{body}]" if isinstance(right, list) else body).encode()


def _one(right: Any) -> dict[str, Any]:
    return dict(right[0] if isinstance(right, list) else right or {})


def members(shape: Any, right: Any) -> Iterator[tuple[Path, FieldInfo]]:
    """Yield each member of a shape with its path in the right body, those of inner shapes too."""
    if isinstance(right, list):
        yield from _members(get_args(shape)[0], right[0], (0,))
    elif shape is not None:
        yield from _members(shape, right, ())


def _members(shape: type[BaseModel], right: Any, at: Path) -> Iterator[tuple[Path, FieldInfo]]:
    for name, field in shape.model_fields.items():
        path = (*at, field.alias or name)
        yield path, field
        inner, value = _inner(field.annotation), right.get(path[-1])
        if inner is not None and isinstance(value, list) and value:
            yield from _members(inner, value[0], (*path, 0))
        elif inner is not None and isinstance(value, dict):
            yield from _members(inner, value, path)


def _inner(hint: Any) -> type[BaseModel] | None:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next((found for each in get_args(hint) if (found := _inner(each))), None)


def takes(field: FieldInfo, kind: type[Any]) -> bool:
    """Tell whether values of a kind are right in a member."""
    hints = [field.annotation, *get_args(field.annotation)]
    return kind in hints or any(getattr(hint, "__origin__", None) is kind for hint in hints)


def with_value(right: Any, path: Path, raw: str) -> bytes:
    """Return the right body with one member's value replaced by this JSON text."""
    body = copy.deepcopy(right)
    _place(body, path)[path[-1]] = _HERE
    return json.dumps(body).replace(json.dumps(_HERE), raw).encode()


def without(right: Any, path: Path) -> bytes:
    """Return the right body without one member."""
    body = copy.deepcopy(right)
    _place(body, path).pop(path[-1], None)
    return json.dumps(body).encode()


def _place(body: Any, path: Path) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body
