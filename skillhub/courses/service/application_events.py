"""The only place that writes what happened to applications, in the unit in which it happened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Insert, Select, insert

from skillhub.base import clock
from skillhub.base.db import Unit
from skillhub.courses.model import ApplicationEvent
from skillhub.courses.rules.application_events import Event, Happened

COLUMNS = ("batch_id", "application_id", "at", "event", "state", "group_code")
"""What `recorded_from` selects, in this order."""


def record(unit: Unit, *happened: Happened) -> None:
    """Append events in their order, all by one statement; the row of their batch is locked by the caller."""
    if happened:
        unit.session.execute(insert(ApplicationEvent), [_values(each) for each in happened])


def record_of_batch(unit: Unit, *, batch_id: int, event: Event, state: str) -> None:
    """Append what happened to a whole batch, before what that brings about for its applications."""
    record(unit, Happened(batch_id=batch_id, application_id=None, event=event, state=state))


def recorded_from(source: Select[*tuple[Any, ...]]) -> Insert:
    """Return the statement that appends one event for each row of a query (`COLUMNS`, in this order).

    For a path that lets one statement do everything: on PostgreSQL the query may
    read from a writing CTE, such as the application that was inserted.
    """
    return insert(ApplicationEvent).from_select(COLUMNS, source)


def _values(happened: Happened) -> dict[str, object]:
    return {
        "batch_id": happened.batch_id,
        "application_id": happened.application_id,
        "at": happened.at or clock.now(),
        "event": happened.event.value,
        "state": str(happened.state),
        "group_code": happened.group,
    }
