"""Finds plugins in plugins_contrib and in installed distributions, and puts those that fit on a bus."""

from __future__ import annotations

import dataclasses
import importlib
import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from skillhub.plugins import manifest as manifests
from skillhub.plugins import package
from skillhub.plugins.apart import Tenant
from skillhub.plugins.bus import Bus
from skillhub.plugins.data import DataPlugin, together
from skillhub.plugins.errors import PackageInvalid, PluginRejected
from skillhub.plugins.manifest import Manifest

CONTRIB = "plugins_contrib"
GROUP = "skillhub.plugins"

log = logging.getLogger("skillhub.plugins")


@dataclass(frozen=True)
class Candidate:
    """A package that is present; nothing of it has been imported."""

    name: str
    module: str
    folder: Path | None


@dataclass(frozen=True)
class LoadedPlugin:
    """A package on the bus."""

    manifest: Manifest
    module: str
    folder: Path
    sha256: str
    has_code: bool
    is_apart: bool = False
    """Whether its code runs in a process of its own."""


class Loaded(NamedTuple):
    """What is on the bus now, and what is not and why."""

    plugins: tuple[LoadedPlugin, ...]
    rejected: tuple[PluginRejected, ...]


def candidates(contrib: str = CONTRIB, group: str = GROUP) -> tuple[Candidate, ...]:
    """Return every package that is present, ours first; import none of them."""
    return (*_contributed(contrib), *_installed(group))


def load(
    bus: Bus,
    allowed_code: Collection[str],
    trusted: Collection[str],
    *,
    found: Iterable[Candidate] | None = None,
) -> Loaded:
    """Register every package that fits; report the others, and never raise because of one.

    Data needs no admission. A package with code is let in when the operator admits its code; it is only
    imported when he trusts it to run in this process, else it runs in a process of its own.
    """
    loaded: list[LoadedPlugin] = []
    rejected: list[PluginRejected] = []
    seen: set[str] = set()
    for candidate in candidates() if found is None else found:
        try:
            _not_again(candidate, seen)
            loaded.append(_load_one(bus, candidate, allowed_code, trusted))
        except PluginRejected as error:
            log.warning("plugin rejected: %s", error)
            rejected.append(error)
    return Loaded(tuple(loaded), tuple(rejected))


def load_data(bus: Bus, folder: Path, *, key: str) -> LoadedPlugin:
    """Register a package of data alone that did not come with the installation.

    :param key: the name by which it is asked.
    :raises PluginRejected: it does not fit, or has code.
    """
    name = folder.name
    try:
        manifest = manifests.load(folder)
        sha256, has_code = package.sha256(folder), package.has_code(folder)
        if has_code or manifest.name != name:
            raise PluginRejected(name, "is no package of data alone")
        data = DataPlugin(folder, manifest.settings)
    except (PackageInvalid, OSError) as error:
        raise PluginRejected(name, str(error)) from error
    loaded = LoadedPlugin(manifest, name, folder, sha256, has_code)
    _register(bus, data, loaded, key=key)
    return loaded


def _not_again(candidate: Candidate, seen: set[str]) -> None:
    if candidate.name in seen:
        raise PluginRejected(candidate.name, f"another package has this name; {candidate.module} is left out")
    seen.add(candidate.name)


def _load_one(
    bus: Bus, candidate: Candidate, allowed_code: Collection[str], trusted: Collection[str]
) -> LoadedPlugin:
    name, folder = candidate.name, candidate.folder
    if folder is None:
        raise PluginRejected(name, f"{candidate.module} has no folder with a {manifests.FILE}")
    try:
        manifest = manifests.load(folder)
        if manifest.name != name:
            raise PluginRejected(name, f"{manifests.FILE} says it is {manifest.name}; the names must agree")
        sha256, has_code = package.sha256(folder), package.has_code(folder)
        data = DataPlugin(folder, manifest.settings)
    except (PackageInvalid, OSError) as error:
        raise PluginRejected(name, str(error)) from error
    loaded = LoadedPlugin(manifest, candidate.module, folder, sha256, has_code)
    if not has_code:
        _register(bus, data, loaded)
        return loaded
    if name not in allowed_code:
        raise PluginRejected(name, "has code; read it, then name it in SKILLHUB_PLUGINS_ALLOWED")
    if name not in trusted:
        return _let_in_apart(bus, data, loaded)
    try:
        plugin = together(_imported(candidate), data)
    except PackageInvalid as error:
        raise PluginRejected(name, str(error)) from error
    _register(bus, plugin, loaded)
    return loaded


def _let_in_apart(bus: Bus, data: DataPlugin, loaded: LoadedPlugin) -> LoadedPlugin:
    """Register the data of a package here, and its code where it cannot reach us."""
    manifest = loaded.manifest
    hooks = tuple(hook for hook in manifest.hooks if hook not in data.hooks)
    if not hooks:
        raise PluginRejected(manifest.name, f"{manifests.FILE} names no hook that its code would answer")
    if bus.apart is None:
        raise PluginRejected(
            manifest.name, "has code that nobody vouches for, and nothing here runs it apart"
        )
    bus.register(data, manifest.name, version=manifest.version, sha256=loaded.sha256, apart=hooks)
    bus.apart.add(Tenant(manifest.name, loaded.module, loaded.folder, hooks))
    return dataclasses.replace(loaded, is_apart=True)


def _register(bus: Bus, plugin: object, loaded: LoadedPlugin, *, key: str = "") -> None:
    """Register on a bus of its own first, so that what it answers is known before it is let in."""
    manifest = loaded.manifest
    trial = Bus()
    trial.register(plugin, manifest.name)
    answered = trial.hooks_of(manifest.name)
    if set(answered) != set(manifest.hooks):
        told, found = ", ".join(sorted(manifest.hooks)), ", ".join(answered)
        raise PluginRejected(manifest.name, f"{manifests.FILE} names the hooks {told}; it answers {found}")
    bus.register(plugin, manifest.name, version=manifest.version, sha256=loaded.sha256, key=key)


def _imported(candidate: Candidate) -> object:
    try:
        return importlib.import_module(candidate.module)
    except (Exception, SystemExit) as error:  # the border of trust: importing runs foreign code
        raise PluginRejected(candidate.name, f"does not import: {type(error).__name__}: {error}") from error


def _contributed(contrib: str) -> Iterator[Candidate]:
    for root in _locations(contrib):
        for folder in sorted(path for path in root.iterdir() if (path / manifests.FILE).is_file()):
            yield Candidate(folder.name, f"{contrib}.{folder.name}", folder)


def _installed(group: str) -> Iterator[Candidate]:
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        top, *rest = entry.module.split(".")
        folders = [root.joinpath(*rest) for root in _locations(top)]
        with_manifest = [folder for folder in folders if (folder / manifests.FILE).is_file()]
        yield Candidate(entry.name, entry.module, with_manifest[0] if with_manifest else None)


def _locations(top: str) -> list[Path]:
    """Return the folders of a top-level package without importing it."""
    try:
        spec: ModuleSpec | None = find_spec(top)
    except (ImportError, ValueError):
        return []
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
