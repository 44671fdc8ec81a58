"""Empties every table of a demonstration; nothing else ever deletes rows wholesale."""

from __future__ import annotations

from sqlalchemy import delete

from skillhub.base import append_only
from skillhub.base.db import Model, unit_of_work

KEPT = {"clock_setting", "switch_count"}


def empty() -> None:
    """Delete all rows but the clock's, those that refer to others first."""
    with unit_of_work() as unit, append_only.lifted(unit):
        for table in reversed(Model.metadata.sorted_tables):
            if table.name not in KEPT:
                unit.session.execute(delete(table))
