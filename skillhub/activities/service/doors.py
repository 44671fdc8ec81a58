"""The only place that records who came to an event: one person once, by the staff or by the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from skillhub.accounts.queries import people
from skillhub.accounts.rules import text
from skillhub.activities.errors import ActivityCancelled, DoorsClosed, SignInOver, TooManyWrongCodes
from skillhub.activities.model import Activity, ActivitySignIn
from skillhub.activities.queries import activities as queries
from skillhub.activities.queries.activities import RUNNERS, ActivityView
from skillhub.activities.rules import doors as rules
from skillhub.activities.rules.doors import Method
from skillhub.activities.rules.plans import LONGEST_REASON, State
from skillhub.base import audit, clock, idempotency
from skillhub.base.access import Actor, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work, upsert
from skillhub.base.errors import FieldError, Invalid, NotFound, VersionConflict
from skillhub.base.faults import Faults
from skillhub.base.locks import lock_rows

KEEPERS = (*RUNNERS, Role.SCHOOL)
MOST_WALK_INS = 20_000
WRONG_CODE = "activity.wrong_code"


def kept_by(*, actor: Actor, code: str) -> ActivityView:
    """Return an event whose door the actor keeps.

    :raises Forbidden: the actor is no staff.
    :raises NotFound: it is another district's, or another training body's.
    """
    require_role(actor, *KEEPERS)
    found = queries.activity(code)
    require(actor, *found.runners())
    return found


def read_by(*, actor: Actor, code: str) -> ActivityView:
    """Return an event whose list the actor may read.

    :raises Forbidden: the actor is no staff.
    :raises NotFound: it is another district's, or another training body's.
    """
    require_role(actor, *KEEPERS, Role.AUDITOR)
    found = queries.activity(code)
    require(actor, *found.readers())
    return found


def sign_in(*, actor: Actor, activity: str, person: str, method: str) -> str:
    """Record, as the staff, that somebody came; a second time changes nothing.

    :raises DoorsClosed: the event has not begun.
    :raises SignInOver: it lies too far back.
    :raises Invalid: the person or the method is unknown.
    """
    found = kept_by(actor=actor, code=activity)
    if method not in rules.AT_THE_DOOR:
        raise Invalid(FieldError("method", "not_listed", _l("请从列出的几项里选一项。")))
    try:
        who = people.by_handle(person)
    except NotFound:
        raise Invalid(FieldError("person", "unknown", _l("没有找到这个人。请重新找一次，再选。"))) from None
    with unit_of_work() as unit:
        sign_in_in(unit, actor=actor, activity=found, came=[Came(who.id, method, clock.now())])
        return unit.refer(activity)


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who came to an event, how that was seen and when."""

    person_id: int
    method: str
    at: datetime


def sign_in_in(unit: Unit, *, actor: Actor, activity: ActivityView, came: Sequence[Came]) -> int:
    """Record inside a unit that these persons came, and count who is new; rights are checked before.

    Whoever was taken off the list is put on it again.

    :param came: each person at most once, at most some hundred.
    """
    _check_open(activity)
    values = [_noted(actor, activity, each) for each in came]
    if not values:
        return 0
    statement = upsert(unit, ActivitySignIn).values(values)
    new = statement.excluded
    made = unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=[ActivitySignIn.activity_id, ActivitySignIn.person_id],
            set_={name: new[name] for name in values[0] if name not in ("activity_id", "person_id")},
            where=ActivitySignIn.removed_at.is_not(None),
        ).returning(ActivitySignIn.person_id, ActivitySignIn.method)
    ).all()
    audit.record_all(unit, [_recorded(actor, activity, row.person_id, row.method) for row in sorted(made)])
    return len(made)


def _noted(actor: Actor, activity: ActivityView, came: Came) -> dict[str, Any]:
    return {
        "activity_id": activity.id,
        "person_id": came.person_id,
        "came_at": came.at,
        "method": str(came.method),
        "evidence": rules.EVIDENCE[Method(came.method)],
        "recorded_at": clock.now(),
        "recorded_by_id": actor.person_id,
        "removed_at": None,
        "removed_by_id": None,
        "remove_reason": None,
    }


