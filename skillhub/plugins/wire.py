"""Facts and answers as plain JSON values and back, derived from the types; never pickle."""

from __future__ import annotations

import dataclasses
import typing
from datetime import date, datetime
from enum import Enum
from typing import Any

from skillhub.plugins import shapes


def plain(value: Any) -> Any:
    """Return a fact or an answer as what ``json.dumps`` takes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in shapes.members(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def built(hint: Any, value: Any, name: str = "value", *, most_text: int = shapes.MOST_TEXT) -> Any:
    """Return the value of a type from plain JSON or TOML values.

    :param most_text: characters in one text; facts may have longer ones than answers.
    :raises TypeError: names the member that is unknown, missing or of a wrong type.
    """
    made = _made(hint, value, name)
    shapes.checker(hint, most_text)(made, name)
    return made


def _made(hint: Any, value: Any, name: str) -> Any:
    kind, _optional = shapes.without_none(hint)
    if value is None:
        return None
    if typing.get_origin(kind) is tuple:
        return _tuple(typing.get_args(kind), value, name)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, value, name)
    if isinstance(kind, type) and isinstance(value, str):
        return _from_text(kind, value, name)
    if kind is float and type(value) is int:
        return float(value)
    return value


def _record(kind: type, value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        raise TypeError(f"{name} must be a table of {kind.__name__}")
    hints = shapes.members(kind)
    unknown = sorted(set(value) - set(hints))
    if unknown:
        raise TypeError(f"{name}.{unknown[0]} is unknown; {kind.__name__} has {', '.join(hints)}")
    needed = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    if needed - set(value):
        raise TypeError(f"{name}.{min(needed - set(value))} is missing")
    return kind(**{key: _made(hints[key], item, f"{name}.{key}") for key, item in value.items()})


def _tuple(kinds: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name} must be a list")
    hints = [kinds[0]] * len(value) if kinds[-1] is Ellipsis else kinds
    if len(hints) != len(value):
        raise TypeError(f"{name} must have {len(hints)} items")
    return tuple(
        _made(hint, item, f"{name}[{index}]")
        for index, (hint, item) in enumerate(zip(hints, value, strict=True))
    )


def _from_text(kind: type, value: str, name: str) -> Any:
    try:
        if issubclass(kind, Enum | datetime):
            return kind(value) if issubclass(kind, Enum) else kind.fromisoformat(value)
        return date.fromisoformat(value) if kind is date else value
    except ValueError as error:
        raise TypeError(f"{name}: {value!r:.40} is no {kind.__name__}") from error
