"""What core promises of each hook, read from its specification: arguments, answer, policy, age, budget."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import Any

from skillhub.plugins.hookspecs import SUBJECTS
from skillhub.plugins.markers import PROJECT
from skillhub.plugins.removals import Removal


class Policy(StrEnum):
    """What core does with the answers: take the only one, keep all, or expect none."""

    DECIDE = "decide"
    COLLECT = "collect"
    NOTIFY = "notify"


@dataclass(frozen=True)
class Hook:
    """One question."""

    name: str
    arguments: Mapping[str, Any]
    answer: Any
    policy: Policy
    since: int
    budget_ms: int
    told: str = ""
    """The docstring of its specification."""
    removal: Removal | None = None


_REMOVED = re.compile(r"Removed in: API (\d+); (.+?)\.\s*$", re.MULTILINE)
_PROMISE = re.compile(r"Policy: (collect|decide|notify)\. Since: API (\d+)\. Budget: (\d+) ms\.")


def read(subjects: Iterable[ModuleType | type]) -> dict[str, Hook]:
    """Return the hooks that some modules specify, by name."""
    hooks: dict[str, Hook] = {}
    for subject in subjects:
        for name, function in vars(subject).items():
            if inspect.isfunction(function) and hasattr(function, f"{PROJECT}_spec"):
                if name in hooks:
                    raise ValueError(f"{name} is specified twice")
                hooks[name] = _read_one(name, function)
    return hooks


def _read_one(name: str, function: Any) -> Hook:
    told = inspect.getdoc(function) or ""
    promise, removed = _PROMISE.search(told), _REMOVED.search(told)
    if promise is None:
        raise ValueError(f"{name}: the docstring must end in 'Policy: …. Since: API n. Budget: n ms.'")
    hints = typing.get_type_hints(function)
    answer = hints.pop("return")
    removal = Removal(int(removed[1]), removed[2]) if removed else None
    return Hook(name, hints, answer, Policy(promise[1]), int(promise[2]), int(promise[3]), told, removal)


HOOKS = read(SUBJECTS)
