"""What a package says of itself in ``plugin.toml``; read before anything of it is imported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skillhub.plugins import settings, toml
from skillhub.plugins.hooks import HOOKS

FILE = "plugin.toml"
API = 1
"""The version of the plugin interface that this release speaks."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Name, version, where it belongs, what it answers, what can be set."""

    name: str
    version: str
    title: str
    title_en: str | None
    districts: tuple[str, ...]
    hooks: tuple[str, ...]
    settings: tuple[settings.Setting, ...]


def load(folder: Path) -> Manifest:
    """Read a package's manifest.

    :raises PackageInvalid: names the key and what to do.
    """
    return read(toml.load(folder / FILE))


def read(values: dict[str, Any]) -> Manifest:
    """Read a manifest from parsed TOML."""
    table = toml.Table(FILE, "", values)
    api = table.take("api", int)
    if api != API:
        raise table.wrong(f"api = {api} is not spoken here; this release speaks api = {API}")
    manifest = Manifest(
        name=table.take("name", str),
        version=table.take("version", str),
        title=table.take("title", str),
        title_en=table.take("title_en", str, None),
        districts=table.texts("districts"),
        hooks=table.texts("hooks"),
        settings=settings.declared(FILE, table.take("settings", dict, {})),
    )
    table.end()
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,49}", manifest.name):
        raise table.wrong("name must be 2 to 50 lower-case letters, digits and _")
    if not re.fullmatch(r"\d+\.\d+\.\d+", manifest.version):
        raise table.wrong("version must be three numbers, such as 1.0.0")
    for code in manifest.districts:
        if not re.fullmatch(r"[1-9]\d{5}", code):
            raise table.wrong(f"districts: {code!r:.20} is no six-digit code")
    for hook in manifest.hooks:
        if hook not in HOOKS:
            raise table.wrong(f"hooks: there is no hook {hook}; there are {', '.join(sorted(HOOKS))}")
    if not manifest.hooks:
        raise table.wrong(f"hooks: name at least one of {', '.join(sorted(HOOKS))}")
    return manifest
