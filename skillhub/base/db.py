"""The database handle, the UTC column type, and the unit of work.

The only module, with `prepared` and `driver`, that knows the SQL dialect. Everything
that writes does so inside `unit_of_work()`; a write anywhere else is refused, whether
it comes from the ORM, from Core or from text.
"""

from __future__ import annotations

import random
import re
import select
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Engine, MetaData, TypeDecorator, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from skillhub.base import driver
from skillhub.base.errors import Busy, SkillHubError, StorageFull
from skillhub.base.turns import Line

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WEB_WAIT_MS = 2_000
WORKER_WAIT_MS = 30_000
LOOK_AGAIN_AFTER_SECONDS = 0.002
"""So often a writer asks SQLite whether it is free: rarely enough to cost nothing, and often enough that
writers of several processes all get their turn."""
TRUSTED_SECONDS = 0.5
"""A connection that somebody used so short a time ago is not tried before its next use: three tries a request
are a tenth of its time. A server that ends it says so, and that is heard without asking; one that vanishes
without a word costs one request, which is asked to come again."""
_PRIMARY_CODE = 0xFF
"""SQLite's extended codes tell more in the higher bits."""
_WRITES = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|WITH\b.*\b(?:INSERT|UPDATE|DELETE)\b)",
    re.IGNORECASE | re.DOTALL,
)
_LOCKS = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b|\bLOCK TABLE\b", re.IGNORECASE)


class UTCDateTime(TypeDecorator[datetime]):
    """Stores aware datetimes as UTC and refuses naive ones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Turn an aware datetime into UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime; use skillhub.base.clock.now()")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Give what the database holds its time zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Model(DeclarativeBase):
    """Base of every table.

    A plain SQLAlchemy base, so that mypy understands it. Constraint names are
    fixed, so that a migration on another machine can drop them.
    """

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads a plain dict)
        datetime: UTCDateTime,
        list[str]: JSON,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
    }


db = SQLAlchemy(metadata=Model.metadata)


class NestedUnitOfWork(RuntimeError):
    """A service called another service's public function; share its `…_in(unit, …)` instead."""


class MoreThanOneStatement(RuntimeError):
    """A unit that promised to write by one statement, or to lock nothing, did more."""


class WriteOutsideUnit(RuntimeError):
    """Something was added or changed outside a unit of work."""


@dataclass
class Unit:
    """The open transaction: its session, what it results in, and what to do once it has been kept."""

    session: Session
    is_one_statement: bool = False
    has_written: bool = False
    patience_ends: float | None = None
    reference: str | None = None
    calls: list[Callable[[], object]] = field(default_factory=list)

    def refer(self, reference: str) -> str:
        """Name the result (a receipt, a code, an id) by which a repeated request shows it again."""
        self.reference = reference
        return reference

    def after_commit(self, call: Callable[[], object]) -> None:
        """Run `call` once the commit has succeeded (events, plugin notices)."""
        self.calls.append(call)


@dataclass(frozen=True)
class _Door:
    """Before a database that lets one write at a time: this process's line, and how patient it is."""

    line: Line
    wait_seconds: float


_doors: WeakKeyDictionary[Engine, _Door] = WeakKeyDictionary()
_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)
_before_commit: list[Callable[[Unit], None]] = []


def before_commit(call: Callable[[Unit], None]) -> None:
    """Register what every unit does last, inside its transaction (idempotency keys)."""
    _before_commit.append(call)


def in_unit_of_work() -> bool:
    """Tell whether a transaction is open (the plugin bus refuses to ask then)."""
    return _unit.get() is not None


