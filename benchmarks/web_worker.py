"""Which gunicorn worker class serves SkillHub: answers a second, and one behind idle connections.

    python benchmarks/web_worker.py [--seconds 5] [--rounds 3]

Measures a page (one row read by key through our database guard, one Jinja table of
50 rows) and a form (one unit of work that changes a row) on SQLite under each worker
class with two processes, and, in the same run, the floor: a bare WSGI function under
sync workers. Sixteen clients in two processes
of their own ask as fast as they can. Prints JSON; figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model, db, guard, unit_of_work
from skillhub.base.errors import Busy

CLIENTS = 16
CLIENT_PROCESSES = 2
WEB_PROCESSES = 2
IDLE_CONNECTIONS = 6  # what a browser opens ahead of need
PATIENCE_SECONDS = 10.0
ROWS = 50
PAGE = "<table>{% for n in range(rows) %}<tr><td>{{ n }}</td><td>{{ name }}</td></tr>{% endfor %}</table>"


class BenchRow(Model):
    """The row that the page reads."""

    __tablename__ = "bench_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    times: Mapped[int]


@dataclass(frozen=True)
class Kind:
    """One way of serving."""

    name: str
    target: str
    options: tuple[str, ...]


FLOOR, CHOSEN = "floor", "gthread8"
SYNC = ("--worker-class", "sync")
KINDS = (
    Kind(FLOOR, "web_worker:bare", SYNC),
    Kind("sync", "web_worker:build()", SYNC),
    Kind("gthread4", "web_worker:build()", ("--worker-class", "gthread", "--threads", "4")),
    Kind("gthread8", "web_worker:build()", ("--worker-class", "gthread", "--threads", "8")),
)


def bare(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Answer without any framework."""
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", "2")])
    return [b"ok"]


def build() -> Flask:
    """Build the application with the page."""
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE"]
    db.init_app(app)
    with app.app_context():
        guard(db.engine)

    template = app.jinja_env.from_string(PAGE)

    @app.get("/")
    def page() -> str:
        name = db.session.scalar(select(BenchRow.name).where(BenchRow.id == 1))
        return template.render(rows=ROWS, name=name)

    @app.get("/form")
    def form() -> tuple[str, int]:
        try:
            with unit_of_work() as unit:
                unit.session.execute(update(BenchRow).values(times=BenchRow.times + 1))
        except Busy:
            return "busy", 503
        return "ok", 200

    return app


def make_database(url: str) -> None:
    """Make the table and its row."""
    os.environ["BENCH_DATABASE"] = url
    with build().app_context():
        Model.metadata.create_all(db.engine, [Model.metadata.tables["bench_row"]])
        with db.engine.begin() as connection:
            connection.execution_options(outside_unit=True)
            connection.execute(insert(BenchRow).values(id=1, name="焊工", times=0))


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@contextmanager
def served(kind: Kind) -> Iterator[int]:
    """Serve in one way and lend the port."""
    port = free_port()
    server = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    size = ["--workers", str(WEB_PROCESSES), "--no-control-socket", *kind.options, kind.target]
    process = subprocess.Popen([*server, *size], cwd=Path(__file__).parent)  # noqa: S603 (our own command)
    try:
        for _ in range(200):
            if ask_once(port, patience=1.0) is not None:
                break
            time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ask_once(port: int, patience: float) -> float | None:
    """Return the seconds that one page took, None if it did not come in time."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        return None
    finally:
        connection.close()
    return time.perf_counter() - began


def clients(port: int, path: str, seconds: float, results: Any) -> None:
    """Ask from several threads until the time is over, keeping connections if the server does."""
    taken: list[tuple[float, int]] = []

    def ask() -> None:
        end = time.perf_counter() + seconds
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        while (began := time.perf_counter()) < end:
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                continue
            taken.append((time.perf_counter() - began, answer.status))

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS // CLIENT_PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(taken)


def rush(port: int, path: str, seconds: float) -> dict[str, float]:
    """Return answers a second, the slowest ones in milliseconds, and how many were refused."""
    results: Any = multiprocessing.Queue()
    asking = [
        multiprocessing.Process(target=clients, args=(port, path, seconds, results))
        for _ in range(CLIENT_PROCESSES)
    ]
    for process in asking:
        process.start()
    taken = sorted(each for _ in asking for each in results.get())
    for process in asking:
        process.join()
    return {
        "per_second": len(taken) / seconds,
        "p99_ms": taken[int(len(taken) * 0.99)][0] * 1000,
        "longest_ms": taken[-1][0] * 1000,
        "refused": sum(status != HTTPStatus.OK for _, status in taken),
    }


def behind_idle_connections(port: int) -> float | None:
    """Return the seconds of one page while others hold connections on which they ask nothing."""
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(IDLE_CONNECTIONS)]
    time.sleep(0.2)
    try:
        return ask_once(port, PATIENCE_SECONDS)
    finally:
        for each in idle:
            each.close()


def measure(seconds: float, rounds: int) -> dict[str, list[dict[str, float | None]]]:
    """Measure every way, in turns, so that a busy minute of the machine hits all alike."""
    found: dict[str, list[dict[str, float | None]]] = {kind.name: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            with served(kind) as port:
                row: dict[str, float | None] = {
                    f"page_{key}": value for key, value in rush(port, "/", seconds).items()
                }
                if kind.name != FLOOR:
                    row |= {f"form_{key}": value for key, value in rush(port, "/form", seconds).items()}
                    row["page_behind_idle_connections_s"] = behind_idle_connections(port)
                found[kind.name].append(row)
    return found


def summary(rows: list[dict[str, float | None]]) -> dict[str, float | None]:
    """Return the medians; None if an answer never came."""
    told: dict[str, float | None] = {}
    for key in rows[0]:
        values = [row[key] for row in rows]
        known = [value for value in values if value is not None]
        told[key] = round(statistics.median(known), 3) if len(known) == len(values) else None
    return told


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_database(f"sqlite:///{folder}/bench.sqlite")
        measured = measure(options.seconds, options.rounds)
    found = {name: summary(rows) for name, rows in measured.items()}
    figure, floor = (found[name]["page_per_second"] or 0.0 for name in (CHOSEN, FLOOR))
    print(json.dumps({"figure": figure, "floor": floor, "ratio": round(figure / floor, 3), "kinds": found}))


if __name__ == "__main__":
    main()
