"""How long the whole demonstration takes to load through the services, against inserting the same rows bare.

    python benchmarks/demonstration.py [--database URL]

Loads the demonstration of the five districts into an empty database (SQLite in a
folder of its own; `--database` names an empty one elsewhere), then, in the same run, the
floor: every row that the load has left, table by table, inserted with SQLAlchemy Core, one
statement a row, 200 rows a transaction, with the same engine settings, three times over
into databases of their own, of which the median counts. Passwords of the sign-ins are
hashed by the load and only copied by the floor; their time is told apart. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Table, create_engine, insert, select, text

from skillhub.accounts.service import passwords
from skillhub.app import create_app
from skillhub.base import clock, schema, seal
from skillhub.base.db import Model, connected, db, guard
from skillhub.config import Config
from skillhub.demo import load

DAY = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
ROWS_A_TRANSACTION = 200
Rows = Mapping[Table, Sequence[dict[str, Any]]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--database", help="address of an empty database; default: SQLite in a new folder")
    parser.add_argument("--floor-databases", nargs="+", help="addresses of more empty ones for the floor")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="skillhub-bench-") as name:
        folder = Path(name)
        url = asked.database or f"sqlite:///{folder / 'load.sqlite'}"
        floors = asked.floor_databases or [f"sqlite:///{folder / f'floor{time}.sqlite'}" for time in range(3)]
        print(json.dumps(measured(folder, url, floors), ensure_ascii=False))


def measured(folder: Path, url: str, floor_urls: Sequence[str]) -> dict[str, Any]:
    """Return the seconds of the load and of the floor."""
    seal.make(folder / "keys")
    app = _application(folder, url)
    with app.app_context(), clock.frozen_at(DAY):
        with _hashing() as hashing:
            seconds, cpu = _timed(load.load)
        rows = {table: _rows(table) for table in Model.metadata.sorted_tables}
        db.session.rollback()
    floors = [_floor(each, rows) for each in floor_urls]
    seconds_bare, cpu_bare = (median(each) for each in zip(*floors, strict=True))
    return {
        "benchmark": "demonstration",
        "database": url.split(":", 1)[0],
        "rows": sum(len(each) for each in rows.values()),
        "figure": round(seconds, 2),
        "floor": round(seconds_bare, 2),
        "ratio": round(seconds / seconds_bare, 2),
        "unit": "s",
        "cpu": {"figure": round(cpu, 2), "floor": round(cpu_bare, 2), "ratio": round(cpu / cpu_bare, 2)},
        "hashing_passwords": round(sum(hashing), 2),
    }


def _application(folder: Path, url: str) -> Flask:
    schema.upgrade(url)
    app = create_app(
        Config(profile="demo", data=str(folder), keys=str(folder / "keys"), database_url=url),
        inline_work=True,
    )
    clock.use_source(None)
    return app


def _timed(call: Any) -> tuple[float, float]:
    seconds, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - seconds, time.process_time() - cpu


@contextmanager
def _hashing() -> Iterator[list[float]]:
    """Note how long each password takes to be hashed."""
    taken: list[float] = []
    hasher = passwords._hasher  # noqa: SLF001 (nobody else wants to know)

    class Timed:
        """The same hasher, timed."""

        def hash(self, password: str) -> str:
            """Hash, and note how long it took."""
            began = time.perf_counter()
            made = hasher.hash(password)
            taken.append(time.perf_counter() - began)
            return made

    passwords._hasher = Timed()  # type: ignore[assignment]  # noqa: SLF001
    try:
        yield taken
    finally:
        passwords._hasher = hasher  # noqa: SLF001


def _rows(table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(select(table)).mappings()]


def _floor(url: str, rows: Rows) -> tuple[float, float]:
    """Insert the rows bare, those that are referred to first, and return seconds and processor seconds."""
    schema.upgrade(url)
    engine = create_engine(url)
    guard(engine)
    with connected(engine) as connection, connection.begin():
        for table in reversed(Model.metadata.sorted_tables):  # what the migrations themselves have written
            connection.execute(text(f"DELETE FROM {table.name}").execution_options(outside_unit=True))  # noqa: S608

    def insert_all() -> None:
        for table, each in rows.items():
            statement = insert(table).execution_options(outside_unit=True)
            for start in range(0, len(each), ROWS_A_TRANSACTION):
                with connected(engine).execution_options(write=True) as connection, connection.begin():
                    for row in each[start : start + ROWS_A_TRANSACTION]:
                        connection.execute(statement, row)

    found = _timed(insert_all)
    engine.dispose()
    return found


if __name__ == "__main__":
    main()
