"""The only place that joins what is installed, where it is on and how it has fared: the list of plugins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from skillhub.base import clock
from skillhub.base.access import Actor, Role, require_role
from skillhub.districts import catalogue, set_values, uploads
from skillhub.districts.errors import PluginUnknown
from skillhub.districts.queries import packages, plugins
from skillhub.districts.queries.plugins import FailureView, HookView
from skillhub.plugins.discover import LoadedPlugin
from skillhub.plugins.manifest import API, Manifest

READERS = (Role.OFFICER, Role.AUDITOR, Role.OPERATOR)
LATELY = timedelta(days=1)
OK, FAILING, RESTING, UNSET, REJECTED, MISSING = "ok", "failing", "resting", "unset", "rejected", "missing"
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
    loaded += tuple(_view(each, seen) for each in _uploaded(seen))
    names = {each.name for each in loaded}
    on: dict[str, list[str]] = {each.plugin: [] for each in catalogue.rejected()}
    turned_away = set(on)
    for switch in plugins.switches_of():
        if switch.plugin not in names and switch.is_on and (seen is None or switch.district in seen):
            on.setdefault(switch.plugin, []).append(switch.district)
    return loaded + tuple(
        PluginView(
            name,
            name,
            name,
            "",
            API,
            tuple(districts),
            REJECTED if name in turned_away else MISSING,
            None,
            catalogue.why_missing(name),
        )
        for name, districts in on.items()
    )


def require_known(district: str, name: str) -> bool:
    """Return whether a plugin is installed; one that is not may still be on, and can be switched off.

    :raises PluginUnknown: neither.
    """
    if installed(district, name) is not None:
        return True
    if not plugins.switch(district, name).is_on:
        raise PluginUnknown(plugin=name)
    return False


def installed(district: str, name: str) -> LoadedPlugin | None:
    """Return the plugin of a name in a district: the package that it approved, else an installed one."""
    sha256 = packages.approved().get(district, {}).get(name)
    if sha256 is None:
        return next((each for each in catalogue.plugins() if each.manifest.name == name), None)
    if uploads.lacks(sha256) and not catalogue.is_safe_mode():
        uploads.load(name, sha256, packages.files(sha256))
    return uploads.get(sha256)


def plugin(district: str, name: str) -> LoadedPlugin:
    """Return the plugin that has a name in a district.

    :raises PluginUnknown: none of this name is there.
    """
    found = installed(district, name)
    if found is None:
        raise PluginUnknown(plugin=name)
    return found


def why_missing(district: str, name: str) -> str:
    """Say why a plugin of a district is not there."""
    sha256 = packages.approved().get(district, {}).get(name)
    return uploads.why_missing(sha256) if sha256 else catalogue.why_missing(name)


def trouble(district: str, name: str) -> str | None:
    """Say what keeps a plugin from being asked as it is set in a district, None if nothing does."""
    found = installed(district, name)
    try:
        set_values.resolved(found.manifest.settings if found else (), plugins.switch(district, name).settings)
    except set_values.NotSet as error:
        return str(error)
    return None


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


def _uploaded(seen: Collection[str] | None) -> list[Manifest]:
    """Return the manifests of the packages that the reader's districts have approved, each name once."""
    found: dict[str, Manifest] = {}
    for district, names in sorted(packages.approved().items()):
        for name in names if seen is None or district in seen else ():
            each = installed(district, name)
            if each is not None:
                found[name] = each.manifest
    return [found[name] for name in sorted(found)]


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
    is_unset = any(trouble(each, name) for each in on)
    health = RESTING if is_resting else UNSET if is_unset else FAILING if is_failing else OK
    english = manifest.title_en or manifest.title
    return PluginView(name, manifest.title, english, manifest.version, API, on, health, last)
