"""Which plugins this process has loaded, and which it has turned away; read from the composition root."""

from __future__ import annotations

from flask import current_app

from skillhub.districts.errors import PluginUnknown
from skillhub.plugins.discover import Loaded, LoadedPlugin
from skillhub.plugins.errors import PluginRejected


def plugins() -> tuple[LoadedPlugin, ...]:
    """Return the plugins on the bus, by name."""
    return tuple(sorted(_loaded().plugins, key=lambda plugin: plugin.manifest.name))


def plugin(name: str) -> LoadedPlugin:
    """Return one plugin.

    :raises PluginUnknown: none of this name is on the bus.
    """
    for each in plugins():
        if each.manifest.name == name:
            return each
    raise PluginUnknown(plugin=name)


def rejected() -> tuple[PluginRejected, ...]:
    """Return what was found and does not fit, each with its reason."""
    return tuple(_loaded().rejected)


def _loaded() -> Loaded:
    found = current_app.extensions["skillhub.plugins"]
    if not isinstance(found, Loaded):
        raise TypeError("the application has loaded no plugins")
    return found
