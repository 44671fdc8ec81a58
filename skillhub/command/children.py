"""Processes that `skillhub run` starts: they end together, and the first that fails says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType

GRACE_SECONDS = 25.0
LOOKS_EVERY_SECONDS = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Ended:
    """Why everything ends: the name of a child and its exit status; no child if somebody asked for it."""

    child: str | None = None
    status: int = 0


class Children:
    """Starts processes of our own command and ends them in the reverse order.

    Each gets a session of its own, so that Ctrl-C reaches only us and the order of
    ending is ours; each follows us, so that none outlives us even if we are killed.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._asked = threading.Event()
        for number in SIGNALS:
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()

    def start(self, name: str, *arguments: str, follows: bool = True) -> None:
        """Start `skillhub ARGUMENTS` under a name."""
        follow = ("--follow", str(os.getpid())) if follows else ()
        self._running[name] = subprocess.Popen(  # noqa: S603 (our own command, no shell)
            [sys.executable, "-m", "skillhub.command", *arguments, *follow],
            env=self._environ,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )

    def wait(self) -> Ended:
        """Wait until somebody asks for the end or a child ends."""
        while not self._asked.wait(LOOKS_EVERY_SECONDS):
            ended = self.look()
            if ended is not None:
                return ended
        return Ended()

    def wait_for(self, name: str) -> Ended | None:
        """Wait until this child has done its work; anything else that ends is returned."""
        ended = self.wait()
        return None if ended == Ended(name, 0) else ended

    def look(self) -> Ended | None:
        """Return a child that has ended, None while all are running."""
        for name, process in list(self._running.items()):
            status = process.poll()
            if status is not None:
                del self._running[name]
                return Ended(name, status)
        return None

    def pause(self, seconds: float) -> bool:
        """Wait a little; tell whether to go on (nobody has asked for the end)."""
        return not self._asked.wait(seconds)

    def end(self) -> None:
        """End all children, the last started first; those that do not obey in time are killed."""
        for process in reversed(self._running.values()):
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
