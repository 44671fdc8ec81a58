"""Asks plugins questions, for one district, so that no plugin can break another."""

from __future__ import annotations

import inspect
import logging
import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

import pluggy

from skillhub.plugins import shapes
from skillhub.plugins.apart import Apart, Said, Took, allowance
from skillhub.plugins.errors import PluginRejected
from skillhub.plugins.hooks import HOOKS, Hook, Policy
from skillhub.plugins.markers import PROJECT
from skillhub.plugins.settings import Value

log = logging.getLogger("skillhub.plugins")

SETTINGS = "settings"
"""The argument that every hook has beside its facts: what is set for this plugin, and for nobody else."""

Enabled = Collection[str] | Mapping[str, Mapping[str, Value]]
"""The names of who is asked; a mapping gives each what is set for it."""


@dataclass(frozen=True)
class Source:
    """Who answered: what a stored result keeps, so that it can be explained after an upgrade."""

    plugin: str
    version: str = ""
    sha256: str = ""
    key: str = ""
    """The name by which this very content is asked, where several of one name are here."""

    @property
    def asked_as(self) -> str:
        """What `enabled` must hold."""
        return self.key or self.plugin


@dataclass(frozen=True)
class Answer:
    """What one plugin said, of the type that the hook promises."""

    plugin: str
    value: Any
    version: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Failure:
    """What went wrong while one plugin was asked."""

    plugin: str
    hook: str
    error: Exception
    version: str = ""
    sha256: str = ""

    @property
    def is_its_own(self) -> bool:
        """Whether the plugin is to blame: not if it was still starting, or busy with somebody else."""
        return bool(getattr(self.error, "is_its_own", True))


