"""What is set for a plugin in a district when it is asked, each secret in the place of its name.

The only place that reads secrets of plugins: from one file that the operator keeps,
so that no officer can name anything else of the process's surroundings.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import current_app

from skillhub.plugins import settings as plugin_settings
from skillhub.plugins.errors import SettingInvalid
from skillhub.plugins.settings import SECRET, Setting, Value


class NotSet(Exception):
    """The plugin cannot be asked as things are set; not its own fault, so it need not rest."""

    is_its_own = False


def resolved(declared: Sequence[Setting], stored: Mapping[str, Any]) -> dict[str, Value]:
    """Return every setting's value for a question.

    :param declared: what can be set of the plugin.
    :param stored: what the district has set.
    :raises NotSet: the plugin no longer takes a value, or a secret is not there.
    """
    if not declared:  # most plugins, on the way of every application
        return {}
    try:
        values = plugin_settings.resolve(tuple(declared), district=stored)
    except SettingInvalid as error:
        raise NotSet(f"the setting {error.key} {error.message}") from error
    named = {each.key: str(values[each.key]) for each in declared if each.kind == SECRET and values[each.key]}
    if named:
        kept = _kept()
        for key, name in named.items():
            if name not in kept:
                raise NotSet(f"the secret {name} is not in the operator's file")
            values[key] = kept[name]
    return values


def _kept() -> dict[str, str]:
    """Return the secrets by name; read anew each time, so that a changed one needs no restart."""
    named = current_app.extensions["skillhub.config"].plugin_secrets_file
    if not named:
        raise NotSet("no file of secrets is set (SKILLHUB_PLUGIN_SECRETS_FILE)")
    path = Path(named)
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotSet("the file of secrets cannot be read") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NotSet("others can read the file of secrets; run chmod 600 on it")
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}
