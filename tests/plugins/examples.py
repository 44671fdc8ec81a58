"""Facts and answers for any hook, built from its types alone, so that a new hook is tried at once."""

from __future__ import annotations

import dataclasses
import typing
from datetime import UTC, date, datetime
from enum import Enum

from skillhub.plugins import shapes
from skillhub.plugins.hooks import HOOKS

SIMPLE = {
    str: "x",
    int: 1,
    float: 1.0,
    bool: True,
    date: date(2025, 6, 1),
    datetime: datetime(2025, 6, 1, tzinfo=UTC),
}


def facts(hook):
    """Return something that may be asked."""
    return {name: example(hint) for name, hint in HOOKS[hook].arguments.items()}


def example(hint):
    """Return a value of a type; what may be left out is left out."""
    kind, optional = shapes.without_none(hint)
    if optional:
        return None
    if typing.get_origin(kind) is tuple:
        return tuple(example(each) for each in typing.get_args(kind) if Ellipsis not in typing.get_args(kind))
    if dataclasses.is_dataclass(kind):
        return kind(**{name: example(member) for name, member in shapes.members(kind).items()})
    if issubclass(kind, Enum):
        return next(iter(kind))
    return SIMPLE[kind]
