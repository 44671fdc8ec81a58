"""Facts and answers as plain JSON values and back, derived from the types; never pickle.

What a type needs is worked out once: every question to a worker crosses here twice in each direction.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from skillhub.plugins import shapes

Writer = Callable[[Any], Any]
Maker = Callable[[Any, str], Any]


def plain(value: Any) -> Any:
    """Return a fact or an answer as what ``json.dumps`` takes."""
    return _writer(type(value))(value)  # type: ignore[arg-type]  # a type is hashable


def built(hint: Any, value: Any, name: str = "value", *, most_text: int = shapes.MOST_TEXT) -> Any:
    """Return the value of a type from plain JSON or TOML values.

    :param most_text: characters in one text; facts may have longer ones than answers.
    :raises TypeError: names the member that is unknown, missing or of a wrong type.
    """
    value = made(hint, value, name)
    shapes.checker(hint, most_text)(value, name)
    return value


def made(hint: Any, value: Any, name: str = "value") -> Any:
    """Return the same for whoever checks it afterwards; texts and numbers are taken as they come.

    :raises TypeError: names the member that is unknown or missing.
    """
    return _maker(hint)(value, name)


@cache
def _writer(kind: type) -> Writer:
    if dataclasses.is_dataclass(kind):
        names = tuple(shapes.members(kind))
        return lambda value: {name: plain(getattr(value, name)) for name in names}
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, date):  # a datetime is one, too
        return lambda value: value.isoformat()
    if issubclass(kind, tuple):
        return lambda value: [plain(item) for item in value]
    return _as_it_is


def _as_it_is(value: Any, _name: str = "") -> Any:
    return value


@cache
def _maker(hint: Any) -> Maker:
    kind, _optional = shapes.without_none(hint)
    inner = _maker_of(kind)
    return lambda value, name: None if value is None else inner(value, name)


def _maker_of(kind: Any) -> Maker:
    if typing.get_origin(kind) is tuple:
        return _tuple(typing.get_args(kind))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _record(kind)
    if kind is float:
        return lambda value, _name: float(value) if type(value) is int else value
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _from_text(kind, kind)
    if isinstance(kind, type) and issubclass(kind, date):
        return _from_text(kind, kind.fromisoformat)
    return _as_it_is


def _record(kind: type) -> Maker:
    makers = {member: _maker(hint) for member, hint in shapes.members(kind).items()}
    needed = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }

    def record(value: Any, name: str) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"{name} must be a table of {kind.__name__}")
        unknown = sorted(value.keys() - makers.keys())
        if unknown:
            raise TypeError(f"{name}.{unknown[0]} is unknown; {kind.__name__} has {', '.join(makers)}")
        if needed - value.keys():
            raise TypeError(f"{name}.{min(needed - value.keys())} is missing")
        return kind(**{key: makers[key](item, f"{name}.{key}") for key, item in value.items()})

    return record


def _tuple(kinds: tuple[Any, ...]) -> Maker:
    makers = [_maker(kind) for kind in kinds if kind is not Ellipsis]
    is_repeated = kinds[-1] is Ellipsis

    def each(value: Any, name: str) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError(f"{name} must be a list")
        if not is_repeated and len(makers) != len(value):
            raise TypeError(f"{name} must have {len(makers)} items")
        return tuple(
            makers[0 if is_repeated else index](item, f"{name}[{index}]") for index, item in enumerate(value)
        )

    return each


def _from_text(kind: type, read: Callable[[str], Any]) -> Maker:
    def text(value: Any, name: str) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read(value)
        except ValueError as error:
            raise TypeError(f"{name}: {value!r:.40} is no {kind.__name__}") from error

    return text
