"""The only place that joins what is installed, where it is on and how it has fared: the list of plugins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from skillhub.base import clock
from skillhub.base.access import Actor, Role, require_role
from skillhub.districts import catalogue
from skillhub.districts.queries import plugins
from skillhub.districts.queries.plugins import FailureView, HookView
from skillhub.plugins.discover import LoadedPlugin
from skillhub.plugins.manifest import API, Manifest

READERS = (Role.OFFICER, Role.AUDITOR, Role.OPERATOR)
LATELY = timedelta(days=1)
OK, FAILING, RESTING, REJECTED = "ok", "failing", "resting", "rejected"
TIMES_OF = timedelta(days=14)


@dataclass(frozen=True)
class PluginView:
    """One plugin as the districts of its reader see it."""

    name: str
    title: str
    title_en: str
    version: str
    api: int
    on: tuple[str, ...]
    health: str
    last_failure: FailureView | None
    reason: str | None = None


def plugin_list(actor: Actor) -> tuple[PluginView, ...]:
    """Return every plugin, on and failures limited to the districts of the reader; an operator sees all.

    :raises Forbidden: the actor keeps no plugins.
    """
    require_role(actor, *READERS)
    seen = None if actor.has(Role.OPERATOR) else actor.districts(Role.OFFICER, Role.AUDITOR)
    loaded = tuple(_view(plugin.manifest, seen) for plugin in catalogue.plugins())
    turned_away = tuple(
        PluginView(each.plugin, each.plugin, each.plugin, "", API, (), REJECTED, None, each.reason)
        for each in catalogue.rejected()
    )
    return loaded + turned_away


def hooks(plugin: LoadedPlugin, districts: Collection[str] | None) -> tuple[HookView, ...]:
    """Return how each hook of a plugin fared in the last 14 days; one that nobody asked has no calls."""
    since = (clock.now() - TIMES_OF).date()
    measured = {
        each.hook: each for each in plugins.times(plugin.manifest.name, districts=districts, since=since)
    }
    return tuple(measured.get(hook, HookView(hook, 0, 0, 0.0, 0.0)) for hook in sorted(plugin.manifest.hooks))


def lacking_walls(plugin: LoadedPlugin) -> Mapping[str, str]:
    """Return the walls around a plugin's process that this machine cannot build, with the reason."""
    walls = catalogue.walls(plugin)
    return {name: why for name, why in (walls or {}).items() if why}


def _view(manifest: Manifest, seen: Collection[str] | None) -> PluginView:
    name = manifest.name
    on = tuple(
        switch.district
        for switch in plugins.switches_of()
        if switch.plugin == name and switch.is_on and (seen is None or switch.district in seen)
    )
    failures = [
        failure
        for failure in plugins.failures(plugin=name, limit=100)
        if seen is None or failure.district is None or failure.district in seen
    ]
    last = failures[0] if failures else None
    is_failing = last is not None and clock.now() - last.at < LATELY
    is_resting = any(seen is None or rest.district in seen for rest in plugins.resting(plugin=name))
    health = RESTING if is_resting else FAILING if is_failing else OK
    english = manifest.title_en or manifest.title
    return PluginView(name, manifest.title, english, manifest.version, API, on, health, last)
