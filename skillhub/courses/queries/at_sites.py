"""What the sites of a district account for in its training: whom their clerks enrolled, who asked there."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from skillhub.base.db import db
from skillhub.base.terms import Term, counted
from skillhub.courses.model import Application, TrainingOrder
from skillhub.courses.rules.applications import State


def enrolled(terms: Collection[Term]) -> dict[int, int]:
    """Count the applications that hold a seat and were made by the clerks of each place."""
    return counted(
        terms,
        who=Application.registered_by_id,
        at=Application.applied_at,
        where=(Application.state == State.ENROLLED,),
    )


def orders(district: str) -> dict[int, int]:
    """Count the training orders that were placed at each site."""
    rows = db.session.execute(
        select(TrainingOrder.site_id, func.count(TrainingOrder.id))
        .where(TrainingOrder.district_code == district)
        .group_by(TrainingOrder.site_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
