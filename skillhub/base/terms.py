"""The only place that counts what people did by where they worked when they did it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, column, func, select, values
from sqlalchemy.orm import InstrumentedAttribute

from skillhub.base.db import UTCDateTime, db

_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Term:
    """From when to when somebody worked at a place; None as long as they still do."""

    place_id: int
    person_id: int
    since: datetime
    until: datetime | None


def counted(
    terms: Collection[Term],
    *,
    who: InstrumentedAttribute[Any],
    at: InstrumentedAttribute[Any],
    where: Collection[ColumnElement[bool]] = (),
) -> dict[int, int]:
    """Return how many rows each place accounts for: those that a person of it wrote in the term there.

    :param who: the column that names who wrote the row.
    :param at: the column that says when.
    """
    if not terms:
        return {}
    listed = values(
        column("place_id", Integer),
        column("worker_id", Integer),
        column("since", UTCDateTime),
        column("until", UTCDateTime),
    ).data([(each.place_id, each.person_id, each.since, each.until or _FOR_EVER) for each in terms])
    worked = listed.cte("worked")  # SQLite names the columns of VALUES in a WITH alone
    statement = (
        select(worked.c.place_id, func.count())
        .where(who == worked.c.worker_id, at >= worked.c.since, at < worked.c.until, *where)
        .group_by(worked.c.place_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}
