"""The only module that knows DBOS, the library that brings jobs to the worker and survives its death.

Its tables lie in our own database, so a job is enqueued in the transaction of its
unit. Only the job's id is handed over, as JSON: nothing is ever pickled. DBOS
promises that the workflow of a job is run until it has ended; where to go on is
written in the job's row.

Repeated tasks are not DBOS schedules: those leave a row behind for each turn and
make up for turns that were missed, and both are wrong for "refresh what is old".
A thread for each task is enough, because the task itself looks at what is due.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from skillhub.base import clock
from skillhub.base.db import Unit
from skillhub.base.errors import Busy
from skillhub.base.work import handlers, heartbeat, slices

log = logging.getLogger("skillhub.work")

APPLICATION = "skillhub"
VERSION = "1"  # fixed: work that was enqueued before an upgrade is done after it
EXECUTOR = "worker"
QUEUE = "jobs"
WORKFLOW = "skillhub.job"
SCHEMA = "dbos"
POLLING_SECONDS = 0.1
THREADS = {"sqlite": 1, "postgresql": 4}  # SQLite has one writer, and its lock is not fair to the pages
KEPT_FOR = timedelta(days=1)
SWEPT_EVERY_SECONDS = 3600.0
SWEPT_AT_ONCE = 500
GRACE_SECONDS = 20.0
TABLES = frozenset(
    {
        "application_versions",
        "dbos_migrations",
        "notifications",
        "operation_outputs",
        "queues",
        "streams",
        "workflow_events",
        "workflow_events_history",
        "workflow_input",
        "workflow_output",
        "workflow_schedules",
        "workflow_status",
    }
)


def quiet() -> None:
    """Let the library speak of trouble only; by default it prints its news and an advertisement."""
    logging.getLogger("dbos").setLevel(logging.WARNING)


class Sender:
    """Enqueues jobs in the transaction of their unit; the only way that may be used inside one.

    The library's plain `enqueue` opens a connection of its own, and on SQLite would
    wait for the unit's lock for ever.
    """

    def __init__(self, engine: Engine) -> None:
        quiet()
        self._client = DBOSClient(
            system_database_engine=engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
        )

    def enqueue(self, unit: Unit, job_id: str) -> None:
        """Note the job; a unit that rolls back has enqueued nothing."""
        self._client.enqueue_in_transaction(
            unit.session,
            {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": job_id},
            job_id,
        )


class Worker:
    """Carries out jobs and repeated tasks until it is stopped; one for each installation."""

    def __init__(self, app: Flask, database_url: str) -> None:
        quiet()
        self._app = app
        self._stopping = threading.Event()
        self._busy = 0
        self._changed = threading.Condition()
        self._kind = database_url.partition(":")[0].partition("+")[0]
        config = DBOSConfig(
            name=APPLICATION,
            system_database_url=database_url,
            serializer=DBOSPortableJSONSerializer(),
            application_version=VERSION,
            executor_id=EXECUTOR,
            run_migrations=False,
            log_level="WARNING",
        )
        DBOS(config=config)
        self._register()

    def start(self) -> None:
        """Take up what was left behind, then what comes."""
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=THREADS[self._kind],
            polling_interval_sec=POLLING_SECONDS,
            on_conflict="always_update",
        )
        self._repeat("heartbeat", heartbeat.EVERY_SECONDS, _Beats())
        self._repeat("finished jobs", SWEPT_EVERY_SECONDS, sweep)
        for each in handlers.repetitions():
            self._repeat(each.name, each.seconds, each.task)

    def stop(self) -> None:
        """Let running slices end (for a while), then let go of the database.

        A job between two slices is left as it is; the next worker goes on with it.
        The process must end afterwards without joining its threads.
        """
        self._stopping.set()
        with self._changed:
            self._changed.wait_for(lambda: self._busy == 0, GRACE_SECONDS)
        DBOS.destroy()

    def _register(self) -> None:
        def slice_of(job_id: str) -> bool:
            return self._slice(job_id)

        # Functions and no methods: the library writes attributes onto what it is given.
        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)  # a job outlives any number of kills
        def carry_out(job_id: str) -> None:
            while DBOS.run_step({"name": "slice"}, slice_of, job_id):
                pass

    def _slice(self, job_id: str) -> bool:
        self._stay_while_stopping()
        with self._at_work(), self._app.app_context():
            return slices.run_next(job_id, self._pause)

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            self._count(-1)  # the slice never comes back to say so itself
            self._stay_while_stopping()

    def _stay_while_stopping(self) -> None:
        """Never come back once the worker stops: an end or an error would be kept as the job's own."""
        while self._stopping.is_set():
            time.sleep(GRACE_SECONDS)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._busy += change
            self._changed.notify_all()

    def _repeat(self, name: str, seconds: float, task: Callable[[], object]) -> None:
        def loop() -> None:
            while not self._stopping.is_set():
                self._turn(name, task)
                self._stopping.wait(seconds)

        threading.Thread(target=loop, name=f"every-{name}", daemon=True).start()

    def _turn(self, name: str, task: Callable[[], object]) -> None:
        try:
            with self._at_work(), self._app.app_context():
                task()
        except (Busy, OperationalError) as error:
            log.warning("%s: the database is not available (%s); left to the next turn", name, error)
        except Exception:
            log.exception("%s failed; left to the next turn", name)


class _Beats:
    """Beats; the first time also says since when the worker lives."""

    def __init__(self) -> None:
        self._is_first = True

    def __call__(self) -> None:
        heartbeat.beat(is_first=self._is_first)
        self._is_first = False


def sweep() -> int:
    """Forget the library's own notes of jobs that ended long ago, and return their number; our rows stay."""
    ended = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED"],
        completed_before=(clock.real_now() - KEPT_FOR).isoformat(),
        limit=SWEPT_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if ended:
        DBOS.delete_workflows([each.workflow_id for each in ended])
    return len(ended)


def migrate(database_url: str) -> None:
    """Make or update the library's tables, so that a web process may enqueue before any worker ran."""
    quiet()
    DBOS.migrate(database_url, schema=SCHEMA)


def is_migrated(connection: Connection) -> bool:
    """Tell whether the library's tables are there."""
    schema = None if connection.dialect.name == "sqlite" else SCHEMA
    return inspect(connection).has_table("workflow_status", schema=schema)


def remove(database_url: str) -> None:
    """Drop the library's tables (when everything is taken down)."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for table in sorted(TABLES):
                connection.execute(text(f'DROP TABLE IF EXISTS "{table}"'))
        else:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    engine.dispose()
