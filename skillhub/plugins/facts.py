"""The facts of a hook as flat, dotted, typed names: what rules read, and what people are shown."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from skillhub.plugins import shapes
from skillhub.plugins.hooks import HOOKS

EXISTS = "exists"


class Kind(StrEnum):
    """What a fact is to a rule."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    TRUTH = "truth"
    MOMENT = "moment"
    TEXTS = "texts"


@dataclass(frozen=True)
class Derived:
    """A fact that core works out from others, so that no rule has to."""

    name: str
    kind: Kind
    needs: tuple[str, ...]
    value: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Variables:
    """The names that rules of one hook may read, and those of them that may be absent."""

    kinds: Mapping[str, Kind]
    optional: frozenset[str]


def full_years(born_on: date, on: date) -> int:
    """Return an age in full years: it rises on the birthday, on 1 March for those born on 29 February."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _age_on(facts: Mapping[str, Any], on: date) -> int | None:
    born_on: date | None = facts["person"].birth_on
    return None if born_on is None else full_years(born_on, on)


DERIVED = (
    Derived("person.age", Kind.WHOLE, ("person", "on"), lambda facts: _age_on(facts, facts["on"])),
    Derived(
        "person.age_at_start",
        Kind.WHOLE,
        ("person", "batch"),
        lambda facts: _age_on(facts, facts["batch"].starts_on),
    ),
)


@cache
def variables(hook: str) -> Variables:
    """Return what rules of a hook may read; whatever may be absent has a companion ``….exists``."""
    kinds: dict[str, Kind] = {}
    optional: set[str] = set()
    for argument, hint in HOOKS[hook].arguments.items():
        inner, may_lack = shapes.without_none(hint)
        if not dataclasses.is_dataclass(inner):
            kinds[argument] = _kind(inner)
            continue
        if may_lack:
            optional.add(argument)
        for member, member_hint in shapes.members(typing.cast("type", inner)).items():
            member_kind, member_may_lack = shapes.without_none(member_hint)
            kinds[f"{argument}.{member}"] = _kind(member_kind)
            if member_may_lack:
                optional.add(f"{argument}.{member}")
    for derived in _derived(hook):
        kinds[derived.name] = derived.kind
        optional.add(derived.name)
    kinds.update({f"{name}.{EXISTS}": Kind.TRUTH for name in optional})
    return Variables(kinds, frozenset(optional))


def flat(hook: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of one question by dotted name; what is absent has no entry but its companion."""
    values: dict[str, Any] = {}
    for argument, fact in facts.items():
        if dataclasses.is_dataclass(fact) and not isinstance(fact, type):
            values.update({f"{argument}.{name}": getattr(fact, name) for name in shapes.members(type(fact))})
        values[argument] = fact
    for derived in _derived(hook):
        values[derived.name] = derived.value(facts)
    known = variables(hook)
    present = {name: values[name] for name in known.kinds if values.get(name) is not None}
    present.update({f"{name}.{EXISTS}": values.get(name) is not None for name in known.optional})
    return present


def for_rules(value: Any) -> Any:
    """Return a fact as a rule computes with it: dates are midnight in UTC."""
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return list(value) if isinstance(value, tuple) else value


def for_people(value: Any) -> str:
    """Return a fact as it stands beside a rule's line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "、".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _derived(hook: str) -> tuple[Derived, ...]:
    arguments = HOOKS[hook].arguments
    return tuple(derived for derived in DERIVED if all(need in arguments for need in derived.needs))


def _kind(hint: Any) -> Kind:
    if typing.get_origin(hint) is tuple:
        return Kind.TEXTS
    return _KINDS[hint]


_KINDS: dict[Any, Kind] = {
    str: Kind.TEXT,
    int: Kind.WHOLE,
    float: Kind.DECIMAL,
    bool: Kind.TRUTH,
    date: Kind.MOMENT,
}
