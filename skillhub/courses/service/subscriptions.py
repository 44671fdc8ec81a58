"""“Tell me about the next batch”: asking for it, ending it, telling everybody when one is published."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from skillhub.accounts.queries import people
from skillhub.base import access, audit, clock, ids, work
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, unit_of_work, upsert
from skillhub.base.errors import FieldError, Invalid, NotFound
from skillhub.base.work import Slice
from skillhub.courses.model import CourseSubscription
from skillhub.courses.queries import courses, doors
from skillhub.courses.queries import subscriptions as queries
from skillhub.courses.queries.courses import CourseView
from skillhub.courses.service import messages

JOB = "courses.tell_subscribers"
AT_ONCE = 50


def subscribe(*, actor: Actor, course: str, person: str | None = None) -> str:
    """Let a person be told about a course's next batches, and return the handle; twice is once.

    A subscription holds no seat and no place in line.

    :param person: the handle of somebody else, at a desk of the course's district.
    :raises NotFound: no such course or person, or not for this actor.
    """
    found = courses.by_code(course)
    desk = Right(Role.DESK, district=found.district), Right(Role.OFFICER, district=found.district)
    own = people.person(actor.person_id) if actor.person_id is not None else None
    if own is None or person not in (None, own.handle) or not actor.has(Role.TRAINEE):
        access.require(actor, *desk)
        if person is None:
            raise Invalid(FieldError("person", "missing", _l("请写明提醒谁。")))
        own = people.by_handle(person)
        if own.district != found.district:
            raise NotFound
    with unit_of_work() as unit:
        handle = ids.handle("t")
        now = clock.now()
        kept = unit.session.scalar(
            upsert(unit, CourseSubscription)
            .values(handle=handle, course_id=found.id, person_id=own.id, made_at=now)
            .on_conflict_do_update(
                index_elements=[CourseSubscription.course_id, CourseSubscription.person_id],
                set_={"ended_at": None},
            )
            .returning(CourseSubscription.handle)
        )
        _note(unit, actor, "subscribe", found, own.id)
        return unit.refer(str(kept))


def unsubscribe(*, actor: Actor, course: str) -> str:
    """End the actor's own subscription to a course and return the course's code; twice changes nothing."""
    access.require_role(actor, Role.TRAINEE)
    found = courses.by_code(course)
    with unit_of_work() as unit:
        unit.session.execute(
            update(CourseSubscription)
            .where(
                CourseSubscription.course_id == found.id,
                CourseSubscription.person_id == (actor.person_id or doors.NOBODY),
                CourseSubscription.ended_at.is_(None),
            )
            .values(ended_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        _note(unit, actor, "unsubscribe", found, actor.person_id)
        return unit.refer(course)


def tell_in(unit: Unit, *, actor: Actor, batch_id: int) -> None:
    """Ask, as part of publishing a batch, that everybody is told who wants to know."""
    door = doors.door_by_id(batch_id)
    if queries.has_any(door.course_id):
        work.enqueue_in(unit, name=JOB, payload={"batch": batch_id}, actor=actor, district=door.district)


@work.handles(JOB)
def tell(payload: dict[str, Any], cursor: int) -> Slice:
    """Write to the next fifty; those who hold or seek a place in this batch already know of it."""
    door = doors.door_by_id(payload["batch"])
    waiting = queries.to_tell(door.course_id, batch_id=door.id, after=cursor, limit=AT_ONCE)
    with unit_of_work() as unit:
        messages.tell_news(unit, [each.person_id for each in waiting], door=door)
    is_last = len(waiting) < AT_ONCE
    done = cursor + len(waiting)
    return Slice(next=None if is_last else waiting[-1].id, done=done, of=done)


def _note(unit: Unit, actor: Actor, verb: str, course: CourseView, person_id: int | None) -> None:
    audit.record(
        unit,
        actor=actor,
        verb=f"course.{verb}",
        subject=f"course:{course.id}",
        district=course.district,
        person=person_id,
    )
