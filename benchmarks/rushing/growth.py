"""Past applications in great numbers, and whether any statement of the path reads a whole table for them."""

from __future__ import annotations

import itertools
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import MetaData, Table, func, insert, select

from rushing.provable import Failed
from rushing.replay import COMMIT, ROLLBACK, Repeater
from rushing.stage import Stage
from skillhub.base.db import db

LARGE = 1_000
MOST_SEATS = 500
A_MONTH = timedelta(days=30)
AT_ONCE = 5_000
READ_WHOLE = ("SCAN ", "Seq Scan on ")


def fill(stage: Stage, applications: int) -> None:
    """Write past applications, with their events and audit lines, over as many past classes as they need."""
    with stage.app.app_context():
        metadata = MetaData()
        metadata.reflect(db.engine, only=["application", "application_event", "audit_entry"])
        table = metadata.tables["application"]
        template = _last(table)
        people = [each.person_id for each in stage.applicants]
        classes = _classes(stage, applications, len(people))
        pairs = itertools.islice(
            ((batch, who) for batch in classes for who in enumerate(people, 1)), applications
        )
        for chunk in _chunks(pairs):
            rows = [_past(table, template, batch, order, person) for batch, (order, person) in chunk]
            _write(table, rows)
        _repeat(metadata.tables["application_event"], applications)
        _repeat(metadata.tables["audit_entry"], applications)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        db.session.remove()


def _classes(stage: Stage, applications: int, people: int) -> list[int]:
    count = -(-applications // people)
    return [stage.batch(seats=min(people, MOST_SEATS)).id for _ in range(count)]


def _last(table: Table) -> dict[str, Any]:
    with db.engine.connect() as connection:
        row = connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().one_or_none()
    if row is None:
        raise Failed(f"{table.name} is empty: somebody has to apply first")
    return dict(row)


def _past(table: Table, template: dict[str, Any], batch: int, order: int, person: int) -> dict[str, Any]:
    """Return a row like the template; what has to be unique is new, or nothing where that may be."""
    new = {"batch_id": batch, "person_id": person, "order_no": order}
    row = {name: _earlier(value) for name, value in template.items() if name != "id"} | new
    for name in _unique(table) - set(new):
        row[name] = secrets.token_urlsafe(16) if not table.c[name].nullable else None
    return row


def _earlier(value: Any) -> Any:
    """Move an instant a month back, so that nobody has applied too often just now."""
    return value - A_MONTH if isinstance(value, datetime) else value


def _unique(table: Table) -> set[str]:
    indexes = [index for index in table.indexes if index.unique]
    constraints = [each for each in table.constraints if type(each).__name__ == "UniqueConstraint"]
    return {column.name for each in (*indexes, *constraints) for column in each.columns} - {"id"}


def _repeat(table: Table, count: int) -> None:
    """Write the last row of a table so many times again."""
    row = {name: value for name, value in _last(table).items() if name != "id"}
    for chunk in _chunks(itertools.repeat(row, count)):
        _write(table, chunk)


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(itertools.islice(rows, AT_ONCE)):
        yield chunk


def _write(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    with db.engine.connect().execution_options(outside_unit=True, write=True) as connection:
        connection.execute(insert(table).execution_options(outside_unit=True), rows)
        connection.commit()


def check_plans(stage: Stage, script: list[dict[str, Any]]) -> dict[str, Any]:
    """Ask the database how it would carry out every statement of the path.

    :raises Failed: it would read a whole table that has many rows.
    """
    with stage.app.app_context():
        large = _large_tables()
        db.session.remove()
    is_sqlite = stage.url.startswith("sqlite")
    connection = (
        sqlite3.connect(stage.url.removeprefix("sqlite:///"), isolation_level=None)
        if is_sqlite
        else psycopg.connect(stage.url)
    )
    words = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    repeater, explained, found = Repeater(script, stage.url), 0, []
    for line in script:
        if line["sql"] in (COMMIT, ROLLBACK) or line["sql"].startswith(
            ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")
        ):
            continue
        rows = connection.execute(words + line["sql"], repeater.values(line["values"][0], 0)).fetchall()
        explained += 1
        found += [
            f"{row[-1].strip()} ← {line['sql'][:80]}" for row in rows if _reads_whole(str(row[-1]), large)
        ]
        if not is_sqlite:
            connection.rollback()
    connection.close()
    if found:
        raise Failed("statements read whole tables:\n" + "\n".join(found))
    return {"statements": explained, "large_tables": sorted(large), "whole_reads": 0}


def _large_tables() -> set[str]:
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            name
            for name, table in metadata.tables.items()
            if (connection.scalar(select(func.count()).select_from(table)) or 0) >= LARGE
        }


def _reads_whole(plan: str, large: set[str]) -> bool:
    for word in READ_WHOLE:
        _, is_there, rest = plan.partition(word)
        if is_there and rest.split()[0].strip('"') in large and "USING" not in rest:
            return True
    return False
