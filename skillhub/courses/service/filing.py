"""What a batch rests on when it is filed: its course, order, training body and trainer, read and judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import actors, organisations, people
from skillhub.base import ids
from skillhub.base.access import Actor, Role
from skillhub.base.db import Unit
from skillhub.base.errors import FieldError, Invalid, NotFound
from skillhub.courses.queries import courses, filers, orders, timetables
from skillhub.courses.queries.courses import CourseView
from skillhub.courses.queries.orders import OrderView
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules.batches import PlannedSession
from skillhub.districts import queries as districts

NEVER_LONGER = timedelta(days=1)


def course_for(actor: Actor, code: str) -> CourseView:
    """Return the course of a district in which the actor files batches.

    :raises Forbidden: the actor files none anywhere.
    :raises Invalid: there is none for this actor.
    """
    own = filers.districts_of(actor)
    try:
        found = courses.by_code(code)
    except NotFound:
        found = None
    if found is None or (actor.system is None and found.district not in own):
        raise Invalid(
            FieldError("course", "unknown", _l("本区没有这门课。请填本区课程的代码，没有就先登记课程。"))
        )
    return found


def order_for(course: CourseView, code: str) -> OrderView:
    """Return the approved order for which this course can be given.

    :raises Invalid: there is none, or it asks for something else.
    """
    try:
        found = orders.order(code)
    except NotFound:
        found = None
    if found is None or found.district != course.district or found.state != "approved":
        raise Invalid(
            FieldError("order", "not_approved", _l("本区没有这个已核准的订单。请核对订单号，或留空。"))
        )
    if found.course_id not in (None, course.id) or found.trade != course.trade:
        raise Invalid(
            FieldError(
                "order",
                "other_course",
                _l(
                    "这个订单要的是%(wanted)s，和这门课对不上。请换课程或换订单。",
                    wanted=found.course_name or found.trade,
                ),
            )
        )
    return found


def trainer_and_body(actor: Actor, course: CourseView, handle: str, body: str | None) -> tuple[int, int]:
    """Return the ids of the trainer and of the training body that files: one that both belong to.

    :param body: the body's code, for jobs of our own; a school files for its own, a market's clerk for any.
    :raises Invalid: the trainer teaches for none of the actor's bodies in this district.
    """
    try:
        trainer_id = people.by_handle(handle).id
        teaches_for = actors.actor_of(trainer_id).organisations(Role.TRAINER)
    except NotFound:
        trainer_id, teaches_for = 0, frozenset()
    if actor.system is not None and body is not None:
        candidates = {organisations.by_code(body).id}
    elif filers.files_as_clerk(actor, course.district):
        candidates = set(teaches_for)
    else:
        candidates = set(actor.organisations(Role.SCHOOL))
    bodies = organisations.many(candidates & teaches_for)
    fitting = [
        each.id
        for each in bodies.values()
        if each.district == course.district and each.kind == "training_body"
    ]
    if not fitting:
        raise Invalid(
            FieldError(
                "trainer", "not_yours", _l("您的机构在本区没有这位老师。请先登记老师，或填另一位的编号。")
            )
        )
    return trainer_id, min(fitting)


def trainer_of_body(body_id: int, handle: str) -> int:
    """Return the id of a trainer of one training body.

    :raises Invalid: the person teaches there not.
    """
    try:
        trainer_id = people.by_handle(handle).id
    except NotFound:
        trainer_id = 0
    if trainer_id == 0 or body_id not in actors.actor_of(trainer_id).organisations(Role.TRAINER):
        raise Invalid(
            FieldError("trainer", "not_yours", _l("这个机构没有这位老师。请先登记老师，或填另一位的编号。"))
        )
    return trainer_id


def keep_trainer_free(
    unit: Unit,
    *,
    trainer_id: int,
    sessions: Sequence[PlannedSession],
    district: str,
    besides: int | None = None,
) -> None:
    """Refuse a trainer who teaches elsewhere at the same time.

    Two plans for one trainer wait for each other at the trainer's own series, so that
    the second sees the first.

    :param district: whose local time the refusal names.
    :raises Invalid: naming the other batch and its time.
    """
    ids.next_number(unit, f"plan:{trainer_id}")
    taught = timetables.taught_by(
        trainer_id,
        since=min(each.starts_at for each in sessions) - NEVER_LONGER,
        until=max(each.ends_at for each in sessions),
        besides=besides,
    )
    other = rules.clash(sessions, taught)
    if other is None:
        return
    zone = ZoneInfo(districts.district(district).zone)
    starts, ends = other.starts_at.astimezone(zone), other.ends_at.astimezone(zone)
    raise Invalid(
        FieldError(
            "trainer",
            "trainer_busy",
            _l(
                "这位老师%(month)s月%(day)s日%(start)s–%(end)s已排在%(batch)s班上课。请换一位老师，或把课改到其他时间。",
                month=starts.month,
                day=starts.day,
                start=f"{starts:%H:%M}",
                end=f"{ends:%H:%M}",
                batch=other.batch,
            ),
        )
    )
