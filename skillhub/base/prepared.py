"""Statements of the hot path: translated once for each database, afterwards only values go to and fro.

An application takes three statements of up to seventy values each. What SQLAlchemy does around each of them
(finding the translation, a context, a result, its rows) takes several times as long as the driver needs. So
here the translation is kept and the driver called. All else stays SQLAlchemy's: the statement is written with
it, the connection is the session's, who listens to statements hears these too, and errors are its own.

Only for statements that nobody writes differently from one time to the next: no lists of changing length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import Session

from skillhub.base import driver

Change = Callable[[Any], Any]
Values = Mapping[str, Any]
NUMBERED = "numeric_dollar"
"""How PostgreSQL itself names what it asks for; the driver then need not look for it in the text."""


class Prepared:
    """A statement that is carried out often; threads may share it."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        """Keep the statement; it is translated at its first use on a database."""
        self.statement = statement
        self._translated: dict[str, _Translated] = {}

    def rows(self, session: Session, values: Values) -> list[dict[str, Any]]:
        """Carry it out on the session's connection and return each row by the names of its columns.

        :raises sqlalchemy.exc.DBAPIError: as the session itself would raise it.
        """
        connection = session.connection()
        translated = self._translated.get(connection.dialect.name)
        if translated is None:
            translated = _translate(self.statement, connection.dialect)
            self._translated[connection.dialect.name] = translated
        return [
            translated.named(row) for row in driver.say(connection, translated.sql, translated.asked(values))
        ]

    def row(self, session: Session, values: Values) -> dict[str, Any] | None:
        """Carry it out and return the only row, None if there is none."""
        found = self.rows(session, values)
        return found[0] if found else None


@dataclass(frozen=True)
class _Asked:
    """One value that a statement wants: by this name from who asks, or its own."""

    name: str | None
    own: Any
    change: Change | None


@dataclass(frozen=True)
class _Translated:
    """A statement in the words of one database, what it wants in which order, and how its answer is read."""

    sql: str
    asks: tuple[_Asked, ...]
    names: tuple[str, ...]
    changes: tuple[tuple[str, Change], ...]

    def asked(self, values: Values) -> tuple[Any, ...]:
        """Return the values in the order in which the statement wants them."""
        return tuple(_value(each, values) for each in self.asks)

    def named(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return a row by the names of its columns, each value as its type reads it."""
        found = dict(zip(self.names, row, strict=True))
        for name, change in self.changes:
            found[name] = change(found[name])
        return found


def _value(asked: _Asked, values: Values) -> Any:
    if asked.name is None:
        return asked.own
    value = values[asked.name]
    return value if asked.change is None else asked.change(value)


def _translate(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> _Translated:
    is_numbered = dialect.driver == driver.SERVER_DRIVER
    speaks = psycopg.dialect(paramstyle=NUMBERED) if is_numbered else dialect  # type: ignore[no-untyped-call]
    compiled: Any = statement.compile(dialect=speaks)
    wanted = {each.key for each in compiled.binds.values() if each.required}
    written = compiled.construct_expanded_state(dict.fromkeys(wanted))  # with its lists written out
    asks = []
    for name in written.positiontup:
        bound = compiled.binds.get(name)  # the items of a list have none
        change = None if bound is None else bound.type.dialect_impl(dialect).bind_processor(dialect)
        if bound is not None and bound.key in wanted:
            asks.append(_Asked(bound.key, None, change))
        else:
            own = written.parameters[name]
            asks.append(_Asked(None, own if change is None else change(own), None))
    columns = [(str(each.key), each.type.dialect_impl(dialect)) for each in statement.selected_columns]
    names = tuple(name for name, _ in columns)
    if len(set(names)) < len(names):
        raise ValueError(f"two columns of one name: {names}")
    reads = ((name, kind.result_processor(dialect, None)) for name, kind in columns)
    return _Translated(
        written.statement, tuple(asks), names, tuple((name, read) for name, read in reads if read)
    )
