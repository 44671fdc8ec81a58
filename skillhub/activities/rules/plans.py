"""Pure decisions about an event as it is planned: its kinds, its words, its times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults


class Kind(StrEnum):
    """What sort of event it is."""

    STARTUP_CAMP = "startup_camp"
    JOB_CAMP = "job_camp"
    POLICY_TALK = "policy_talk"
    JOB_FAIR = "job_fair"
    OTHER = "other"


class State(StrEnum):
    """How an event stands."""

    ANNOUNCED = "announced"
    CANCELLED = "cancelled"


KINDS: dict[str, LazyString] = {
    Kind.STARTUP_CAMP: _l("创业训练营"),
    Kind.JOB_CAMP: _l("求职能力训练营"),
    Kind.POLICY_TALK: _l("政策宣讲"),
    Kind.JOB_FAIR: _l("招聘会"),
    Kind.OTHER: _l("其他活动"),
}
LONGEST_TITLE = 60
LONGEST_PLACE = 120
LONGEST_ABOUT = 1000
LONGEST_REASON = 200
MOST_PEOPLE = 20_000
LONGEST = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is announced of an event."""

    title: str
    kind: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None = None
    about: str | None = None


def checked(plan: Plan, *, now: datetime, must_be_ahead: bool = True) -> Plan:
    """Return the plan in the form in which it is kept.

    :param must_be_ahead: nobody announces what is over; loaders of history do.
    :raises Invalid: names each wrong field.
    """
    faults = Faults()
    title = faults.text("title", plan.title, most=LONGEST_TITLE)
    place = faults.text("place", plan.place, most=LONGEST_PLACE)
    about = faults.text("about", plan.about or "", most=LONGEST_ABOUT, is_needed=False)
    if plan.kind not in KINDS:
        faults.add("kind", "not_listed", _l("请从列出的几项里选一项。"))
    if plan.capacity is not None:
        faults.whole("capacity", plan.capacity, least=1, most=MOST_PEOPLE)
    if must_be_ahead:
        faults.instant("starts_at", plan.starts_at, now=now)
        if plan.starts_at <= now:
            faults.add("starts_at", "in_the_past", _l("这个时间已经过去。请填以后的时间。"))
    if plan.ends_at <= plan.starts_at:
        faults.add("ends_at", "before_start", _l("结束要在开始之后。请重新填写。"))
    elif plan.ends_at - plan.starts_at > LONGEST:
        faults.add("ends_at", "too_long", _l("一场活动最长三天。更长的请分几场登记，或者开班。"))
    faults.stop()
    return Plan(
        title=title,
        kind=plan.kind,
        place=place,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        capacity=plan.capacity,
        about=about or None,
    )
