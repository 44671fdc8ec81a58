"""The border check: whether a value is exactly of the promised type, down to the last text and number."""

from __future__ import annotations

import dataclasses
import math
import re
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any

MOST_TEXT = 20_000
"""Characters in one text of an answer."""
ANY_TEXT = 2**31
"""For facts: what core hands over has been bounded where it came in."""
MOST_ITEMS = 50_000
"""Items in one tuple of an answer."""
WHOLE_LIMIT = 2**63
"""Whole numbers stay below this, because databases and rules count in 64 bits."""

_LONE = re.compile("[\ud800-\udfff]")

Check = Callable[[Any, str], None]


def check(hint: Any, value: object, name: str) -> None:
    """Refuse a value that is not exactly what the hint says.

    :raises TypeError: names the member that is wrong.
    """
    checker(hint)(value, name)


@cache
def checker(hint: Any, most_text: int = MOST_TEXT) -> Check:
    """Return the check of one type hint, built once."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return _optional(hint, most_text)
    if typing.get_origin(hint) is tuple:
        return _tuple(typing.get_args(hint), most_text)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint, most_text)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _exactly(hint)
    if hint is str:
        return _text(most_text)
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    raise TypeError(f"{hint} cannot cross the border")


@cache
def members(kind: type) -> dict[str, Any]:
    """Return the members of a dataclass with their types, in order."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def without_none(hint: Any) -> tuple[Any, bool]:
    """Return (the type itself, whether None is allowed beside it)."""
    if not isinstance(hint, types.UnionType) and typing.get_origin(hint) is not typing.Union:
        return hint, False
    kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    if len(kinds) != 1:
        raise TypeError(f"{hint} cannot cross the border: one type, or one type and None")
    return kinds[0], True


def _optional(hint: Any, most_text: int) -> Check:
    inner = checker(without_none(hint)[0], most_text)

    def optional(value: Any, name: str) -> None:
        if value is not None:
            inner(value, name)

    return optional


def _tuple(kinds: tuple[Any, ...], most_text: int) -> Check:
    repeated = len(kinds) == 2 and kinds[1] is Ellipsis  # noqa: PLR2004 (tuple[X, ...])
    inner = [checker(kind, most_text) for kind in kinds if kind is not Ellipsis]

    def each(value: Any, name: str) -> None:
        if type(value) is not tuple:
            raise TypeError(f"{name} must be a tuple, not {type(value).__name__}")
        if len(value) > MOST_ITEMS:
            raise TypeError(f"{name} has {len(value)} items, more than {MOST_ITEMS}")
        if not repeated and len(value) != len(inner):
            raise TypeError(f"{name} must have {len(inner)} items, not {len(value)}")
        for index, item in enumerate(value):
            inner[0 if repeated else index](item, f"{name}[{index}]")

    return each


def _record(kind: Any, most_text: int) -> Check:
    inner = {member: checker(hint, most_text) for member, hint in members(kind).items()}

    def record(value: Any, name: str) -> None:
        if type(value) is not kind:
            raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
        for member, member_check in inner.items():
            member_check(getattr(value, member), f"{name}.{member}")

    return record


def _exactly(kind: type) -> Check:
    def exactly(value: Any, name: str) -> None:
        if type(value) is not kind:
            raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")

    return exactly


def _text(most: int) -> Check:
    def text(value: Any, name: str) -> None:
        if type(value) is not str:
            raise TypeError(f"{name} must be str, not {type(value).__name__}")
        if len(value) > most:
            raise TypeError(f"{name} has {len(value)} characters, more than {most}")
        if not value.isascii() and _LONE.search(value):
            raise TypeError(f"{name} holds halves of characters, which cannot be stored")
        if "\x00" in value and most == MOST_TEXT:
            raise TypeError(f"{name} holds a null character, which cannot be stored")

    return text


def _whole(value: Any, name: str) -> None:
    if type(value) is not int:
        raise TypeError(f"{name} must be int, not {type(value).__name__}")
    if not -WHOLE_LIMIT <= value < WHOLE_LIMIT:
        raise TypeError(f"{name} does not fit into 64 bits")


def _decimal(value: Any, name: str) -> None:
    if type(value) is not float or not math.isfinite(value):
        raise TypeError(f"{name} must be a finite float, not {value!r:.40}")


def _instant(value: Any, name: str) -> None:
    if type(value) is not datetime or value.tzinfo is None:
        raise TypeError(f"{name} must be a datetime with its zone")


_SIMPLE: dict[Any, Check] = {
    int: _whole,
    float: _decimal,
    bool: _exactly(bool),
    type(None): _exactly(type(None)),
    date: _exactly(date),
    datetime: _instant,
}
