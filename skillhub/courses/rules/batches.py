"""What a batch may look like, when it can be changed, and the words for its states."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults
from skillhub.courses.rules import allocation, places, plans
from skillhub.courses.rules.allocation import Mode, Quota
from skillhub.courses.rules.places import Place

STATES = {
    "draft": _l("等待核准"),
    "published": _l("已公布"),
    "closed": _l("已结束"),
    "cancelled": _l("已取消"),
}
PARTS = {"theory": _l("理论"), "practice": _l("实操")}
PUBLIC = ("published", "closed", "cancelled")
MOST_SEATS = 500
MOST_SESSIONS = 100
LONGEST_SESSION = timedelta(hours=12)
LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class PlannedSession:
    """One meeting before it is on file; `hours` is given only where history counted otherwise."""

    starts_at: datetime
    ends_at: datetime
    part: str
    hours: int | None = None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A batch before it is on file."""

    seats: int
    mode: str
    opens_at: datetime
    closes_at: datetime
    sessions: tuple[PlannedSession, ...]
    place: Place
    quotas: tuple[Quota, ...] = ()
    release_at: datetime | None = None
    cut_off: datetime | None = None

    def allocation(self) -> allocation.Plan:
        """Return how the seats are given out; the cut-off is a day before the class unless it is named."""
        first_at = self.sessions[0].starts_at
        cut_off = self.cut_off or plans.default_cut_off(closes_at=self.closes_at, first_at=first_at)
        return allocation.Plan(
            mode=Mode(self.mode),
            seats=self.seats,
            quotas=self.quotas,
            release_at=self.release_at,
            cut_off=cut_off,
        )


@dataclass(frozen=True)
class Taught:
    """A meeting that is on file elsewhere, to compare with."""

    batch: str
    starts_at: datetime
    ends_at: datetime


def checked(plan: Plan, *, minutes_per_hour: int, now: datetime | None) -> Plan:
    """Return the plan with its sessions in order and their hours counted.

    :param now: None for history, which lies in the past.
    :raises Invalid: with every fault found.
    """
    faults = Faults()
    faults.whole("seats", plan.seats, least=1, most=MOST_SEATS)
    if plan.mode not in plans.MODES:
        faults.add("mode", "unknown", _l("请填first_come（先到先得）、draw（抽签）或quotas（留名额）。"))
    place = places.checked(faults, plan.place)
    sessions = _sessions(faults, plan.sessions, minutes_per_hour=minutes_per_hour, now=now)
    kept = replace(plan, place=place, sessions=sessions)
    if now is not None:
        kept = replace(
            kept,
            opens_at=faults.instant("opens_at", plan.opens_at, now=now),
            closes_at=faults.instant("closes_at", plan.closes_at, now=now),
        )
    if not faults.found:
        check_window(
            faults,
            opens_at=kept.opens_at,
            closes_at=kept.closes_at,
            first_starts_at=sessions[0].starts_at,
            now=now,
        )
    if not faults.found:
        plans.check(
            faults,
            kept.allocation(),
            opens_at=kept.opens_at,
            closes_at=kept.closes_at,
            first_at=sessions[0].starts_at,
        )
    faults.stop()
    return kept


def check_window(
    faults: Faults,
    *,
    opens_at: datetime,
    closes_at: datetime,
    first_starts_at: datetime,
    now: datetime | None,
) -> None:
    """Note what is wrong with the time in which people apply."""
    if opens_at >= closes_at:
        faults.add("closes_at", "before_opening", _l("报名结束不晚于报名开始。请把结束时间改到开始以后。"))
    if closes_at > first_starts_at:
        faults.add("closes_at", "after_first_session", _l("报名结束晚于第一次上课。请改到第一次上课之前。"))
    if now is not None and closes_at <= now:
        faults.add("closes_at", "in_the_past", _l("报名结束时间已经过去。请填以后的时间。"))


def _sessions(
    faults: Faults, planned: Sequence[PlannedSession], *, minutes_per_hour: int, now: datetime | None
) -> tuple[PlannedSession, ...]:
    if not planned:
        faults.add("sessions", "missing", _l("还没有课次。请至少填一次课的日期和时间。"))
        return ()
    if len(planned) > MOST_SESSIONS:
        faults.add("sessions", "too_many", _l("一个班最多%(most)s次课。请分成几个班。", most=MOST_SESSIONS))
        return ()
    before = len(faults.found)
    for number, each in enumerate(planned):
        _check_session(faults, number, each, minutes_per_hour=minutes_per_hour, now=now)
    if len(faults.found) > before:
        return ()
    ordered = sorted(enumerate(planned), key=lambda item: item[1].starts_at)
    for (_, one), (number, other) in itertools.pairwise(ordered):
        if other.starts_at < one.ends_at:
            faults.add(
                f"sessions.{number}",
                "overlap",
                _l("第%(n)s次课和另一次课时间重叠。请错开。", n=number + 1),
            )
    return tuple(replace(each, hours=each.hours or each.minutes // minutes_per_hour) for _, each in ordered)


def _check_session(
    faults: Faults, number: int, session: PlannedSession, *, minutes_per_hour: int, now: datetime | None
) -> None:
    field, shown = f"sessions.{number}", number + 1
    if session.part not in PARTS:
        faults.add(
            f"{field}.part",
            "unknown",
            _l("第%(n)s次课没有分清内容。请填theory（理论）或practice（实操）。", n=shown),
        )
    if now is not None:
        found = len(faults.found)
        faults.instant(f"{field}.starts_at", session.starts_at, now=now)
        faults.instant(f"{field}.ends_at", session.ends_at, now=now)
        if len(faults.found) > found:
            return
        if session.starts_at <= now:
            faults.add(
                f"{field}.starts_at",
                "in_the_past",
                _l("第%(n)s次课的时间已经过去。请填以后的时间。", n=shown),
            )
    if session.ends_at <= session.starts_at:
        faults.add(
            f"{field}.ends_at", "before_start", _l("第%(n)s次课的下课不晚于上课。请核对时间。", n=shown)
        )
    elif session.ends_at - session.starts_at > LONGEST_SESSION:
        faults.add(f"{field}.ends_at", "too_long", _l("第%(n)s次课超过12小时。请分成几次。", n=shown))
    elif session.hours is None and session.minutes < minutes_per_hour:
        faults.add(
            f"{field}.ends_at",
            "too_short",
            _l(
                "第%(n)s次课只有%(minutes)s分钟，不够1课时（%(least)s分钟）。",
                n=shown,
                minutes=session.minutes,
                least=minutes_per_hour,
            ),
        )


def clash(planned: Sequence[PlannedSession], taught: Sequence[Taught]) -> Taught | None:
    """Return the first meeting elsewhere that happens at the same time as a planned one."""
    for other in taught:
        if any(each.starts_at < other.ends_at and other.starts_at < each.ends_at for each in planned):
            return other
    return None


def is_open(*, state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    """Tell whether people can apply now."""
    return state == "published" and opens_at <= now < closes_at


def phase(*, state: str, opens_at: datetime, closes_at: datetime, has_seats: bool, now: datetime) -> str:
    """Name where a batch stands for those who want to join: one word for the board of its page."""
    if state != "published":
        return state
    if now < opens_at:
        return "before"
    if now >= closes_at:
        return "over"
    return "open" if has_seats else "full"
