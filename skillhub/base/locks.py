"""The one way to lock rows: sorted, so that two units never wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import inspect, select

from skillhub.base.db import Model, Unit

Row = TypeVar("Row", bound=Model)


def lock_rows(unit: Unit, table: type[Row], ids: Iterable[int]) -> list[Row]:
    """Return the rows with these ids in order of id, locked until the unit ends.

    SQLite ignores the lock: there the unit itself is alone from its first statement.
    """
    key = inspect(table).primary_key[0]
    wanted = sorted(set(ids))
    statement = select(table).where(key.in_(wanted)).order_by(key).with_for_update()
    return list(unit.session.scalars(statement.execution_options(populate_existing=True)))