def _recorded(actor: Actor, activity: ActivityView, person_id: int, method: str) -> dict[str, Any]:
    facts = {"person": person_id, "method": method}
    return audit.row(actor, "activity.sign_in", f"activity:{activity.id}", activity.district, facts)


def sign_in_oneself(*, actor: Actor, activity: str, code: str) -> str:
    """Record that the actor came and read the digits in the hall; a second time changes nothing.

    :raises Forbidden: the actor is no trainee.
    :raises DoorsClosed: the event has not begun.
    :raises SignInOver: it is over.
    :raises Invalid: these digits are not shown now.
    :raises TooManyWrongCodes: too many were tried.
    """
    require_role(actor, Role.TRAINEE)
    found = queries.activity(activity)
    if actor.person_id is None:
        raise NotFound
    _check_open(found)
    if clock.now() > found.ends_at:
        raise SignInOver
    typed = text.half_width(code).replace(" ", "")
    since = clock.real_now() - rules.WRONG_CODES_WITHIN
    if audit.count_since(actor, WRONG_CODE, since) >= rules.WRONG_CODES:
        raise TooManyWrongCodes
    if not rules.is_code(queries.door_key(found.id), typed, clock.now()):
        with idempotency.apart(), unit_of_work() as unit:
            audit.record(
                unit,
                actor=actor,
                verb=WRONG_CODE,
                subject=f"activity:{found.id}",
                district=found.district,
            )
        said = _l("这不是现在屏幕上的号码。号码每分钟换一次，请看着屏幕重新输6位数字。")
        raise Invalid(FieldError("code", "wrong_code", said))
    with unit_of_work() as unit:
        sign_in_in(unit, actor=actor, activity=found, came=[Came(actor.person_id, Method.CODE, clock.now())])
        return unit.refer(activity)


def remove(*, actor: Actor, activity: str, person: str, reason: str) -> str:
    """Take a mistaken entry back; the row stays, with who did it and why.

    :raises NotFound: that person is not on the list.
    """
    found = kept_by(actor=actor, code=activity)
    faults = Faults()
    kept = faults.text("reason", reason, most=LONGEST_REASON)
    faults.stop()
    who = people.by_handle(person)
    with unit_of_work() as unit:
        row = unit.session.scalar(
            select(ActivitySignIn.id).where(
                ActivitySignIn.activity_id == found.id,
                ActivitySignIn.person_id == who.id,
                ActivitySignIn.removed_at.is_(None),
            )
        )
        if row is None:
            raise NotFound
        unit.session.execute(
            update(ActivitySignIn)
            .where(ActivitySignIn.id == row)
            .values(removed_at=clock.now(), removed_by_id=actor.person_id, remove_reason=kept)
        )
        audit.record(
            unit,
            actor=actor,
            verb="activity.remove_sign_in",
            subject=f"activity:{found.id}",
            district=found.district,
            person=who.id,
        )
        return unit.refer(activity)


def count_walk_ins(*, actor: Actor, activity: str, count: int, version: int) -> str:
    """Record how many came who could not be named: person-times, and no persons.

    :raises VersionConflict: somebody else has counted since.
    """
    found = kept_by(actor=actor, code=activity)
    faults = Faults()
    faults.whole("walk_ins", count, least=0, most=MOST_WALK_INS)
    faults.stop()
    _check_open(found)
    with unit_of_work() as unit:
        row = lock_rows(unit, Activity, [found.id])[0]
        if row.version != version:
            raise VersionConflict(activity=activity)
        before, row.walk_ins, row.version = row.walk_ins, count, row.version + 1
        audit.record(
            unit,
            actor=actor,
            verb="activity.count_walk_ins",
            subject=f"activity:{found.id}",
            district=found.district,
            counted=[before, count],
        )
        return unit.refer(activity)


def _check_open(activity: ActivityView) -> None:
    now = clock.now()
    if activity.state == State.CANCELLED:
        raise ActivityCancelled
    if not rules.has_begun(starts_at=activity.starts_at, now=now):
        raise DoorsClosed
    if rules.is_over(ends_at=activity.ends_at, now=now):
        raise SignInOver