class Asked(NamedTuple):
    """Every answer and every failure of one question, each in the order of plugin names."""

    answers: tuple[Answer, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Undecided:
    """A plugin failed, or two answered: a clerk decides, and sees this."""

    failures: tuple[Failure, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class _Implementation:
    """One function of one plugin that answers one hook; without a function, its code runs apart."""

    source: Source
    function: Callable[..., object] | None
    arguments: tuple[str, ...]


def _nothing(_failure: Failure) -> None:
    """Take no notice of a failure; the log has it."""


def _settings(enabled: Enabled, plugin: str) -> Mapping[str, Value]:
    return enabled[plugin] if isinstance(enabled, Mapping) else {}


def _never() -> bool:
    """Say that no unit of work is open: a bus without a database has none."""
    return False


def _called(
    function: Callable[..., object],
    one: _Implementation,
    facts: Mapping[str, object],
    settings: Mapping[str, Value],
) -> Said:
    """Return what a function in this process says, or the exception that it raised."""
    began = time.monotonic()
    if SETTINGS in one.arguments:
        facts = {**facts, SETTINGS: dict(settings)}
    try:
        value = function(**{name: facts[name] for name in one.arguments})
    except Exception as error:  # noqa: BLE001 (the border of trust: whoever asked goes on)
        value = error
    return Said(value, time.monotonic() - began)


_NOBODY: AbstractContextManager[Callable[[], Mapping[str, Said]]] = nullcontext(dict)
"""For questions to nobody who runs apart."""


class Bus:
    """Plugins by name, asked one at a time.

    pluggy reads the marks and the arguments of implementations; the call is ours, because pluggy ends a
    whole hook at the first exception, which is wrong for a district whose neighbour's feed is down.
    """

    def __init__(
        self,
        *,
        in_transaction: Callable[[], bool] = _never,
        on_failure: Callable[[Failure], None] = _nothing,
        hooks: Mapping[str, Hook] = HOOKS,
        apart: Apart | None = None,
    ) -> None:
        self.apart = apart
        self._in_transaction = in_transaction
        self._on_failure = on_failure
        self._hooks = hooks
        self._marks = pluggy.PluginManager(PROJECT)
        self._sources: dict[str, Source] = {}
        self._implementations: dict[str, list[_Implementation]] = {name: [] for name in hooks}

    @property
    def plugins(self) -> tuple[Source, ...]:
        """Everyone who is registered, in the order of names."""
        return tuple(self._sources[name] for name in sorted(self._sources))

    def hooks_of(self, name: str) -> tuple[str, ...]:
        """Return the hooks that a plugin answers, by the name by which it is asked."""
        return tuple(
            hook
            for hook, implementations in sorted(self._implementations.items())
            if any(one.source.asked_as == name for one in implementations)
        )

    def register(
        self,
        plugin: object,
        name: str,
        *,
        version: str = "",
        sha256: str = "",
        key: str = "",
        apart: Collection[str] = (),
    ) -> None:
        """Add one plugin.

        :param key: the name by which it is asked, if that is not its own.
        :param apart: hooks that the plugin's code answers in a process of its own.
        :raises PluginRejected: gives every reason at once; the bus is as it was before.
        """
        source = Source(name, version, sha256, key)
        taken = source.asked_as in self._sources
        reasons = [f"another plugin has the name {source.asked_as}"] if taken else []
        found: dict[str, _Implementation] = {}
        for hook, function, options in self._marked(plugin):
            arguments = tuple(inspect.signature(function).parameters)
            reasons.extend(self._faults(hook, arguments, options))
            if hook in found:
                reasons.append(f"{hook} is answered twice")
            found[hook] = _Implementation(source, function, arguments)
        for hook in apart:
            if hook in found:
                reasons.append(f"{hook} is answered twice")
            found[hook] = _Implementation(source, None, ())
        if not found:
            reasons.append("it answers no hook; mark functions with @hookimpl")
        if reasons:
            raise PluginRejected(name, "; ".join(reasons))
        self._sources = {**self._sources, source.asked_as: source}
        for hook, implementation in found.items():
            removal = self._hooks[hook].removal
            if removal is not None:
                warnings.warn(f"{name}: {hook} {removal.told()}", removal.warning, stacklevel=2)
            # A list of its own: other threads may be asking just now.
            more = [*self._implementations[hook], implementation]
            self._implementations[hook] = sorted(more, key=lambda one: one.source.asked_as)

    def ask(self, hook: str, enabled: Enabled, **facts: object) -> Asked:
        """Return every answer and every failure, in the order of plugin names.

        :param enabled: names, or a mapping of names to what is set for each.
        """
        spec = self._ready(hook, facts)
        asked = [one for one in self._implementations[hook] if one.source.asked_as in enabled]
        answers: list[Answer] = []
        failures: list[Failure] = []
        spent = allowance()
        of = {one.source.asked_as: _settings(enabled, one.source.asked_as) for one in asked}
        with (
            spent.deadline(spec.budget_ms) as until,
            self._asking(asked, spec, facts, until, of) as said_apart,
        ):
            said = {
                one.source.asked_as: _called(one.function, one, facts, of[one.source.asked_as])
                for one in asked
                if one.function
            }
            said |= said_apart()
        check = shapes.checker(spec.answer)
        for one in asked:
            source, value = one.source, said[one.source.asked_as].value
            try:
                if isinstance(value, Exception):
                    raise value  # noqa: TRY301 (one place where whatever went wrong becomes a failure)
                check(value, hook)
            except Exception as error:  # noqa: BLE001 (the border of trust: recorded, never raised again)
                failures.append(self._failed(source, hook, error))
            else:
                if value is not None:
                    answers.append(Answer(source.plugin, value, source.version, source.sha256))
        failed = {failure.plugin for failure in failures}
        names = {one.source.asked_as: one.source.plugin for one in asked}
        spent.took += [
            Took(names[key], hook, each.seconds, names[key] in failed) for key, each in said.items()
        ]
        return Asked(tuple(answers), tuple(failures))

    def collect(self, hook: str, enabled: Enabled, **facts: object) -> Asked:
        """Return all that plugins contribute; core shows the failures beside it."""
        self._must_be(hook, Policy.COLLECT)
        return self.ask(hook, enabled, **facts)

    def decide(self, hook: str, enabled: Enabled, **facts: object) -> Answer | Undecided | None:
        """Return the only opinion there is, None if there is none, or why nobody may decide."""
        self._must_be(hook, Policy.DECIDE)
        answers, failures = self.ask(hook, enabled, **facts)
        if failures or len(answers) > 1:
            return Undecided(failures, answers)
        return answers[0] if answers else None

    def notify(self, hook: str, enabled: Enabled, **facts: object) -> tuple[Failure, ...]:
        """Tell plugins that something happened; return who could not take it."""
        self._must_be(hook, Policy.NOTIFY)
        return self.ask(hook, enabled, **facts).failures

    def _asking(
        self,
        asked: Sequence[_Implementation],
        hook: Hook,
        facts: Mapping[str, object],
        until: float,
        settings: Mapping[str, Mapping[str, Value]],
    ) -> AbstractContextManager[Callable[[], Mapping[str, Said]]]:
        of = {one.source.asked_as: settings[one.source.asked_as] for one in asked if one.function is None}
        if not of or self.apart is None:
            return _NOBODY
        return self.apart.asking(of, hook, facts, until)

    def _marked(self, plugin: object) -> list[tuple[str, Callable[..., object], Mapping[str, Any]]]:
        marked: list[tuple[str, Callable[..., object], Mapping[str, Any]]] = []
        for attribute in dir(plugin):
            options = self._marks.parse_hookimpl_opts(plugin, attribute)
            if options is not None:
                marked.append((options["specname"] or attribute, getattr(plugin, attribute), options))
        return marked

    def _faults(self, hook: str, arguments: tuple[str, ...], options: Mapping[str, Any]) -> list[str]:
        spec = self._hooks.get(hook)
        if spec is None:
            return [f"unknown hook {hook}; there are {', '.join(sorted(self._hooks))}"]
        faults = [
            f"{hook} has no argument {name}; it has {', '.join((*spec.arguments, SETTINGS))}"
            for name in arguments
            if name not in spec.arguments and name != SETTINGS
        ]
        if options["wrapper"] or options["hookwrapper"]:
            faults.append(f"{hook}: hook wrappers are not part of the plugin API")
        if options["tryfirst"] or options["trylast"]:
            faults.append(f"{hook}: order means nothing here; leave out tryfirst and trylast")
        return faults

    def _ready(self, hook: str, facts: Mapping[str, object]) -> Hook:
        """Refuse a question that core itself asks wrongly."""
        spec = self._hooks[hook]
        if self._in_transaction():
            raise RuntimeError(f"{hook} asked inside a unit of work; plugins must not hold locks")
        if facts.keys() != spec.arguments.keys():
            raise TypeError(f"{hook} is asked with {', '.join(spec.arguments)}, not {', '.join(facts)}")
        for name, hint in spec.arguments.items():
            shapes.checker(hint, shapes.ANY_TEXT)(facts[name], name)
        return spec

    def _must_be(self, hook: str, policy: Policy) -> None:
        if self._hooks[hook].policy is not policy:
            raise TypeError(f"the policy of {hook} is {self._hooks[hook].policy}, not {policy}")

    def _failed(self, source: Source, hook: str, error: Exception) -> Failure:
        log.warning("plugin %s failed in %s", source.plugin, hook, exc_info=error)
        failure = Failure(source.plugin, hook, error, source.version, source.sha256)
        self._on_failure(failure)
        return failure
