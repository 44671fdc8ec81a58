"""Kills web processes while they answer, and the worker while it works, and counts what it has struck."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rushing.stage import BENCHMARKS, Stage, free_port

from killing import marks
from killing.crowd import Crowd
from killing.marks import Phase

PATIENCE_SECONDS = 60
WORKER_AGE_SECONDS = 4.0
GLANCE_SECONDS = 0.001
REST_SECONDS = 0.3
HELD = "Tt"  # a process that stands still, in /proc/<pid>/stat
IN_TURN = (Phase.KEPT, Phase.WRITING, Phase.LOOKING, Phase.IDLE)
"""Where a process is to stand when it is struck; IDLE means: wherever it is."""


@dataclass
class Struck:
    """What the kills have met; `requests` counts those that were open, by how far they had come."""

    kills: int = 0
    inside: int = 0
    worker_kills: int = 0
    requests: Counter[str] = field(default_factory=Counter)


class House:
    """The processes of one installation: a marked server and, where wanted, a worker."""

    def __init__(
        self, stage: Stage, *, web_workers: int, variant: str = "", has_worker: bool = False
    ) -> None:
        self.port = free_port()
        self._web_workers = web_workers
        self._marks = stage.folder / f"marks-{self.port}"
        self._marks.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SKILLHUB_")}
        self._environ = kept | {
            "SKILLHUB_PROFILE": "test",
            "SKILLHUB_DATA": str(stage.folder),
            "SKILLHUB_DATABASE_URL": stage.url,
            "SKILLHUB_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "SKILLHUB_WEB_WORKERS": str(web_workers),
            "PORT": str(self.port),
            "KILLING_MARKS": str(self._marks),
            "KILLING_VARIANT": variant,
            "PYTHONPATH": os.pathsep.join([str(BENCHMARKS), *filter(None, sys.path)]),
        }
        self._log = (stage.folder / f"house-{self.port}.log").open("wb")
        self._web = self._start("killing.entry")
        self._has_worker = has_worker
        self._hire()
        self._dead: set[int] = set()
        self._dice = random.Random(self.port)  # noqa: S311 (no secret)
        self.struck = Struck()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", *words],
            cwd=BENCHMARKS,
            env=self._environ,
            stdout=self._log,
            stderr=self._log,
        )

    def _hire(self) -> None:
        self._worker = self._start("skillhub.command", "worker") if self._has_worker else None
        self._hired_at = time.monotonic()

    def wait_until(self, fits: Callable[[], object]) -> None:
        """Wait for something.

        :raises SystemExit: it did not come.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while not fits():
            if time.monotonic() > until or self._web.poll() is not None:
                raise SystemExit(f"the server does not answer, see {self._log.name}")
            time.sleep(GLANCE_SECONDS)

    def alive(self) -> dict[int, Path]:
        """Return the web processes that are ready, with their marks."""
        return {pid: path for pid, path in marks.processes(self._marks).items() if pid not in self._dead}

    def kill_while(self, crowd: Crowd, kills: int, wanted: Sequence[Phase] = IN_TURN) -> None:
        """Kill as often as that, while people apply."""
        while self.struck.kills < kills and crowd.is_applying():
            if self._is_worker_next():
                self._kill_worker()
            else:
                self._kill_web(wanted[self.struck.kills % len(wanted)], crowd)

    def _is_worker_next(self) -> bool:
        is_old = time.monotonic() - self._hired_at > WORKER_AGE_SECONDS
        return self._worker is not None and is_old and self.struck.kills >= 5 * (self.struck.worker_kills + 1)

    def _kill_worker(self) -> None:
        if self._worker is None or self._worker.poll() is not None:
            raise SystemExit(f"the worker has ended by itself, see {self._log.name}")
        self._worker.kill()
        self._worker.wait()
        self.struck.kills += 1
        self.struck.worker_kills += 1
        self._hire()

    def _kill_web(self, wanted: Phase, crowd: Crowd) -> None:
        """Wait until a process stands where it is wanted, and kill it there.

        Only while all are there, so that the others go on answering, and after a rest in which they can.
        """
        self.wait_until(lambda: len(self.alive()) == self._web_workers)
        time.sleep(self._dice.random() * REST_SECONDS)
        while crowd.is_applying():
            met = {pid: marks.read(path) for pid, path in self.alive().items()}
            found = [pid for pid, phases in met.items() if wanted is Phase.IDLE or wanted in phases]
            if found and self._is_caught(pid := self._dice.choice(found), wanted):
                self._kill(pid)
                return
            time.sleep(GLANCE_SECONDS)

    def _is_caught(self, pid: int, wanted: Phase) -> bool:
        """Hold a process, and let it go again if it has gone on since the glance."""
        if wanted is Phase.IDLE:
            return True
        os.kill(pid, signal.SIGSTOP)
        self.wait_until(lambda: _state(pid) in HELD)
        if wanted in marks.read(self.alive()[pid]):
            return True
        os.kill(pid, signal.SIGCONT)
        return False

    def _kill(self, pid: int) -> None:
        path = self.alive()[pid]
        os.kill(pid, signal.SIGKILL)
        self._dead.add(pid)
        self.wait_until(lambda: not Path(f"/proc/{pid}").exists())  # the master has buried it
        met = marks.read(path)
        self.struck.kills += 1
        self.struck.inside += bool(met)
        self.struck.requests.update(each.name.lower() for each in met)

    def close(self) -> None:
        """End all processes in order."""
        for process in filter(None, (self._web, self._worker)):
            process.send_signal(signal.SIGTERM)
        for process in filter(None, (self._web, self._worker)):
            process.wait(PATIENCE_SECONDS)
        self._log.close()


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]


@contextmanager
def open_house(
    stage: Stage, *, web_workers: int, variant: str = "", has_worker: bool = False
) -> Iterator[House]:
    """Start the processes, wait until people can apply, and end them afterwards."""
    house = House(stage, web_workers=web_workers, variant=variant, has_worker=has_worker)
    try:
        house.wait_until(lambda: len(house.alive()) == web_workers)
        yield house
    finally:
        house.close()
