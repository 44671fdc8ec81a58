"""The only place that reads events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from skillhub.activities.model import Activity
from skillhub.activities.rules import doors
from skillhub.activities.rules.plans import State
from skillhub.base import clock, cursors, paging
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import db
from skillhub.base.errors import NotFound

RUNNERS = (Role.OFFICER, Role.DESK)
NOBODY = 0
SHOWN = 30


@dataclass(frozen=True)
class ActivityView:
    """One event as it was announced."""

    id: int
    code: str
    district: str
    title: str
    kind: str
    about: str | None
    organiser_id: int | None
    site_id: int | None
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    state: str
    cancel_reason: str | None
    walk_ins: int
    version: int

    @property
    def phase(self) -> str:
        """Return where it stands now: cancelled, before, open (people sign in), over."""
        now = clock.now()
        if self.state == State.CANCELLED:
            return "cancelled"
        if doors.is_open_for_oneself(starts_at=self.starts_at, ends_at=self.ends_at, now=now):
            return "open"
        return "before" if now < self.starts_at else "over"

    @property
    def may_be_changed(self) -> bool:
        """Tell whether its plan can still be changed: nobody has been able to sign in."""
        return self.phase == "before"

    @property
    def takes_sign_ins(self) -> bool:
        """Tell whether the staff can record who came."""
        now = clock.now()
        return (
            self.state == State.ANNOUNCED
            and doors.has_begun(starts_at=self.starts_at, now=now)
            and not doors.is_over(ends_at=self.ends_at, now=now)
        )

    def runners(self) -> tuple[Right, ...]:
        """Return who keeps the door: the district's staff, and the training body that holds it."""
        return (
            *(Right(role, district=self.district) for role in RUNNERS),
            Right(Role.SCHOOL, organisation=self.organiser_id or NOBODY),
        )

    def readers(self) -> tuple[Right, ...]:
        """Return who sees the list of those who came."""
        return (*self.runners(), Right(Role.AUDITOR, district=self.district))


_COLUMNS = select(
    Activity.id,
    Activity.code,
    Activity.district_code,
    Activity.title,
    Activity.kind,
    Activity.about,
    Activity.organiser_id,
    Activity.site_id,
    Activity.place,
    Activity.starts_at,
    Activity.ends_at,
    Activity.capacity,
    Activity.state,
    Activity.cancel_reason,
    Activity.walk_ins,
    Activity.version,
)


def activity(code: str) -> ActivityView:
    """Return one event.

    :raises NotFound: there is none with this code.
    """
    row = db.session.execute(_COLUMNS.where(Activity.code == code)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def many(ids: tuple[int, ...]) -> dict[int, ActivityView]:
    """Return several events by id."""
    rows = db.session.execute(_COLUMNS.where(Activity.id.in_(ids)))
    return {view.id: view for view in map(_view, rows)}


def coming(*, district: str | None, limit: int = SHOWN) -> tuple[ActivityView, ...]:
    """Return the events that are not over, the next one first."""
    statement = _COLUMNS.where(Activity.ends_at >= clock.now(), Activity.state == State.ANNOUNCED)
    if district is not None:
        statement = statement.where(Activity.district_code == district)
    rows = db.session.execute(statement.order_by(Activity.starts_at, Activity.id).limit(limit))
    return tuple(map(_view, rows))


def latest(*, actor: Actor, after: str | None = None, limit: int = SHOWN) -> paging.Page[ActivityView]:
    """Return the events of the actor's districts and training bodies, the latest first."""
    own = Activity.district_code.in_(sorted(actor.districts(*RUNNERS, Role.AUDITOR)))
    held = Activity.organiser_id.in_(sorted(actor.organisations(Role.SCHOOL)))
    statement = _COLUMNS.where(own | held)
    begin = cursors.instant_and_id(after)
    if begin is not None:
        at, number = begin
        statement = statement.where(
            (Activity.starts_at < at) | ((Activity.starts_at == at) & (Activity.id < number))
        )
    rows = db.session.execute(
        statement.order_by(Activity.starts_at.desc(), Activity.id.desc()).limit(limit + 1)
    )
    return paging.page(
        [_view(row) for row in rows], limit, lambda view: f"{view.starts_at.isoformat()}|{view.id}"
    )


def door_key(activity_id: int) -> str:
    """Return the secret from which the digits in the hall are made."""
    return db.session.execute(select(Activity.door_key).where(Activity.id == activity_id)).scalar_one()


def _view(row: Row[*tuple[Any, ...]]) -> ActivityView:
    return ActivityView(*row)
