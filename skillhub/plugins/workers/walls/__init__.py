"""Shuts a process in before foreign code runs in it, and says which walls this machine could not build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from skillhub.plugins.workers.walls import landlock, limits, seccomp
from skillhub.plugins.workers.walls.kernel import Cannot

NAMES = ("limits", "landlock", "seccomp")


def shut(readable: Iterable[Path]) -> dict[str, str]:
    """Build every wall around this process, for good.

    :param readable: folders under which files may still be read; nothing may be written anywhere.
    :return: for each wall an empty text, or why this machine cannot build it.
    """
    build = {
        "limits": limits.set_all,
        "landlock": lambda: landlock.restrict(readable),
        "seccomp": seccomp.restrict,  # the last one, because it forbids building more
    }
    lacking = {}
    for name in NAMES:
        try:
            build[name]()
        except Cannot as cannot:
            lacking[name] = str(cannot)
        else:
            lacking[name] = ""
    return lacking


def lacking() -> dict[str, str]:
    """Return the walls that this machine cannot build, with the reason, without building any."""
    found = {}
    for name, look in (("landlock", landlock.version), ("seccomp", seccomp.machine)):
        try:
            look()
        except Cannot as cannot:
            found[name] = str(cannot)
    return found
