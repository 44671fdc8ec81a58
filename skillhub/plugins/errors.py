"""What can go wrong at the border; plain exceptions, because a plugin knows no web and no language."""

from __future__ import annotations

from datetime import date


class PluginRejected(Exception):
    """A plugin that does not fit this release; the application starts without it."""

    def __init__(self, plugin: str, reason: str) -> None:
        self.plugin = plugin
        self.reason = reason
        super().__init__(f"{plugin}: {reason}")


class PackageInvalid(Exception):
    """A file of a plugin package that says something wrong: which file, where, and what to do."""

    def __init__(self, file: str, message: str, *, where: str = "") -> None:
        self.file = file
        self.where = where
        self.message = message
        super().__init__(f"{file}: {where}: {message}" if where else f"{file}: {message}")


class SettingInvalid(Exception):
    """A setting that the plugin does not have, or a value that it cannot take."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        self.message = message
        super().__init__(f"{key}: {message}")


class SecretTyped(SettingInvalid):
    """A secret where its name belongs; only the operator's environment holds secrets."""


class NoParameter(LookupError):
    """A table has no row for a day; the row of another day is never used instead."""

    def __init__(self, name: str, on: date) -> None:
        self.name = name
        self.on = on
        super().__init__(f"the table {name} has no row for {on.isoformat()}")


class RuleBroken(Exception):
    """A rule that could be loaded could not be worked out for these facts; a clerk decides."""


class FeedUnreadable(Exception):
    """A dropped file that is no feed at all; core keeps the last good data."""
