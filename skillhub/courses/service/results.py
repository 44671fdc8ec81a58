"""Recording how each person's training ended: marks in, the district's rule asked, its answer kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, insert, select, update

from skillhub import plugins
from skillhub.base import audit, clock
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid
from skillhub.courses.errors.attendance import BatchNotRunning
from skillhub.courses.errors.results import (
    ClassNotOver,
    FactsMoved,
    NoCompletionRule,
    ResultKept,
    RuleUndecided,
)
from skillhub.courses.model import Result
from skillhub.courses.queries import applications, attendance, doors
from skillhub.courses.queries import results as queries
from skillhub.courses.queries.doors import Door
from skillhub.courses.rules import results as rules
from skillhub.courses.rules.applications import State
from skillhub.courses.rules.results import Hours, Marks
from skillhub.courses.service import kept, seats
from skillhub.districts import switches

__all__ = ["Decided", "Marks", "decided", "record", "record_in"]

MOST_TRIES = 3
_STATES = ("published", "closed")
_FAULTS: dict[str, LazyString] = {
    "not_enrolled": _l("这张回执不是本班已录取学员的。请核对名册。"),
    "empty": _l("一个人的成绩也没有填。请至少登记一个人。"),
    "repeated": _l("这个人写了两次，请只留一次。"),
    "mark_beyond": _l("请填0到100的整数。没有考的那一项不填。"),
}


@dataclass(frozen=True)
class Decided:
    """What the district's rule said of one person, and the facts that it was told."""

    application_id: int
    marks: Marks
    hours: Hours
    decision: plugins.CompletionDecision
    plugin: str
    version: str
    sha256: str


def record(*, actor: Actor, batch: str, marks: Sequence[Marks]) -> str:
    """Record the results of people of a batch and return its code; a second result corrects the first.

    The rule is asked before the unit. Should attendance change meanwhile, it is asked
    again, at most three times.

    :raises NotFound: no such batch, or not the actor's class.
    :raises ClassNotOver: the last session has not ended.
    :raises Invalid: a mark cannot be right; nothing is written.
    :raises NoCompletionRule: the district has no rule for the day; nothing is written.
    :raises RuleUndecided: a plugin failed, or two answered; nothing is written.
    :raises FactsMoved: attendance kept changing.
    :raises ResultKept: a certificate rests on a result that would change.
    """
    doors.teachable(actor, batch)
    for left in reversed(range(MOST_TRIES)):
        decisions = decided(batch=batch, marks=marks)
        try:
            with unit_of_work() as unit:
                record_in(unit, actor=actor, batch=batch, decisions=decisions)
                return unit.refer(batch)
        except FactsMoved:
            if not left:
                raise
    raise AssertionError  # the loop returns or raises


def decided(*, batch: str, marks: Sequence[Marks]) -> tuple[Decided, ...]:
    """Ask the district's rule about each person; never inside a unit of work.

    :raises NoCompletionRule: the district has no rule for the day.
    :raises RuleUndecided: a plugin failed, or two answered.
    """
    door = doors.door(batch)
    _check_time(door)
    enrolled = {each.receipt: each.id for each in applications.of_batch(door.id, State.ENROLLED)}
    _check(enrolled, marks)
    hours = attendance.hours_of(door.id)
    course = queries.course_of(door.id)
    return tuple(
        _ask(door, course, enrolled[each.receipt], hours[enrolled[each.receipt]], each) for each in marks
    )


def _ask(door: Door, course: plugins.Course, application_id: int, hours: Hours, marks: Marks) -> Decided:
    answer = switches.decide(
        "decide_completion",
        district=door.district,
        course=course,
        attendance=plugins.Attendance(
            minutes_planned=hours.minutes_planned,
            minutes_present=hours.minutes_present,
            sessions_planned=hours.sessions_planned,
            sessions_present=hours.sessions_present,
        ),
        marks=plugins.Marks(theory=marks.theory, practice=marks.practice),
        on=door.ends_on,
    )
    if answer is None:
        raise NoCompletionRule(district=door.district, on=door.ends_on.isoformat())
    if isinstance(answer, plugins.Undecided):
        names = sorted({each.plugin for each in answer.failures} | {each.plugin for each in answer.answers})
        raise RuleUndecided(plugin="、".join(names))
    return Decided(application_id, marks, hours, answer.value, answer.plugin, answer.version, answer.sha256)


