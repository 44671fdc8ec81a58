"""The only place that joins what is installed, where it is on and how it has fared: the list of plugins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from skillhub.base import clock
from skillhub.base.access import Actor, Role, require_role
from skillhub.districts import catalogue
from skillhub.districts.queries import plugins
from skillhub.districts.queries.plugins import FailureView
from skillhub.plugins.manifest import API, Manifest

READERS = (Role.OFFICER, Role.AUDITOR, Role.OPERATOR)
LATELY = timedelta(days=1)
OK, FAILING, REJECTED = "ok", "failing", "rejected"


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
    health = FAILING if is_failing else OK
    english = manifest.title_en or manifest.title
    return PluginView(name, manifest.title, english, manifest.version, API, on, health, last)
