"""A district's figures of events; persons are counted once each, and never added to person-times."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from skillhub.activities.model import Activity, ActivitySignIn
from skillhub.activities.rules.plans import State
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.periods import ALL_TIME, Period


def events_of(district: str, period: Period = ALL_TIME) -> int:
    """Count the events of a district that have been held, or are being held."""
    return db.session.scalar(select(func.count(Activity.id)).where(*_held(district, period))) or 0


def persons_at_events(district: str, period: Period = ALL_TIME) -> int:
    """Count the people who came to any of them, each once however many events they came to."""
    statement = select(func.count(ActivitySignIn.person_id.distinct())).where(*_came(district, period))
    return db.session.scalar(statement) or 0


def person_times_at_events(district: str, period: Period = ALL_TIME) -> int:
    """Count every coming, and those who came and could not be named."""
    signed_in = db.session.scalar(select(func.count(ActivitySignIn.id)).where(*_came(district, period)))
    unnamed = db.session.scalar(select(func.sum(Activity.walk_ins)).where(*_held(district, period)))
    return int(signed_in or 0) + int(unnamed or 0)


def events_at_sites(district: str) -> dict[int, int]:
    """Count the events that were held at each site of a district."""
    rows = db.session.execute(
        select(Activity.site_id, func.count(Activity.id))
        .where(*_held(district, ALL_TIME))
        .group_by(Activity.site_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _held(district: str, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Activity.district_code == district,
        Activity.state == State.ANNOUNCED,
        Activity.starts_at <= clock.now(),
        *period.of_instants(Activity.starts_at),
    )


def _came(district: str, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        *_held(district, period),
        ActivitySignIn.activity_id == Activity.id,
        ActivitySignIn.removed_at.is_(None),
    )
