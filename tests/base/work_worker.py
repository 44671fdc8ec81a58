"""A program for tests: a worker with one handler, on the database that its argument names."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint, insert, select

from skillhub.base import work
from skillhub.base.db import WORKER_WAIT_MS, Model, db, guard, unit_of_work
from skillhub.base.work import engine

SLICES = 20
AT_ONCE = 5
ITEMS = SLICES * AT_ONCE
DONE = Table(  # not one of ours: it has its own metadata, so that no migration is missed
    "work_done",
    MetaData(),
    Column("job", String, nullable=False),
    Column("item", Integer, nullable=False),
    UniqueConstraint("job", "item"),
)
TABLES = ("job", "worker_heartbeat")


@work.handles("tests.items")
def do_items(payload, cursor):
    """Do five items, slowly, in two units; those that are there were done by a worker that died."""
    for item in range(cursor, cursor + AT_ONCE):
        with unit_of_work() as unit:
            kept = unit.session.scalar(
                select(DONE.c.item).where(DONE.c.job == payload["job"], DONE.c.item == item)
            )
            if kept is None:
                unit.session.execute(insert(DONE).values(job=payload["job"], item=item))
        time.sleep(0.02)
    end = cursor + AT_ONCE
    return work.Slice(next=end if end < ITEMS else None, done=end, of=ITEMS)


def small_app(url):
    """Return an application with the database and durable work, and nothing else."""
    app = Flask("tests")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    with app.app_context():
        guard(db.engine, wait_ms=WORKER_WAIT_MS)
    work.init_app(app, None, inline=False)
    return app


def make_tables(url):
    """Make what the worker needs, the library's own tables included."""
    Model.metadata.create_all(db.engine, [Model.metadata.tables[name] for name in TABLES])
    DONE.metadata.create_all(db.engine)
    engine.migrate(url)


def main(url):
    """Work until SIGTERM."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    worker = engine.Worker(small_app(url), url)
    worker.start()
    ended.wait()
    worker.stop()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