@contextmanager
def unit_of_work(*, is_one_statement: bool = False) -> Iterator[Unit]:
    """One use case, one transaction: commit on leaving, roll back on any error.

    :param is_one_statement: one statement writes it all, and a server keeps that by itself: its locks end
        with it, not when a thread that waits for its turn comes to say COMMIT. Reading is free.
    :raises NestedUnitOfWork: a unit is open already.
    :raises MoreThanOneStatement: one was promised.
    :raises Busy: the database was held by someone else for too long.
    :raises StorageFull: the disk is full or read-only.
    """
    if _unit.get() is not None:
        raise NestedUnitOfWork
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise WriteOutsideUnit  # else the rollback below would lose it without a word
    session.rollback()  # ends the view's read transaction, if it began one
    unit = Unit(session, is_one_statement)
    with _turn(unit):
        token = _unit.set(unit)
        try:
            session.connection(execution_options={"write": True, "one_statement": is_one_statement})
            yield unit
            for call in _before_commit:
                call(unit)
            session.commit()
        except OperationalError as error:
            session.rollback()
            raise translated(error) from error
        except BaseException:
            session.rollback()
            raise
        finally:
            _unit.reset(token)
    for call_after in unit.calls:
        call_after()


@contextmanager
def _turn(unit: Unit) -> Iterator[None]:
    """Let the threads of this process pass one after the other where the database lets one write at a time.

    :raises Busy: the turn did not come in time.
    """
    door = _doors.get(unit.session.get_bind().engine)
    if door is None:
        yield
        return
    unit.patience_ends = time.monotonic() + door.wait_seconds
    if not door.line.enter(door.wait_seconds):
        raise Busy
    try:
        yield
    finally:
        door.line.leave()


def connected(engine: Engine) -> Connection:
    """Return a connection of a guarded engine whose statements are kept or taken back together."""
    return engine.connect().execution_options(together=True)


def upsert(unit: Unit, table: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that can say what to do on conflict; both databases speak the same words for it."""
    is_sqlite = unit.session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def lock_table(unit: Unit, table: type[Model]) -> None:
    """Let nobody else write to a table until the unit ends; on SQLite the unit is alone anyway."""
    if unit.session.get_bind().dialect.name != "sqlite":
        unit.session.execute(text(f"LOCK TABLE {table.__tablename__} IN EXCLUSIVE MODE"))


def does_all_at_once(unit: Unit) -> bool:
    """Tell whether one statement can update, insert and read what it wrote (SQLite has no writing CTE)."""
    return unit.session.get_bind().dialect.name != "sqlite"


def translated(error: DBAPIError) -> SkillHubError | DBAPIError:
    """Return the error that a person can understand, or the same one if it is a bug."""
    said = str(error.orig).lower()
    busy = ("database is locked", "lock timeout", "deadlock", "could not serialize", "canceling statement")
    gone = ("connection", "server closed", "terminating", "starting up", "too many clients")
    full = ("disk is full", "no space left", "readonly database", "disk i/o", "read-only transaction")
    if any(each in said for each in full):
        return StorageFull()
    if any(each in said for each in busy) or any(each in said for each in gone):
        return Busy()
    return error


def let_go(_error: BaseException | None = None) -> None:
    """Give the connection back at the end of a request, even one that the server has cut meanwhile.

    Rolling back on a dead connection fails; the answer that is on its way must not become
    an error for that.
    """
    try:
        db.session.remove()
    except DBAPIError:
        db.session().invalidate()
        db.session.registry.clear()


def guard(engine: Engine, *, wait_ms: int = WEB_WAIT_MS) -> None:
    """Make transactions real and refuse writes outside a unit of work, on this engine.

    Left alone, the SQLite driver begins late, so two requests can both see the
    last free seat and both take it. Writers therefore queue at BEGIN IMMEDIATE
    for at most `wait_ms` milliseconds: those of one process in the order in which
    they came, those of several by asking often. Readers never wait.

    On PostgreSQL what is read outside a unit is read statement by statement: at READ COMMITTED that
    sees the same, and the driver, which throws away its prepared statements at every ROLLBACK, keeps them.
    The longest statement of an application takes the planner ten times as long as the executor.
    """
    event.listen(engine, "before_cursor_execute", _refuse_write_outside)
    if engine.dialect.name != "sqlite":
        _guard_server(engine, wait_ms)
        return
    _doors[engine] = _Door(Line(), wait_ms / 1_000)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {wait_ms}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # the ledger lives here: no acknowledged row is lost

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("write", False):
            connection.exec_driver_sql("BEGIN")
            return
        unit = _unit.get()
        patience_ends = unit.patience_ends if unit else None
        _begin_to_write(connection, wait_ms, patience_ends or time.monotonic() + wait_ms / 1_000)


def _guard_server(engine: Engine, wait_ms: int) -> None:
    """Let statements stand alone unless a transaction is asked for."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {wait_ms}")
            cursor.execute("SET idle_in_transaction_session_timeout = 60000")
        connection.commit()
        connection.autocommit = True  # the driver begins nothing of its own

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        is_whole = options.get("write", False) and not options.get("one_statement", False)
        if is_whole or options.get("together", False):
            driver.say(connection, "BEGIN", has_rows=False)

    @event.listens_for(engine, "before_cursor_execute")
    def _count(_connection: Connection, _cursor: object, statement: str, *_told: object) -> None:
        unit = _unit.get()
        if unit is None or not unit.is_one_statement:
            return
        is_writing = _is_writing(statement)
        if _is_locking(statement) or (is_writing and unit.has_written):
            raise MoreThanOneStatement(statement.split("\n", 1)[0][:80])
        unit.has_written |= is_writing

    _trust_for_a_moment(engine)


