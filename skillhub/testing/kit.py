"""What a plugin author imports in tests: conformance checks, and case tables that an official can sign."""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from skillhub.plugins import discover, hooks, manifest, toml, wire
from skillhub.plugins.bus import Bus
from skillhub.plugins.data import DataPlugin
from skillhub.plugins.discover import Candidate


def load_alone(package: ModuleType) -> Bus:
    """Return a bus with this one package, its code trusted; an assertion says why it does not fit."""
    name = package.__name__.rpartition(".")[2]
    bus = Bus()
    found = [Candidate(name, package.__name__, folder_of(package))]
    rejected = discover.load(bus, {name}, {name}, found=found).rejected
    assert not rejected, str(rejected[0])
    return bus


def folder_of(package: ModuleType) -> Path:
    """Return the folder that a package lies in."""
    assert package.__file__, f"{package.__name__} has no file"
    return Path(package.__file__).parent


def data_of(package: ModuleType) -> DataPlugin:
    """Return the compiled data of a package: its parameters, rules and feed."""
    folder = folder_of(package)
    return DataPlugin(folder, manifest.load(folder).settings)


def check_plugin(package: ModuleType) -> None:
    """Assert what every plugin owes us: a docstring, a README, hooks that fit, words in both languages."""
    folder = folder_of(package)
    assert inspect.getdoc(package), f"{package.__name__} has no docstring; its first line is its public name"
    assert (folder / "README.md").is_file(), f"{package.__name__} has no README.md"
    load_alone(package)
    data = data_of(package)
    wanted = data.rules.texts if data.rules else frozenset()
    untranslated = sorted(wanted - data.translations.sources)
    assert not untranslated, f"translations/en.toml lacks: {untranslated}"
    unused = sorted(data.translations.sources - wanted)
    assert not unused, f"translations/en.toml translates texts that no rule has: {unused}"


def run_cases(package: ModuleType, path: Path) -> int:
    """Ask a package each case of a TOML table, compare what the case names, and return their number.

    ``[facts.<hook>]`` holds what all cases of a hook share; a case's own ``facts`` lie over it and
    ``without`` takes some away. ``answer`` names members of the answer, ``unmet`` the codes of all lines
    or reasons that do not hold; a case with neither expects no answer.
    """
    bus = load_alone(package)
    table = toml.load(path)
    cases = table["case"]
    wrong = [f"{case['name']}: {said}" for case in cases if (said := _difference(bus, table, case))]
    assert not wrong, "\n".join(wrong)
    return len(cases)


def _difference(bus: Bus, table: Mapping[str, Any], case: Mapping[str, Any]) -> str:
    """Return what a case's answer has that it should not have; nothing when it fits."""
    hook = hooks.HOOKS[case["hook"]]
    facts = _facts(hook, table.get("facts", {}).get(hook.name, {}), case)
    answers, failures = bus.ask(hook.name, {each.plugin for each in bus.plugins}, **facts)
    if failures:
        return f"failed: {failures[0].error!r}"
    if not answers:
        return "no answer" if "answer" in case or "unmet" in case else ""
    given = wire.plain(answers[0].value)
    if "answer" not in case and "unmet" not in case:
        return f"expected no answer, got {given}"
    shown = {key: given.get(key) for key in case.get("answer", {})}
    if shown != case.get("answer", {}):
        return f"expected {case['answer']}, got {shown}"
    unmet = [line["code"] for line in given.get("lines") or given.get("reasons") or () if not line.get("met")]
    return f"expected unmet {case['unmet']}, got {unmet}" if case.get("unmet", unmet) != unmet else ""


def _facts(hook: hooks.Hook, shared: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    values = _over(shared, case.get("facts", {}))
    for name in case.get("without", ()):
        *outer, last = name.split(".")
        place = values
        for step in outer:
            place = place[step]
        del place[last]
    assert not values.keys() - hook.arguments.keys(), f"{case['name']}: {hook.name} has no such facts"
    facts = {name: wire.built(hint, values.get(name), name) for name, hint in hook.arguments.items()}
    crossed = json.loads(json.dumps({name: wire.plain(fact) for name, fact in facts.items()}))
    again = {name: wire.built(hint, crossed[name], name) for name, hint in hook.arguments.items()}
    assert again == facts, f"{case['name']}: the facts do not survive the way through JSON"
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
