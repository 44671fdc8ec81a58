"""What pages of certificates cost: the verify page for sixteen clients, and a certificate on a phone.

    python benchmarks/verifying.py [--seconds 10] [--rounds 3]

Prints JSON. `figure`: milliseconds within which 95 of 100 answers of the verify page came, asked by sixteen
clients in two processes, with two web processes on SQLite, each certificate in turn, and more of them than
a process keeps answers of. `again`: the same for a hundred that were all looked at before. `floor`: the
same as `figure` for a bare Flask route that reads the row of the certificate and answers with the same
page, ready made, in the same run. `phone`: seconds and bytes of a certificate as WeChat's browser loads
it, page, styles and picture, once everything was asked for before. Medians of the rounds; refused answers
end the run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response
from rushing.stage import bare as served
from sqlalchemy import create_engine, select

from skillhub.accounts import cookies
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.service import sign_in
from skillhub.app import create_app
from skillhub.base import clock, schema, seal
from skillhub.base.db import db, unit_of_work
from skillhub.config import Config
from skillhub.credentials import service
from skillhub.credentials.model import Certificate
from skillhub.credentials.vc.verify import KEPT
from skillhub.testing.factories.base import LUNAN, Persons, make_districts
from skillhub.testing.factories.credentials import Classes
from skillhub.testing.factories.many import copied

DAY = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
CERTIFICATES = 2 * KEPT
MANY_LOOK_AT = 100
CLIENTS, CLIENT_PROCESSES, WEB_PROCESSES = 16, 2, 2
PATIENCE_SECONDS = 30
MOST_MS, MOST_BYTES, MOST_SECONDS = 300.0, 300 * 1024, 0.5
DATABASE, PAGE = "BENCH_DATABASE", "BENCH_PAGE"
WECHAT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.47"
_PARTS = re.compile(r'(?:<link rel="stylesheet" href|<img class="paper" src)="([^"]+)"')


@dataclass(frozen=True)
class Stage:
    """An installation with signed certificates: where it lies, their ids, and the cookie of one holder."""

    url: str
    folder: str
    public_ids: tuple[str, ...]
    first: str
    cookie: str

    @property
    def environ(self) -> dict[str, str]:
        """Return the settings for a web process."""
        return {
            "SKILLHUB_PROFILE": "test",
            "SKILLHUB_DATA": self.folder,
            "SKILLHUB_KEYS": f"{self.folder}/keys",
            "SKILLHUB_DATABASE_URL": self.url,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }


def stage(folder: str) -> Stage:
    """Make one, with everything signed."""
    url = f"sqlite:///{folder}/bench.sqlite"
    seal.make(Path(folder) / "keys")
    schema.upgrade(url)
    config = Config(profile="test", data=folder, keys=f"{folder}/keys", database_url=url)
    app = create_app(config, inline_work=True)
    with app.app_context():
        with clock.frozen_at(DAY):
            make_districts()
            made = Classes(Persons(LUNAN)).marked()
            with unit_of_work() as unit:
                first = service.issue_in(
                    unit, actor=made.school.actor, application_id=made.application_ids[0]
                )
            copied(first, CERTIFICATES - 1)
        service.bring_up_to_date()
        with unit_of_work() as unit:
            token = sign_in.start_in(unit, person_id=made.people[0].person_id, kind=sign_ins.PAGE).token
        ids = tuple(db.session.scalars(select(Certificate.public_id).order_by(Certificate.id)))
        cookie = f"{cookies.name()}={token}"
        db.session.remove()
        db.engine.dispose()
    return Stage(url, folder, ids, first, cookie)


def bare() -> Flask:
    """Build the floor: one row by its key, and a page that is ready."""
    app, page = Flask("bare"), Path(os.environ[PAGE]).read_bytes()
    engine = create_engine(os.environ[DATABASE])

    @app.get("/verify/<public_id>")
    def verify(public_id: str) -> Response:
        with engine.connect() as connection:
            found = connection.execute(select(Certificate.facts).where(Certificate.public_id == public_id))
            return Response(page if found.one() else b"", mimetype="text/html")

    return app


def ask(connection: http.client.HTTPConnection, path: str, **headers: str) -> bytes:
    """Return what lies at an address, as it came over the wire.

    :raises SystemExit: it was refused.
    """
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != HTTPStatus.OK:
        raise SystemExit(f"{path}: {answer.status}")
    return data


def clients(port: int, paths: Sequence[str], seconds: float, results: Any) -> None:
    """Ask from several threads until the time is over."""
    taken: list[float] = []

    def one(place: int) -> None:
        end, turn = time.perf_counter() + seconds, place
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
            while (began := time.perf_counter()) < end:
                ask(connection, paths[turn % len(paths)])
                taken.append(time.perf_counter() - began)
                turn += CLIENTS

    threads = [threading.Thread(target=one, args=(place,)) for place in range(CLIENTS // CLIENT_PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(taken)


def rush(port: int, paths: Sequence[str], seconds: float) -> dict[str, float]:
    """Return how fast sixteen clients were answered.

    :raises SystemExit: a client was refused or got nothing.
    """
    results: Any = multiprocessing.Queue()
    asking = [
        multiprocessing.Process(target=clients, args=(port, paths, seconds, results))
        for _ in range(CLIENT_PROCESSES)
    ]
    for process in asking:
        process.start()
    taken = sorted(each for _ in asking for each in results.get())
    for process in asking:
        process.join()
    if not taken:
        raise SystemExit("nothing was answered")
    return {
        "p50_ms": taken[len(taken) // 2] * 1000,
        "p95_ms": taken[int(len(taken) * 0.95)] * 1000,
        "a_second": len(taken) / seconds,
    }


def phone(port: int, stage: Stage) -> dict[str, float]:
    """Return the seconds and bytes of a certificate as a phone loads it when it was asked for before."""
    headers = {"User-Agent": WECHAT, "Cookie": stage.cookie, "Accept-Encoding": "gzip"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        plain = {name: value for name, value in headers.items() if name != "Accept-Encoding"}
        page = ask(connection, f"/certificates/{stage.first}", **plain).decode()
        parts = [each.replace("&amp;", "&") for each in _PARTS.findall(page)]
        if not any(each.endswith(".png") for each in parts):
            raise SystemExit("the page shows no picture")
        paths = [f"/certificates/{stage.first}", *parts]
        for path in paths:
            ask(connection, path, **headers)
        began = time.perf_counter()
        size = sum(len(ask(connection, path, **headers)) for path in paths)
        return {"seconds": time.perf_counter() - began, "bytes": size, "requests": len(paths)}


def measure(seconds: float, rounds: int) -> dict[str, Any]:
    """Measure pages and floor in turns, so that a busy minute of the machine hits both alike."""
    pages, again, floors, phones = [], [], [], []
    with tempfile.TemporaryDirectory(prefix="skillhub-bench-") as folder:
        made = stage(folder)
        paths = [f"/verify/{each}" for each in made.public_ids]
        file = Path(folder) / "page.html"
        for _ in range(rounds):
            with served("skillhub.wsgi:app", WEB_PROCESSES, made.environ) as port:
                with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as one:
                    file.write_bytes(ask(one, paths[0]))
                pages.append(rush(port, paths, seconds))
                rush(port, paths[:MANY_LOOK_AT], seconds / 2)
                again.append(rush(port, paths[:MANY_LOOK_AT], seconds))
                phones.append(phone(port, made))
            environ = {DATABASE: made.url, PAGE: str(file), "PYTHONPATH": os.pathsep.join(sys.path)}
            with served("verifying:bare()", WEB_PROCESSES, environ) as port:
                floors.append(rush(port, paths, seconds))
    found, looked, floor, seen = (_medians(each) for each in (pages, again, floors, phones))
    return {
        "figure": found["p95_ms"],
        "floor": floor["p95_ms"],
        "ratio": found["p95_ms"] / floor["p95_ms"],
        "verify_page": found,
        "again": looked,
        "bare_route": floor,
        "phone": seen,
        "is_kept": found["p95_ms"] <= MOST_MS
        and seen["bytes"] <= MOST_BYTES
        and seen["seconds"] <= MOST_SECONDS,
    }


def _medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: round(statistics.median(row[key] for row in rows), 4) for key in rows[0]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.seconds, asked.rounds), indent=1))


if __name__ == "__main__":
    main()
