"""Sends calls by wrk, each exactly once, and says what was answered, how fast, and what the client cost."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("calls.lua")
WORST = 300.0
NAMES = {"begun", "ended"}


class NoClient(SystemExit):
    """There is no wrk on this machine."""


@dataclass(frozen=True)
class Call:
    """One request; a token and a key make it an application."""

    method: str
    path: str
    token: str = "-"  # noqa: S105 (none)
    key: str = "-"


@dataclass(frozen=True)
class Answers:
    """What came back."""

    statuses: Counter[int]
    bodies: list[dict[str, Any]]
    seconds: float
    percentiles: dict[str, float]
    client_cpu_share: float

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds

    def figures(self) -> dict[str, Any]:
        """Return the figures for the report."""
        rounded = {"per_second": round(self.per_second, 1), "seconds": round(self.seconds, 3)}
        share = {"client_cpu_share": round(self.client_cpu_share, 3)}
        return {**rounded, **self.percentiles, **share, "statuses": dict(self.statuses)}


class Client:
    """One wrk that runs; several may run at once."""

    def __init__(
        self, port: int, calls: Sequence[Call], folder: Path, *, connections: int, keeps_bodies: bool = False
    ) -> None:
        wrk = shutil.which("wrk")
        if wrk is None:
            raise NoClient("wrk is missing: apt-get install -y wrk")
        self._threads = min(2, connections, len(calls))
        self._calls = len(calls)
        self._prefix = folder / f"answers-{time.monotonic_ns()}-"
        file = folder / f"calls-{time.monotonic_ns()}"
        file.write_text("".join(f"{each.method} {each.path} {each.token} {each.key}\n" for each in calls))
        command = [wrk, "-t", self._threads, "-c", max(connections, self._threads), "-d", f"{WORST:.0f}s"]
        command += ["--timeout", "60s", "-s", SCRIPT, f"http://127.0.0.1:{port}", "--"]
        command += [file, self._threads, self._prefix, "bodies" if keeps_bodies else "counts"]
        self._began = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 (our own command)
            [str(each) for each in command], stdout=subprocess.PIPE, text=True
        )

    def answers(self) -> Answers:
        """Wait until every call has its answer."""
        while not self._has_ended():
            if time.monotonic() - self._began > WORST:
                self._process.kill()
                raise SystemExit("some calls were never answered")
            time.sleep(0.02)
        os.kill(self._process.pid, signal.SIGINT)  # wrk would sleep until its time is over
        output = self._process.stdout.read() if self._process.stdout else ""
        _, _, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = 0
        wall = time.monotonic() - self._began
        found = [line.split(" ", 2) for file in self._files() for line in file.read_text().splitlines()]
        begun = min(float(at) for at, what, _ in found if what == "begun")
        ended = max(float(at) for at, _, _ in found)
        given = [(int(what), body) for _, what, body in found if what not in NAMES]
        told = re.search(r"^RUSH (.*)$", output, re.MULTILINE)
        return Answers(
            statuses=Counter(status for status, _ in given),
            bodies=[json.loads(body) for _, body in given if body.startswith("{")],
            seconds=ended - begun,
            percentiles=json.loads(told[1]) if told else {},
            client_cpu_share=(usage.ru_utime + usage.ru_stime) / (wall * (os.cpu_count() or 1)),
        )

    def _files(self) -> list[Path]:
        return sorted(self._prefix.parent.glob(self._prefix.name + "*"))

    def _has_ended(self) -> bool:
        """Look whether all answers are there.

        :raises SystemExit: the client has died.
        """
        if os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            raise SystemExit("wrk has died")
        files = self._files()
        return len(files) == self._threads and all(b" ended -\n" in file.read_bytes()[-40:] for file in files)


def send(
    port: int, calls: Sequence[Call], folder: Path, *, connections: int, keeps_bodies: bool = False
) -> Answers:
    """Send calls and wait for their answers."""
    return Client(port, calls, folder, connections=connections, keeps_bodies=keeps_bodies).answers()
