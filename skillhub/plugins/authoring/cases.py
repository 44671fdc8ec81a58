"""Tables of cases that an official can read and sign: each is asked, and what differs is said."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skillhub.plugins import toml, wire
from skillhub.plugins.apart import Allowance, spending
from skillhub.plugins.bus import Bus
from skillhub.plugins.errors import PackageInvalid
from skillhub.plugins.hooks import HOOKS, Hook
from skillhub.plugins.settings import Value

FILE = "cases.toml"
MOST_CASES = 2_000


@dataclass(frozen=True)
class Turned:
    """How one case turned out."""

    number: int
    name: str
    hook: str
    difference: str
    """What is not as written; nothing when it fits."""
    seconds: float
    untranslated: tuple[str, ...] = ()
    """Texts for people that came without their English."""


@dataclass(frozen=True)
class Case:
    """One question and what should come of it."""

    number: int
    name: str
    hook: str
    values: Mapping[str, Any]


def load(path: Path) -> tuple[Mapping[str, Any], tuple[Case, ...]]:
    """Read a table: the facts that cases share, by hook, and the cases.

    :raises PackageInvalid: names the case and what to do.
    """
    table = toml.Table(FILE, "", toml.load(path))
    shared = table.take("facts", dict, {})
    rows = table.take("case", list, [])
    table.end()
    if len(rows) > MOST_CASES:
        raise PackageInvalid(FILE, f"holds more than {MOST_CASES} cases")
    for hook in shared:
        _known(hook, f"facts.{hook}")
    return shared, tuple(_case(number, values) for number, values in enumerate(rows, start=1))


def run(bus: Bus, name: str, shared: Mapping[str, Any], case: Case, settings: Mapping[str, Value]) -> Turned:
    """Ask a package one case, and compare what the case names.

    ``answer`` names members of the answer, ``unmet`` the codes of all lines or reasons that do not hold;
    a case with neither expects no answer.

    :param settings: what is set for the package; a case's own lie over it.
    """
    hook, values = HOOKS[case.hook], case.values
    try:
        facts = _facts(hook, shared.get(case.hook, {}), values)
    except (TypeError, ValueError) as error:
        return Turned(case.number, case.name, case.hook, str(error), 0.0)
    spent = Allowance()
    spent.left = None  # nobody waits: a case may take its hook's whole budget
    with spending(spent):
        asked = bus.ask(case.hook, {name: {**settings, **values.get("settings", {})}}, **facts)
    seconds = spent.took[0].seconds if spent.took else 0.0
    if asked.failures:
        return Turned(case.number, case.name, case.hook, f"failed: {asked.failures[0].error!r}", seconds)
    given = wire.plain(asked.answers[0].value) if asked.answers else None
    return Turned(
        case.number, case.name, case.hook, _difference(values, given), seconds, tuple(_untranslated(given))
    )


def _case(number: int, values: Any) -> Case:
    table = toml.Table(FILE, f"case {number}", values)
    name, hook = table.take("name", str), table.take("hook", str)
    _known(hook, f"case {number}")
    for key in ("facts", "answer", "settings"):
        table.take(key, dict, {})
    table.texts("without")
    table.texts("unmet")
    table.end()
    return Case(number, name, hook, values)


def _known(hook: str, where: str) -> None:
    if hook not in HOOKS:
        raise PackageInvalid(
            FILE, f"hook: there is no hook {hook}; there are {', '.join(sorted(HOOKS))}", where=where
        )


def _difference(case: Mapping[str, Any], given: Any) -> str:
    wants_none = "answer" not in case and "unmet" not in case
    if given is None:
        return "" if wants_none else "no answer"
    if wants_none:
        return f"expected no answer, got {given}"
    shown = {key: given.get(key) for key in case.get("answer", {})}
    if shown != case.get("answer", {}):
        return f"expected {case['answer']}, got {shown}"
    unmet = [line["code"] for line in given.get("lines") or given.get("reasons") or () if not line.get("met")]
    return f"expected unmet {case['unmet']}, got {unmet}" if case.get("unmet", unmet) != unmet else ""


def _untranslated(given: Any) -> list[str]:
    if isinstance(given, list):
        return [text for each in given for text in _untranslated(each)]
    if not isinstance(given, dict):
        return []
    own = [given["text"]] if "text_en" in given and given.get("text") and not given["text_en"] else []
    return own + [text for each in given.values() for text in _untranslated(each)]


def _facts(hook: Hook, shared: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    values = _over(shared, case.get("facts", {}))
    for name in case.get("without", ()):
        *outer, last = name.split(".")
        place = values
        for step in outer:
            place = place.get(step, {})
        if not isinstance(place, dict) or last not in place:
            raise ValueError(f"without: there is no {name} to leave out")
        del place[last]
    unknown = sorted(values.keys() - hook.arguments.keys())
    if unknown:
        raise ValueError(f"{hook.name} has no such facts: {', '.join(unknown)}")
    facts = {name: wire.built(hint, values.get(name), name) for name, hint in hook.arguments.items()}
    crossed = json.loads(json.dumps({name: wire.plain(fact) for name, fact in facts.items()}))
    again = {name: wire.built(hint, crossed[name], name) for name, hint in hook.arguments.items()}
    if again != facts:
        raise ValueError("the facts do not survive the way through JSON")
    return facts


def _over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another, member by member."""
    result = dict(copy.deepcopy(dict(lower)))
    for key, value in upper.items():
        below = result.get(key)
        result[key] = (
            _over(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
        )
    return result