def _trust_for_a_moment(engine: Engine) -> None:
    """Ask a connection whether it still stands before it is lent, unless it was just used."""

    @event.listens_for(engine, "checkin")
    def _note(_connection: object, record: Any) -> None:
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _try(connection: Any, record: Any, _proxy: object) -> None:
        left_at = record.info.get("left_at")
        is_trusted = left_at is None or time.monotonic() - left_at < TRUSTED_SECONDS
        if is_trusted and not _has_been_told_something(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the server has gone: so have all the others


def _has_been_told_something(connection: Any) -> bool:
    """Tell whether the server has said something unasked to a connection in the pool: a farewell, mostly."""
    ear = select.poll()
    ear.register(connection.fileno(), select.POLLIN)
    return bool(ear.poll(0))


def _begin_to_write(connection: Connection, wait_ms: int, patience_ends: float) -> None:
    """Be the one who writes, or find out that it takes too long.

    SQLite itself would ask again after a tenth of a second at last. Another process that writes
    without a pause leaves gaps much shorter than that, so the one who waits would hardly ever hit one.
    """
    alone: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    alone.execute("PRAGMA busy_timeout = 0")
    try:
        while not _has_begun(alone, is_last=time.monotonic() >= patience_ends):
            time.sleep(random.uniform(0.5, 1.5) * LOOK_AGAIN_AFTER_SECONDS)  # noqa: S311 (no secret)
    except sqlite3.OperationalError as error:
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    finally:
        alone.execute(f"PRAGMA busy_timeout = {wait_ms}")


def _has_begun(alone: sqlite3.Connection, *, is_last: bool) -> bool:
    try:
        alone.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_last or error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@lru_cache(maxsize=1_000)
def _is_writing(statement: str) -> bool:
    return _WRITES.match(statement) is not None


@lru_cache(maxsize=1_000)
def _is_locking(statement: str) -> bool:
    return _LOCKS.search(statement) is not None


def _refuse_write_outside(
    connection: Connection,
    _cursor: object,
    statement: str,
    _parameters: object,
    context: Any,
    _many: bool,  # noqa: FBT001 (SQLAlchemy passes it by position)
) -> None:
    if _unit.get() is None and _is_writing(statement):
        if (context.execution_options if context else connection.get_execution_options()).get("outside_unit"):
            return
        raise WriteOutsideUnit(statement.split("\n", 1)[0][:80])
