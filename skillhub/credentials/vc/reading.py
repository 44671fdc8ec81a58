"""The only place that turns bytes from outside into JSON: small, UTF-8, no member twice, no number."""

from __future__ import annotations

import json
from typing import Any

LARGEST_BYTES = 256 * 1024
DEEPEST = 12


class Unreadable(ValueError):
    """The bytes are no JSON object that we would ever have written."""


def json_object(data: bytes) -> dict[str, Any]:
    """Return the object.

    :raises Unreadable: too large, no UTF-8, no JSON object, a member twice, a number, or too deep.
    """
    if len(data) > LARGEST_BYTES:
        raise Unreadable("too large")
    try:
        found = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_no_number,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error
    if not isinstance(found, dict):
        raise Unreadable("no object")
    if _depth(found) > DEEPEST:
        raise Unreadable("too deep")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a member stands twice")
    return found


def _no_number(text: str) -> Any:
    raise Unreadable(f"a number: {text[:20]}")


def _depth(value: object, level: int = 1) -> int:
    if level > DEEPEST:
        return level
    parts: list[object] = []
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list):
        parts = value
    return max((_depth(each, level + 1) for each in parts), default=level)
