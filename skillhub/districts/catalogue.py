"""Which plugins this process has loaded, and which it has turned away; read from the composition root."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app

from skillhub.config import Config
from skillhub.districts.errors import PluginUnknown
from skillhub.plugins.discover import Loaded, LoadedPlugin
from skillhub.plugins.errors import PluginRejected
from skillhub.plugins.settings import Setting


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


def settings_of(name: str) -> tuple[Setting, ...]:
    """Return what can be set of a plugin; nothing when none of this name is on the bus."""
    return next((each.manifest.settings for each in _loaded().plugins if each.manifest.name == name), ())


def why_missing(name: str) -> str:
    """Say why a plugin is not on the bus."""
    if is_safe_mode():
        return "the application was started without plugins"
    return next((each.reason for each in rejected() if each.plugin == name), "is not installed")


def rejected() -> tuple[PluginRejected, ...]:
    """Return what was found and does not fit, each with its reason."""
    return tuple(_loaded().rejected)


def is_safe_mode() -> bool:
    """Tell whether the application was started without plugins on purpose."""
    config = current_app.extensions["skillhub.config"]
    return isinstance(config, Config) and config.is_safe_mode


def walls(plugin: LoadedPlugin) -> Mapping[str, str] | None:
    """Return what is lacking of each wall around a plugin; None as long as it has no process."""
    apart = current_app.extensions["skillhub.bus"].apart
    if not plugin.is_apart or apart is None:
        return None
    found: Mapping[str, str] | None = apart.walls(plugin.manifest.name)
    return found


def _loaded() -> Loaded:
    found = current_app.extensions["skillhub.plugins"]
    if not isinstance(found, Loaded):
        raise TypeError("the application has loaded no plugins")
    return found
