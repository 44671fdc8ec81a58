"""People who apply, and try again with the same key until they are answered, in a process of their own.

`python -m killing.crowd` reads a `Load` as JSON, lets everybody apply until told to end (SIGTERM; who has
begun goes on until he is answered), and writes `Told` as JSON. It imports nothing of the product.
"""

from __future__ import annotations

import http.client
import json
import queue
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1]
PATIENCE_SECONDS = 60
ACKNOWLEDGED = (200, 201)
AGAIN = (429, 503)
PAUSE_SECONDS = 0.05
BODY = json.dumps({"channel": "网页"})

Call = tuple[str, int, str]
"""For which class, who, and the token of the sign-in."""


@dataclass(frozen=True)
class Load:
    """Who applies, how many at once, how long each rests, and whether the key stays for another try."""

    port: int
    threads: int
    calls: Sequence[Call]
    keeps_key: bool = True
    pause: float = 0.0


@dataclass
class Told:
    """What was told: class, person, receipt, order number and state of all who were acknowledged.

    `sealed_after` is how long the worker took afterwards to seal a new line of audit, in seconds.
    """

    acknowledged: list[tuple[str, int, str, int, str]] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    tries: int = 0
    sealed_after: float = 0.0


class Crowd:
    """The process with the people in it."""

    def __init__(self, load: Load, folder: Path) -> None:
        given, self._told = folder / f"load-{load.port}.json", folder / f"told-{load.port}.json"
        given.write_text(json.dumps(asdict(load)), "utf-8")
        with given.open("rb") as file, self._told.open("wb") as told:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "killing.crowd"], cwd=FOLDER, stdin=file, stdout=told
            )

    def is_applying(self) -> bool:
        """Whether anybody still applies."""
        return self._process.poll() is None

    def end(self) -> Told:
        """Let nobody begin any more, and return what all were told.

        :raises SystemExit: the process has died.
        """
        if self.is_applying():
            self._process.send_signal(signal.SIGTERM)
        if self._process.wait(2 * PATIENCE_SECONDS):
            raise SystemExit("the people who apply have died")
        found = json.loads(self._told.read_text("utf-8"))
        acknowledged = [tuple(each) for each in found["acknowledged"]]
        return Told(acknowledged, Counter(found["others"]), found["tries"])  # type: ignore[arg-type]


@contextmanager
def applying(load: Load, folder: Path) -> Iterator[Crowd]:
    """Let people apply; nobody is left behind if something goes wrong."""
    made = Crowd(load, folder)
    try:
        yield made
    finally:
        made.end()


def apply_all(load: Load, ended: threading.Event) -> Told:
    """Let people apply until all have, or it has ended."""
    waiting: queue.SimpleQueue[Call] = queue.SimpleQueue()
    for each in load.calls:
        waiting.put(each)
    told, lock = Told(), threading.Lock()

    def work() -> None:
        while not ended.is_set():
            try:
                call = waiting.get_nowait()
            except queue.Empty:
                return
            _until_answered(load, call, told, lock)
            time.sleep(load.pause)

    threads = [threading.Thread(target=work) for _ in range(load.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _until_answered(load: Load, call: Call, told: Told, lock: threading.Lock) -> None:
    key, (batch, person_id, _) = secrets.token_hex(12), call
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        status, body = _apply(load.port, call, key)
        with lock:
            told.tries += 1
            if status in ACKNOWLEDGED:
                told.acknowledged.append((batch, person_id, body["receipt"], body["order_no"], body["state"]))
                return
            if status not in (*AGAIN, 0):
                told.others[f"{status} {body.get('code')}"] += 1
                return
        if not load.keeps_key:
            key = secrets.token_hex(12)
        time.sleep(PAUSE_SECONDS)
    with lock:
        told.others["never answered"] += 1


def _apply(port: int, call: Call, key: str) -> tuple[int, dict[str, Any]]:
    """Return status and body; 0 where the connection was lost."""
    batch, _, token = call
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    try:
        connection.request("POST", f"/api/v1/batches/{batch}/applications", BODY.encode(), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()


def main() -> None:
    """Apply as standard input says; write what was told."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    told = apply_all(Load(**json.load(sys.stdin)), ended)
    json.dump(asdict(told), sys.stdout)


if __name__ == "__main__":
    main()
