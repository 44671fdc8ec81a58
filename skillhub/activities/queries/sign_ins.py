"""The only place that reads who came to an event; the caller has checked who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.activities.model import Activity, ActivitySignIn
from skillhub.activities.queries import activities
from skillhub.activities.queries.activities import ActivityView
from skillhub.base.db import db


@dataclass(frozen=True)
class SignInView:
    """One person at one event, and how that is known."""

    person: PersonView
    came_at: datetime
    method: str
    evidence: str


@dataclass(frozen=True)
class Attended:
    """One event to which a person came."""

    activity: ActivityView
    came_at: datetime
    method: str
    evidence: str


@dataclass(frozen=True)
class Turnout:
    """How many came to an event: persons by name, and person-times with those who could not be named."""

    persons: int
    walk_ins: int

    @property
    def person_times(self) -> int:
        """Return everybody who came."""
        return self.persons + self.walk_ins


def of_activity(activity_id: int) -> tuple[SignInView, ...]:
    """Return who came, the first one first."""
    rows = db.session.execute(
        select(
            ActivitySignIn.person_id, ActivitySignIn.came_at, ActivitySignIn.method, ActivitySignIn.evidence
        )
        .where(ActivitySignIn.activity_id == activity_id, ActivitySignIn.removed_at.is_(None))
        .order_by(ActivitySignIn.came_at, ActivitySignIn.id)
    ).all()
    found = people.many([row.person_id for row in rows])
    return tuple(SignInView(found[row.person_id], row.came_at, row.method, row.evidence) for row in rows)


def turnouts(ids: tuple[int, ...]) -> dict[int, Turnout]:
    """Return how many came to each of several events."""
    rows = db.session.execute(
        select(Activity.id, Activity.walk_ins, func.count(ActivitySignIn.id))
        .outerjoin(
            ActivitySignIn,
            (ActivitySignIn.activity_id == Activity.id) & ActivitySignIn.removed_at.is_(None),
        )
        .where(Activity.id.in_(ids))
        .group_by(Activity.id, Activity.walk_ins)
    )
    return {number: Turnout(persons, walk_ins) for number, walk_ins, persons in rows}


def of_person(person_id: int) -> tuple[Attended, ...]:
    """Return the events to which a person came, the latest first."""
    rows = db.session.execute(
        select(
            ActivitySignIn.activity_id,
            ActivitySignIn.came_at,
            ActivitySignIn.method,
            ActivitySignIn.evidence,
        )
        .where(ActivitySignIn.person_id == person_id, ActivitySignIn.removed_at.is_(None))
        .order_by(ActivitySignIn.came_at.desc(), ActivitySignIn.id.desc())
    ).all()
    found = activities.many(tuple(row.activity_id for row in rows))
    return tuple(Attended(found[row.activity_id], row.came_at, row.method, row.evidence) for row in rows)


def has_come(activity_id: int, person_id: int) -> bool:
    """Tell whether a person is on the list."""
    statement = select(ActivitySignIn.id).where(
        ActivitySignIn.activity_id == activity_id,
        ActivitySignIn.person_id == person_id,
        ActivitySignIn.removed_at.is_(None),
    )
    return db.session.scalar(statement) is not None