def record_in(unit: Unit, *, actor: Actor, batch: str, decisions: Sequence[Decided]) -> None:
    """Record decisions inside a unit that is shared; the caller has checked rights.

    :raises FactsMoved: somebody's attendance is not what the rule was told.
    :raises ResultKept: a certificate rests on a result that would change.
    """
    door = doors.door(batch)
    seats.hold(unit, batch_id=door.id)
    _check_time(doors.door_by_id(door.id))
    wanted = {each.application_id: each for each in decisions}
    now_attended = attendance.hours_of(door.id, list(wanted))
    if any(now_attended.get(key) != each.hours for key, each in wanted.items()):
        raise FactsMoved(batch=batch)
    before = {
        row.application_id: row
        for row in unit.session.execute(
            select(Result.application_id, Result.theory, Result.practice, Result.outcome).where(
                Result.application_id.in_(list(wanted))
            )
        )
    }
    new = {key: each for key, each in wanted.items() if key not in before}
    old = {key: each for key, each in wanted.items() if key in before}
    if kept.among(list(old)):
        raise ResultKept(batch=batch)
    _write(unit, actor, door, new, old)
    audit.record(
        unit,
        actor=actor,
        verb="result.record",
        subject=f"batch:{door.id}",
        district=door.district,
        recorded=[_fact(key, each) for key, each in new.items()],
        corrected=[
            {
                "before": [before[key].theory, before[key].practice, before[key].outcome],
                "after": _fact(key, each),
            }
            for key, each in old.items()
        ],
    )


def _check_time(door: Door) -> None:
    if door.state not in _STATES:
        raise BatchNotRunning(batch=door.code)
    ends_at = doors.last_session_ends_at(door.id)
    if ends_at is None or clock.now() < ends_at:
        raise ClassNotOver(batch=door.code)


def _check(enrolled: Mapping[str, int], marks: Sequence[Marks]) -> None:
    wrong: list[FieldError] = []
    if not marks:
        wrong.append(FieldError("body", "too_few", _FAULTS["empty"]))
    seen: set[str] = set()
    for index, each in enumerate(marks):
        if each.receipt not in enrolled:
            wrong.append(FieldError(f"{index}.receipt", "not_enrolled", _FAULTS["not_enrolled"]))
        elif each.receipt in seen:
            wrong.append(FieldError(f"{index}.receipt", "repeated", _FAULTS["repeated"]))
        seen.add(each.receipt)
        wrong.extend(
            FieldError(f"{index}.{part}", "mark_beyond", _FAULTS["mark_beyond"])
            for part, mark in (("theory", each.theory), ("practice", each.practice))
            if not rules.is_possible(mark)
        )
    if wrong:
        raise Invalid(*wrong)


def _fact(application_id: int, each: Decided) -> list[object]:
    return [application_id, each.marks.theory, each.marks.practice, each.decision.outcome.value]


def _write(
    unit: Unit, actor: Actor, door: Door, new: Mapping[int, Decided], old: Mapping[int, Decided]
) -> None:
    noted = {"recorded_at": clock.now(), "recorded_by_id": actor.person_id}
    if new:
        rows = [
            {"application_id": key, "batch_id": door.id, **_values(each), **noted}
            for key, each in new.items()
        ]
        unit.session.execute(insert(Result), rows)
    if old:
        statement = update(Result).where(Result.application_id == bindparam("person"))
        rows = [{"person": key, **_values(each), **noted} for key, each in old.items()]
        unit.session.connection().execute(statement, rows)


def _values(each: Decided) -> dict[str, Any]:
    reasons = [
        {"code": why.code, "clause": why.clause, "text": why.text, "text_en": why.text_en}
        for why in each.decision.reasons
    ]
    return {
        "theory": each.marks.theory,
        "practice": each.marks.practice,
        "minutes_planned": each.hours.minutes_planned,
        "minutes_present": each.hours.minutes_present,
        "outcome": each.decision.outcome.value,
        "reasons": reasons,
        "plugin": each.plugin,
        "plugin_version": each.version,
        "plugin_sha256": each.sha256,
    }
