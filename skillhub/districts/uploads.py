"""The packages that districts uploaded, as this process has loaded them: the same content on all workers.

A package is asked by its name and content, so that two districts may hold two versions of it.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app

from skillhub.plugins import discover, package
from skillhub.plugins.authoring import archive
from skillhub.plugins.bus import Bus
from skillhub.plugins.discover import LoadedPlugin
from skillhub.plugins.errors import PluginRejected

EXTENSION = "skillhub.uploads"


@dataclass
class Uploads:
    """What this process has loaded, by content hash, with what could not be loaded and why."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    loaded: dict[str, LoadedPlugin] = field(default_factory=dict)
    rejected: dict[str, PluginRejected] = field(default_factory=dict)


def key(sha256: str) -> str:
    """Return the name by which the bus knows a content."""
    return f"sha256:{sha256}"


def get(sha256: str) -> LoadedPlugin | None:
    """Return a package that has been loaded."""
    return _uploads().loaded.get(sha256)


def why_missing(sha256: str) -> str:
    """Say why a package could not be loaded."""
    found = _uploads().rejected.get(sha256)
    return found.reason if found else "is not loaded yet"


def lacks(sha256: str) -> bool:
    """Tell whether this process has not tried a package yet."""
    here = _uploads()
    return sha256 not in here.loaded and sha256 not in here.rejected


def load(name: str, sha256: str, files: Mapping[str, str]) -> LoadedPlugin | PluginRejected:
    """Put a package on the bus; what does not fit (any more) is kept with its reason, and never raised."""
    here = _uploads()
    with here.lock:
        if sha256 in here.loaded:
            return here.loaded[sha256]
        bus = current_app.extensions["skillhub.bus"]
        try:
            here.loaded[sha256] = loaded = _load(bus, name, sha256, files)
        except PluginRejected as error:
            here.rejected[sha256] = error
            return error
        return loaded


def _load(bus: Bus, name: str, sha256: str, files: Mapping[str, str]) -> LoadedPlugin:
    raw = {path: text.encode() for path, text in files.items()}
    with tempfile.TemporaryDirectory(prefix="skillhub-package-") as folder:
        written = archive.write(name, raw, Path(folder))
        if package.sha256(written) != sha256:
            raise PluginRejected(name, "is not what was approved")
        return discover.load_data(bus, written, key=key(sha256))


def _uploads() -> Uploads:
    found = current_app.extensions.setdefault(EXTENSION, Uploads())
    assert isinstance(found, Uploads)  # noqa: S101 (extensions hold anything; this says to mypy what is put there)
    return found
