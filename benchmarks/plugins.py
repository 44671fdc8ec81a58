"""What asking a plugin costs: through the bus in this process and in a worker, against calling it directly.

    python benchmarks/plugins.py [--calls 20000] [--rounds 3]

The same function answers the same question (`decide_completion`) each time, the three ways in turn in the
same run. Prints JSON in microseconds: `figure` is the 95th percentile through a worker and `floor` that of
the same bytes to and fro between two bare processes; `overhead` is what the bus adds to a direct call in
this process (medians), and `megabytes` what the worker holds in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from skillhub.plugins import Attendance, Bus, CompletionDecision, Course, Marks, Outcome, discover, hookimpl
from skillhub.plugins.bus import Answer
from skillhub.plugins.workers import Pool

HOOK, NAME, HERE = "decide_completion", "measured", "here"
FACTS: dict[str, Any] = {
    "course": Course(
        code="C-1", name="家务服务", trade="家政", theory_hours=8, practice_hours=12, minutes_per_hour=45
    ),
    "attendance": Attendance(
        minutes_planned=900, minutes_present=900, sessions_planned=5, sessions_present=5
    ),
    "marks": Marks(theory=80, practice=70),
    "on": date(2025, 6, 1),
}
MANIFEST = f"""
name = "{NAME}"
version = "1.0.0"
api = 1
title = "测速"
districts = []
hooks = ["{HOOK}"]
"""
CODE = '''"""Answers at once."""

from skillhub.plugins import CompletionDecision, Outcome, hookimpl


@hookimpl
def decide_completion(course, attendance, marks, on):
    """Let everyone pass."""
    return CompletionDecision(outcome=Outcome.CERTIFIED)
'''
ECHO = "import os\nwhile data := os.read({end}, 65536):\n    os.write({end}, data)"
BYTES = 400
"""In a question, about."""
MICRO = 1_000_000


class Here:
    """The same plugin in this process."""

    @hookimpl
    def decide_completion(self, course: Course, attendance: Attendance, marks: Marks, on: date) -> object:  # noqa: ARG002 (all facts are handed over, as to a plugin that weighs them)
        """Let everyone pass."""
        return CompletionDecision(outcome=Outcome.CERTIFIED)


def times(call: Callable[[], object], calls: int) -> list[float]:
    """Return what each call took, in microseconds, sorted."""
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * MICRO)
    return sorted(taken)


def at(taken: list[float], share: float) -> float:
    """Return a percentile of sorted times."""
    return taken[int(len(taken) * share)]


@contextmanager
def echo() -> Iterator[Callable[[], object]]:
    """Give a function that sends bytes to a bare process and reads them back."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = subprocess.Popen(  # noqa: S603 (our own interpreter)
            [sys.executable, "-I", "-S", "-c", ECHO.format(end=theirs.fileno())], pass_fds=(theirs.fileno(),)
        )
        theirs.close()
        body = bytes(BYTES)

        def there_and_back() -> None:
            ours.sendall(body)
            ours.recv(BYTES)

        yield there_and_back
    child.wait()


@contextmanager
def buses() -> Iterator[tuple[Bus, Pool]]:
    """Give a bus with the plugin here and the same plugin in a worker that is ready."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / NAME
        folder.mkdir()
        (folder / "plugin.toml").write_text(MANIFEST, encoding="utf-8")
        (folder / "__init__.py").write_text(CODE, encoding="utf-8")
        pool = Pool()
        bus = Bus(apart=pool)
        bus.register(Here(), HERE)
        found = discover.load(bus, {NAME}, (), found=[discover.Candidate(NAME, NAME, folder)])
        if found.rejected or not pool.wait_ready(NAME):
            raise SystemExit(f"the worker does not start: {found.rejected}")
        try:
            yield bus, pool
        finally:
            pool.close()


def asking(bus: Bus, name: str) -> Callable[[], object]:
    """Return a function that asks one plugin, and is satisfied with nothing but its answer."""

    def ask() -> None:
        if not isinstance(bus.decide(HOOK, {name}, **FACTS), Answer):
            raise TypeError(f"{name} gave no answer")

    return ask


def megabytes(pid: int | None) -> float:
    """Return what a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    plugin = Here()
    with buses() as (bus, pool), echo() as there_and_back:
        ways = {
            "direct": lambda: plugin.decide_completion(**FACTS),
            "bus": asking(bus, HERE),
            "worker": asking(bus, NAME),
            "echo": there_and_back,
        }
        rounds = [
            {way: times(call, options.calls) for way, call in ways.items()} for _ in range(options.rounds)
        ]
        memory = megabytes(pool.pid(NAME))
    middle, high = (
        {way: statistics.median(at(each[way], share) for each in rounds) for way in ways}
        for share in (0.5, 0.95)
    )
    print(
        json.dumps(
            {
                "calls": options.calls,
                "figure": round(high["worker"], 1),
                "floor": round(high["echo"], 1),
                "ratio": round(high["worker"] / high["echo"], 1),
                "overhead": round(middle["bus"] - middle["direct"], 1),
                "p50": {way: round(each, 1) for way, each in middle.items()},
                "p95": {way: round(each, 1) for way, each in high.items()},
                "megabytes": round(memory),
            }
        )
    )


if __name__ == "__main__":
    main()
