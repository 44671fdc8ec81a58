"""A program for tests: a worker with one handler, on the database that its argument names."""

import signal
import sys
import threading
import time

from flask import Flask
from sqlalchemy import UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base import work
from skillhub.base.db import WORKER_WAIT_MS, Model, db, guard, unit_of_work

ITEMS = 100
AT_ONCE = 5


class WorkDone(Model):
    """One item that was done; that it was done once is the constraint's word."""

    __tablename__ = "work_done"
    __table_args__ = (UniqueConstraint("job", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str]
    item: Mapped[int]


@work.handles("tests.items")
def do_items(payload, cursor):
    """Do five items, slowly; those that are there already were done by a worker that died."""
    items = range(cursor, cursor + AT_ONCE)
    with unit_of_work() as unit:
        kept = set(unit.session.scalars(select(WorkDone.item).where(WorkDone.job == payload["job"])))
        for item in items:
            if item not in kept:
                unit.session.execute(insert(WorkDone).values(job=payload["job"], item=item))
    time.sleep(0.1)
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


if __name__ == "__main__":
    from skillhub.base.work.engine import Worker

    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    worker = Worker(small_app(sys.argv[1]), sys.argv[1])
    worker.start()
    print("started", flush=True)
    ended.wait()
    worker.stop()
    import os

    os._exit(0)
