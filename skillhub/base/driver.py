"""Says a statement to the database driver itself; who listens to SQLAlchemy hears it, and errors are its own.

What SQLAlchemy does around a statement (a context, a result, its rows) takes several times as long as the
driver needs. Worth going without where every request passes; see `prepared`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import RawCursor
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

SERVER_DRIVER = "psycopg"


def say(
    connection: Connection, sql: str, values: Sequence[Any] = (), *, has_rows: bool = True
) -> list[tuple[Any, ...]]:
    """Carry out a statement, its values named as the database itself does ($1, ?), and return its rows.

    :param has_rows: whether it answers with rows; asking the driver costs more than reading one.
    :raises sqlalchemy.exc.DBAPIError: as `connection` itself would raise it.
    """
    proxied = connection.connection
    driver: Any = proxied.driver_connection
    cursor: Any = RawCursor(driver) if connection.dialect.driver == SERVER_DRIVER else driver.cursor()
    try:
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, sql, values, None, False)  # noqa: FBT003 (as SQLAlchemy does)
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if has_rows else []
    except connection.dialect.loaded_dbapi.Error as error:
        has_gone = connection.dialect.is_disconnect(error, proxied.dbapi_connection, cursor)
        if has_gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql,
            None,
            error,
            connection.dialect.loaded_dbapi.Error,
            connection_invalidated=has_gone,
            dialect=connection.dialect,
        ) from error
    finally:
        cursor.close()
