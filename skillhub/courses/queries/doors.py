"""The little of a batch that deciding about its people needs, and who has which rights in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from skillhub.base import access
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.courses.model import Batch, ClassSession, Course
from skillhub.districts.queries import clerks
from skillhub.districts.rules.kinds import Feature

NOBODY = 0
"""No person has this id: a batch without a trainer gives no trainer a right."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """A batch as those see it who let people in."""

    id: int
    code: str
    district: str
    body_id: int
    trainer_id: int | None
    state: str
    seats: int
    course_name: str
    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date
    course_id: int
    mode: str
    cut_off: datetime

    def teachers(self) -> tuple[Right, ...]:
        """Return who may write the class record: its trainer and its training body."""
        return (
            Right(Role.TRAINER, person=self.trainer_id or NOBODY),
            Right(Role.SCHOOL, organisation=self.body_id),
        )

    def readers(self) -> tuple[Right, ...]:
        """Return who may read the class record."""
        officers = (Right(Role.OFFICER, district=self.district), Right(Role.AUDITOR, district=self.district))
        return (*self.teachers(), *officers)

    def file_readers(self) -> tuple[Right, ...]:
        """Return who may open the files of the people in the class: not its trainer."""
        staff = (Role.OFFICER, Role.AUDITOR, Role.DESK)
        return (
            Right(Role.SCHOOL, organisation=self.body_id),
            *(Right(role, district=self.district) for role in staff),
        )

    def deciders(self) -> tuple[Right, ...]:
        """Return who decides what a rule could not."""
        return (Right(Role.SCHOOL, organisation=self.body_id), Right(Role.OFFICER, district=self.district))

    def registrars(self) -> tuple[Right, ...]:
        """Return who may apply or withdraw for somebody else."""
        return (*self.deciders(), Right(Role.DESK, district=self.district))


@dataclass(frozen=True, kw_only=True)
class SessionDoor:
    """One meeting of a class, with the door of its batch."""

    id: int
    handle: str
    starts_at: datetime
    ends_at: datetime
    part: str
    hours: int
    number: int
    door: Door


_COLUMNS = (
    Batch.id,
    Batch.code,
    Batch.district_code.label("district"),
    Batch.body_id,
    Batch.trainer_id,
    Batch.state,
    Batch.seats,
    Batch.opens_at,
    Batch.closes_at,
    Batch.starts_on,
    Batch.ends_on,
    Batch.course_id,
    Batch.mode,
    Batch.cut_off,
    Course.name.label("course_name"),
)
COLUMNS = _COLUMNS
"""For a query that reads a door together with something else."""


def _find(condition: ColumnElement[bool]) -> Door:
    statement = select(*_COLUMNS).join(Course, Course.id == Batch.course_id).where(condition)
    row = db.session.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound
    return Door(**row)


def door(code: str) -> Door:
    """Return the door of a batch.

    :raises NotFound: there is no such batch.
    """
    return _find(Batch.code == code)


def door_by_id(batch_id: int) -> Door:
    """Return the door of a batch by its id.

    :raises NotFound: there is no such batch.
    """
    return _find(Batch.id == batch_id)


def of_row(row: Mapping[str, Any]) -> Door:
    """Return the door that was read among other columns."""
    return Door(**{column.key: row[column.key] for column in _COLUMNS})


def session_door(handle: str) -> SessionDoor:
    """Return a session and the door of its batch.

    :raises NotFound: there is no such session.
    """
    return session_doors([handle])[0]


def session_doors(handles: Sequence[str]) -> list[SessionDoor]:
    """Return sessions of one batch with its door, in the order of their handles.

    :raises NotFound: one does not exist, or they belong to several batches.
    """
    if not handles:
        return []
    own = select(ClassSession.batch_id).where(ClassSession.handle == handles[0])
    every = select(ClassSession).where(ClassSession.batch_id == own.scalar_subquery())
    rows = db.session.scalars(every.order_by(ClassSession.starts_at, ClassSession.id)).all()
    found = {row.handle: row for row in rows}
    if any(handle not in found for handle in handles):
        raise NotFound
    opened = door_by_id(rows[0].batch_id)
    return [
        SessionDoor(
            id=row.id,
            handle=row.handle,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            part=row.part,
            hours=row.hours,
            number=sum(other.starts_at < row.starts_at for other in rows) + 1,
            door=opened,
        )
        for row in (found[handle] for handle in handles)
    ]


def visible(actor: Actor, code: str) -> Door:
    """Return the door of a batch that the actor may know of: a draft is for its staff alone.

    :raises NotFound: no such batch for this actor.
    """
    found = door(code)
    if found.state == "draft" and not access.may(actor, *found.readers()):
        raise NotFound
    return found


STAFF = (Role.TRAINER, Role.SCHOOL, Role.OFFICER, Role.AUDITOR)


def readable(actor: Actor, code: str) -> Door:
    """Return the door of a batch whose record the actor may read.

    :raises NotFound: no such batch, or not the actor's.
    """
    access.require_role(actor, *STAFF)
    found = door(code)
    access.require(actor, *found.readers())
    return found


def teachable(actor: Actor, code: str) -> Door:
    """Return the door of a batch whose record the actor may write.

    :raises NotFound: no such batch, or not the actor's.
    """
    access.require_role(actor, Role.TRAINER, Role.SCHOOL)
    found = door(code)
    access.require(actor, *found.teachers())
    return found


def registrable(actor: Actor, code: str) -> Door:
    """Return the door of a batch for which the actor may apply on somebody's behalf.

    :raises NotFound: no such batch, or not the actor's.
    """
    access.require_role(actor, Role.DESK, Role.OFFICER, Role.SCHOOL)
    found = door(code)
    access.require(actor, *found.registrars())
    require_walk_ins(actor, found)
    return found


def require_walk_ins(actor: Actor, found: Door) -> None:
    """Stop a clerk whose site enrols nobody; those who run the class enrol whom they like.

    :raises Forbidden: the clerk's site does not.
    """
    clerks.require_feature(actor, found.district, Feature.ENROL_WALK_INS, besides=found.deciders())


def teachable_session(actor: Actor, handle: str) -> SessionDoor:
    """Return a session whose attendance the actor may record.

    :raises NotFound: no such session, or not the actor's.
    """
    access.require_role(actor, Role.TRAINER, Role.SCHOOL)
    found = session_door(handle)
    access.require(actor, *found.door.teachers())
    return found


def readable_session(actor: Actor, handle: str) -> SessionDoor:
    """Return a session whose attendance the actor may read.

    :raises NotFound: no such session, or not the actor's.
    """
    access.require_role(actor, *STAFF)
    found = session_door(handle)
    access.require(actor, *found.door.readers())
    return found


def last_session_ends_at(batch_id: int) -> datetime | None:
    """Return when the last session of a batch ends, None if it has none."""
    statement = select(ClassSession.ends_at).where(ClassSession.batch_id == batch_id)
    return db.session.scalar(statement.order_by(ClassSession.ends_at.desc()).limit(1))


def first_session_at(batch_id: int) -> datetime | None:
    """Return when the first session of a batch begins, None if it has none."""
    statement = select(ClassSession.starts_at).where(ClassSession.batch_id == batch_id)
    return db.session.scalar(statement.order_by(ClassSession.starts_at).limit(1))
