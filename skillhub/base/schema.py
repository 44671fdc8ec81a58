"""The only place that changes and compares the database's structure: ours, and the background engine's.

Migrations run on connections of their own, one transaction each, on SQLite too:
a migration that is killed half-way has not happened.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as Alembic
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event

from skillhub.base.db import Model
from skillhub.base.problem import Problem
from skillhub.base.work import engine as work_engine

PACKAGE = Path(__file__).parents[1]
SCRIPTS = PACKAGE / "migrations"
HEAD = "head"
NOTHING = "base"
LOCK_WAIT_MS = 5_000
STATEMENT_MS = 600_000


class State(StrEnum):
    """How a database stands to the migrations of this version of the program."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


class SchemaProblem(Problem):
    """The database does not fit this version of the program."""


def upgrade(url: str, target: str = HEAD) -> None:
    """Bring a database to a version: our tables, then those of the background engine.

    :raises SchemaProblem: a newer version of the program has been here.
    """
    refuse_newer(url)
    _run(url, "upgrade", target)
    work_engine.migrate(url)


def downgrade(url: str, target: str) -> None:
    """Take a database back to a version; to `base` means that nothing is left, the engine's tables included.

    :raises SchemaProblem: a newer version of the program has been here.
    """
    refuse_newer(url)
    _run(url, "downgrade", target)
    if target == NOTHING:
        work_engine.remove(url)


def _run(url: str, direction: str, target: str) -> None:
    settings = _alembic()
    with _connected(url, write=True) as connection:
        settings.attributes["connection"] = connection
        getattr(command, direction)(settings, target)


def check(url: str) -> list[str]:
    """Return each difference between the models and the database, one line each; none is how it should be."""
    load_models()
    with _connected(url) as connection, connection.begin():
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours, "render_as_batch": True}
        )
        found = [_told(each) for each in compare_metadata(context, Model.metadata)]
        if not work_engine.is_migrated(connection):
            found.append("the tables of the background engine are missing")
    return found


def state(url: str) -> State:
    """Return how a database stands to our migrations."""
    scripts = ScriptDirectory.from_config(_alembic())
    known = {each.revision for each in scripts.walk_revisions()}
    with _connected(url) as connection, connection.begin():
        found = set(MigrationContext.configure(connection).get_current_heads())
    if not found:
        return State.EMPTY
    if not found <= known:
        return State.NEWER
    return State.CURRENT if found == set(scripts.get_heads()) else State.BEHIND


def refuse_newer(url: str) -> State:
    """Return how a database stands, unless a newer version of the program has been here.

    :raises SchemaProblem: it has.
    """
    found = state(url)
    if found is State.NEWER:
        raise SchemaProblem(
            "数据库来自更新版本的 SkillHub。请换用那个版本的程序，或者从备份恢复与本版本相配的数据库。"
        )
    return found


def require_current(url: str) -> None:
    """Pass only if a database is at this version, the background engine's tables included.

    :raises SchemaProblem: it is empty, behind or newer.
    """
    if refuse_newer(url) is not State.CURRENT or not _has_engine(url):
        raise SchemaProblem("数据库还没有升级到本版本。请先运行：skillhub db upgrade")


def _has_engine(url: str) -> bool:
    with _connected(url) as connection, connection.begin():
        return work_engine.is_migrated(connection)


def draft(url: str, message: str) -> Path:
    """Write a new migration: what the models have and a database (at the last version) has not."""
    load_models()
    settings = _alembic()
    with _connected(url) as connection:
        settings.attributes["connection"] = connection
        script = command.revision(settings, message, autogenerate=True)
    written: Any = script[0] if isinstance(script, list) else script
    return Path(written.path)


def load_models() -> None:
    """Import every module that defines tables: all of `base`, and the `model` room of every other package."""
    for module in pkgutil.walk_packages([str(PACKAGE / "base")], "skillhub.base."):
        importlib.import_module(module.name)
    for package in sorted(each.name for each in pkgutil.iter_modules([str(PACKAGE)]) if each.ispkg):
        for module in pkgutil.walk_packages([str(PACKAGE / package)], f"skillhub.{package}."):
            if "model" in module.name.split(".")[2:]:
                importlib.import_module(module.name)


def is_ours(_object: object, name: str | None, kind: str, is_reflected: bool, _compared: object) -> bool:  # noqa: FBT001 (Alembic passes it by position)
    """Tell whether a thing found in the database, or in the models, is for our migrations to look at."""
    return not (kind == "table" and is_reflected and name in work_engine.TABLES)


def _alembic() -> Alembic:
    settings = Alembic()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
    settings.set_main_option("path_separator", "os")
    return settings


@contextmanager
def _connected(url: str, *, write: bool = False) -> Iterator[Connection]:
    engine = create_engine(url, execution_options={"write": write})
    _make_transactional(engine)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _make_transactional(engine: Engine) -> None:
    """Let one transaction hold a whole migration; nobody waits for long behind it on PostgreSQL."""
    if engine.dialect.name != "sqlite":

        @event.listens_for(engine, "connect")
        def _limit(connection: Any, _record: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {LOCK_WAIT_MS}")
                cursor.execute(f"SET statement_timeout = {STATEMENT_MS}")
            connection.commit()

        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _told(difference: Any) -> str:
    if isinstance(difference, list):
        return "; ".join(_told(each) for each in difference)
    verb, *things = difference
    return f"{verb}: {', '.join(str(each) for each in things if each is not None)}"
