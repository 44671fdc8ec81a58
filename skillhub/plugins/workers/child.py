"""The process in which one plugin's code runs: shut in, then asked one question after the other.

Nothing here is imported by the application; it starts this module in a fresh interpreter.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from skillhub.plugins import wire
from skillhub.plugins.bus import Bus
from skillhub.plugins.errors import PluginRejected
from skillhub.plugins.hooks import HOOKS
from skillhub.plugins.workers import frames, walls
from skillhub.plugins.workers.walls import limits
from skillhub.plugins.workers.walls.kernel import Cannot

LONGEST_TEXT = 500
CHUNK = 1 << 16  # more would be mapped and unmapped for every question
ZONES = Path("/usr/share/zoneinfo")


def main(wire_end: int, parent: int) -> None:
    """Answer until the other end is closed.

    :param wire_end: the descriptor of our end of the socket; all others are closed or lead nowhere.
    :param parent: the process that must be there, since whoever outlives it is of no use.
    """
    with contextlib.suppress(Cannot):
        limits.end_with_parent()
    if os.getppid() != parent:
        return
    other = Wire(wire_end)
    _number, about = other.read()
    folder = Path(about["folder"])
    sys.dont_write_bytecode = True
    lacking = walls.shut(_readable(folder))
    try:
        bus = _loaded(about, folder)
    except PluginRejected as error:
        other.write(frames.HELLO, {"rejected": error.reason[:LONGEST_TEXT]})
        return
    other.write(frames.HELLO, {"walls": lacking})
    while True:
        number, question = other.read()
        other.write(number, answer(bus, about["name"], question))


def answer(bus: Bus, name: str, question: dict[str, Any]) -> dict[str, Any]:
    """Ask the plugin as the application would, and return its answer or what it raised."""
    hook = question["hook"]
    hints = HOOKS[hook].arguments
    facts = {each: wire.made(hints[each], value, each) for each, value in question["facts"].items()}
    said = bus.ask(hook, {name: question.get("settings", {})}, **facts)
    for failure in said.failures:
        return {"error": f"{type(failure.error).__name__}: {failure.error}"[:LONGEST_TEXT]}
    return {"value": wire.plain(said.answers[0].value) if said.answers else None}


class Wire:
    """Our end of the socket; blocking, because there is nothing else to do than to wait for a question."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = bytearray()

    def read(self) -> tuple[int, Any]:
        """Return (number, what the frame says); the process ends when nobody can ask any more."""
        length, number = frames.HEAD.unpack(self._exactly(frames.HEAD.size))
        return number, frames.value_of(self._exactly(length))

    def write(self, number: int, value: Any) -> None:
        """Send one frame."""
        left = memoryview(frames.frame(number, value))
        while left:
            left = left[os.write(self._descriptor, left) :]

    def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            read = os.read(self._descriptor, CHUNK)
            if not read:
                sys.exit(0)
            self._rest += read
        taken = bytes(self._rest[:size])
        del self._rest[:size]
        return taken


def _loaded(about: dict[str, Any], folder: Path) -> Bus:
    """Import the package from its folder, whatever else has its name, and put it on a bus of its own.

    :raises PluginRejected: it does not import, or does not answer what it was let in for.
    """
    name = about["name"]
    bus = Bus()
    try:
        module = _module(about["module"], folder)
    except BaseException as error:
        raise PluginRejected(name, f"does not import: {type(error).__name__}: {error}") from error
    bus.register(module, name)
    answered, expected = set(bus.hooks_of(name)), set(about["hooks"])
    if answered != expected:
        told, found = ", ".join(sorted(expected)), ", ".join(sorted(answered))
        raise PluginRejected(name, f"its code should answer {told}; it answers {found}")
    return bus


def _module(name: str, folder: Path) -> ModuleType:
    parents = name.split(".")[:-1]
    for end in range(1, len(parents) + 1):  # only names: what lies beside the package cannot be read
        parent = ".".join(parents[:end])
        sys.modules.setdefault(parent, ModuleType(parent)).__path__ = []
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is no package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _readable(folder: Path) -> Iterable[Path]:
    """Return what may be read: the package, Python with its installed packages, and the time zones."""
    python = {sysconfig.get_path(each) for each in ("stdlib", "platstdlib", "purelib", "platlib")}
    packages = {place for place in sys.path if Path(place).name in {"site-packages", "dist-packages"}}
    return [folder, ZONES, *(Path(place) for place in python | packages)]
