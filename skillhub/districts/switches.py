"""The one door to the plugins: asks those that are on in a district, and notes what went wrong.

Never inside a unit of work: a plugin that hangs would hold its locks. Whoever
decides asks before, and reads the facts again under the lock.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import current_app, g, has_request_context

from skillhub.base import idempotency, work
from skillhub.base.errors import SkillHubError
from skillhub.districts import catalogue, meter, queries, set_values, snapshot, uploads
from skillhub.districts.errors import PluginUnknown
from skillhub.districts.queries import packages
from skillhub.districts.queries import plugins as plugin_queries
from skillhub.districts.service import rests
from skillhub.districts.snapshot import ByDistrict, On, Packages
from skillhub.plugins.apart import Allowance, spending
from skillhub.plugins.bus import Answer, Bus, Failure, Undecided
from skillhub.plugins.settings import Setting, Value

log = logging.getLogger("skillhub.districts")


class Resting(Exception):
    """The plugin failed too often in this district and is not asked until an officer wakes it."""

    is_its_own = False


class Missing(Exception):
    """The plugin is switched on in the district, but is not installed, or does not fit this release."""

    is_its_own = False


def decide(hook: str, *, district: str, **facts: object) -> Answer | Undecided | None:
    """Return the only answer of the district's plugins, why nobody may decide, or None for no opinion.

    A plugin that cannot be asked counts as one that failed, whether it rests, is missing or lacks a secret:
    without it the others might say what it would forbid, and nobody at all might pass for no opinion.
    """
    awake, unasked = _asked(hook, district)
    with _metered(district):
        said = _bus().decide(hook, awake, **facts)
    if isinstance(said, Undecided):
        note(said.failures, district=district)
    if not unasked:
        return said
    failures = said.failures if isinstance(said, Undecided) else ()
    answers = said.answers if isinstance(said, Undecided) else (said,) if said else ()
    return Undecided((*failures, *unasked), answers)


def collect(hook: str, *, district: str, **facts: object) -> tuple[tuple[Answer, ...], tuple[Failure, ...]]:
    """Return everything that the district's plugins contribute, and what went wrong beside it."""
    awake, unasked = _asked(hook, district)
    with _metered(district):
        answers, failures = _bus().collect(hook, awake, **facts)
    note(failures, district=district)
    return answers, (*failures, *unasked)


def try_out(
    hook: str, *, district: str, plugin: str, sha256: str | None = None, **facts: object
) -> Answer | Undecided | None:
    """Ask one plugin alone, whether it is on or not, with what is set for it; nothing is counted or kept.

    :param sha256: the content of an uploaded package; without it the one that has the name in the district.
    :raises PluginUnknown: there is none.
    """
    sha256 = sha256 or packages.approved().get(district, {}).get(plugin)
    key = uploads.key(sha256) if sha256 else plugin
    if key not in {source.asked_as for source in _bus().plugins}:
        raise PluginUnknown(plugin=plugin)
    stored = queries.switch(district, plugin).settings
    try:
        values = set_values.resolved(_declared(plugin, sha256), stored)
    except set_values.NotSet as error:
        return Undecided((Failure(plugin, hook, error),), ())
    return _bus().decide(hook, {key: values}, **facts)


def is_installed(sha256: str) -> bool:
    """Tell whether the very content that gave an answer is still here, to be asked or to be read."""
    return any(source.sha256 == sha256 for source in _bus().plugins) or packages.is_kept(sha256)


def is_answered(hook: str, *, district: str) -> bool:
    """Tell whether any plugin that is on in a district answers a hook, so that its facts are wanted.

    One that is missing might answer any.
    """
    asked, failures = _asked(hook, district)
    return bool(asked or failures)


def enabled(district: str) -> frozenset[str]:
    """Return the names of the plugins that are on in a district, at most two seconds old."""
    return frozenset(_now().on.get(district, ()))


def note(failures: Iterable[Failure], *, district: str | None) -> None:
    """Keep what went wrong for the plugin's page; that it cannot be kept hurts nobody who asked."""
    kept = list(failures)
    if not kept:
        return
    try:
        with idempotency.apart():
            rests.record(failures=kept, district=district)
    except SkillHubError as error:
        log.warning("failure of a plugin not kept: %s", error.code)


def _asked(hook: str, district: str) -> tuple[dict[str, dict[str, Value]], tuple[Failure, ...]]:
    """Return who is asked and with which settings, and a failure for each who would answer but cannot be."""
    now, bus = _now(), _bus()
    installed = {source.asked_as: source for source in bus.plugins}
    resting = now.resting.get(district, frozenset())
    asked: dict[str, dict[str, Value]] = {}
    failures: list[Failure] = []
    for name, stored in now.on.get(district, {}).items():
        sha256 = now.packages.get(district, {}).get(name)
        key = uploads.key(sha256) if sha256 else name
        source = installed.get(key)
        if source is None:
            why = uploads.why_missing(sha256) if sha256 else catalogue.why_missing(name)
            failures.append(Failure(name, hook, Missing(why)))
        elif hook in bus.hooks_of(key):
            try:
                if name in resting:
                    raise Resting("rests after failures")  # noqa: TRY301 (one place where each becomes a failure)
                asked[key] = set_values.resolved(_declared(name, sha256), stored)
            except (Resting, set_values.NotSet) as error:
                failures.append(Failure(name, hook, error, source.version, source.sha256))
    return asked, tuple(failures)


def _declared(name: str, sha256: str | None) -> tuple[Setting, ...]:
    uploaded = uploads.get(sha256) if sha256 else None
    return uploaded.manifest.settings if uploaded else catalogue.settings_of(name)


@contextmanager
def _metered(district: str) -> Iterator[None]:
    """Let all questions of a request take from one allowance, and sum up what plugins took."""
    allowance = _allowance()
    with spending(allowance):
        yield
    meter.add(district, allowance.took)
    allowance.took.clear()
    if not work.is_inline():
        meter.keep_writing(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 (Flask's own way to the application itself)


def _allowance() -> Allowance:
    if not has_request_context():
        return Allowance(None)
    if "plugin_allowance" not in g:
        g.plugin_allowance = Allowance()
    found = g.plugin_allowance
    assert isinstance(found, Allowance)  # noqa: S101 (g holds anything; this says to mypy what the lines above put there)
    return found


def _now() -> snapshot.Switches:
    return snapshot.current(count=plugin_queries.changes, read=_read)


def _read() -> tuple[On, ByDistrict, Packages]:
    on: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for switch in queries.switches_of():
        if switch.is_on:
            on[switch.district][switch.plugin] = switch.settings
    resting: dict[str, set[str]] = defaultdict(set)
    for rest in plugin_queries.resting():
        resting[rest.district].add(rest.plugin)
    bus = _bus()
    if bus.apart is not None:
        bus.apart.warm(frozenset().union(*on.values()))
    approved = packages.approved()
    for district, names in approved.items():
        for name, sha256 in names.items():
            if name in on[district] and uploads.lacks(sha256) and not catalogue.is_safe_mode():
                uploads.load(name, sha256, packages.files(sha256))
    return on, {district: frozenset(names) for district, names in resting.items()}, approved


def _bus() -> Bus:
    bus = current_app.extensions["skillhub.bus"]
    if not isinstance(bus, Bus):
        raise TypeError("the application has no plugin bus")
    return bus
