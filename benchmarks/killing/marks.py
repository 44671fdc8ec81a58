"""How far each request of a web process has come, in a file that outlives the process."""

from __future__ import annotations

import mmap
import os
import threading
from enum import IntEnum
from pathlib import Path

SLOTS = 64


class Phase(IntEnum):
    """Where a request stands between its first statement and its reply."""

    IDLE = 0
    LOOKING = 1
    WRITING = 2
    KEPT = 3


class Marks:
    """The marks of this process: one byte for each thread, in a file named after the process."""

    def __init__(self, folder: Path) -> None:
        path = folder / f"{os.getpid()}.new"
        path.write_bytes(bytes(SLOTS))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SLOTS)
        path.rename(path.with_suffix(".marks"))
        self._lock = threading.Lock()
        self._given = 0
        self._own = threading.local()

    def begin(self) -> None:
        """Follow the request that this thread begins."""
        if not hasattr(self._own, "slot"):
            with self._lock:
                self._own.slot, self._given = self._given, self._given + 1
        self._own.is_followed = True

    def reach(self, phase: Phase) -> None:
        """Note that the request of this thread has come so far; it never goes back."""
        if self.is_followed and self._map[self._own.slot] < phase:
            self._map[self._own.slot] = phase

    def end(self) -> None:
        """Note that the reply has been handed to the network."""
        self._map[self._own.slot] = Phase.IDLE
        self._own.is_followed = False

    @property
    def is_followed(self) -> bool:
        """Whether this thread answers a request that is followed."""
        return getattr(self._own, "is_followed", False)

    @property
    def phase(self) -> Phase:
        """How far the request of this thread has come."""
        return Phase(self._map[self._own.slot]) if self.is_followed else Phase.IDLE


def processes(folder: Path) -> dict[int, Path]:
    """Return the processes that have marks, dead ones too unless they were forgotten."""
    return {int(path.stem): path for path in folder.glob("*.marks")}


def read(path: Path) -> list[Phase]:
    """Return the phases of the requests that are open, or were when the process died."""
    return [Phase(each) for each in path.read_bytes() if each]
