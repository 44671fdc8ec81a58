"""Recording who was at a session: the only place that writes attendance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, insert, select, update

from skillhub.base import audit, clock
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid
from skillhub.courses.errors.attendance import AttendanceKept, BatchNotRunning, SessionNotStarted
from skillhub.courses.model import Application, Attendance
from skillhub.courses.queries import doors
from skillhub.courses.queries.doors import SessionDoor
from skillhub.courses.rules import attendance as rules
from skillhub.courses.rules.applications import State
from skillhub.courses.rules.attendance import Mark
from skillhub.courses.service import kept, seats

__all__ = ["Mark", "record", "record_in"]

_FAULTS: dict[str, LazyString] = {
    "state_unknown": _l("请选 present、late、left_early、leave、absent 中的一个。"),
    "minutes_beyond": _l("这次课最长%(longest)s分钟，请填0到%(longest)s。"),
    "minutes_missing": _l("人到了，请填实际上课的分钟数，至少1分钟。"),
    "minutes_without_presence": _l("请假或未到的，分钟数请填0。"),
    "not_enrolled": _l("这张回执不是本班已录取学员的。请核对点名册。"),
    "empty": _l("一个人也没有填。请至少登记一个人。"),
    "repeated": _l("这个人写了两次，请只留一次。"),
}


def record(*, actor: Actor, session: str, marks: Sequence[Mark]) -> str:
    """Record who was at a session and return its handle; a second mark for a person corrects the first.

    :raises NotFound: no such session, or not the actor's class.
    :raises BatchNotRunning: the batch is a draft, closed or cancelled.
    :raises SessionNotStarted: the session has not begun.
    :raises Invalid: a mark cannot be right; nothing is written.
    :raises AttendanceKept: a certificate rests on a mark that would change.
    """
    doors.teachable_session(actor, session)
    with unit_of_work() as unit:
        record_in(unit, actor=actor, session=session, marks=marks)
        return unit.refer(session)


def record_in(unit: Unit, *, actor: Actor, session: str, marks: Sequence[Mark]) -> None:
    """Record inside a unit that is shared; the caller has checked rights."""
    meeting = doors.session_door(session)
    batch = seats.hold(unit, batch_id=meeting.door.id)
    if batch.state != "published":
        raise BatchNotRunning(batch=meeting.door.code)
    if clock.now() < meeting.starts_at:
        raise SessionNotStarted(session=session)
    enrolled = _enrolled(unit, meeting, marks)
    _check(meeting, enrolled, marks)
    before = {
        row.application_id: row
        for row in unit.session.execute(
            select(Attendance.application_id, Attendance.state, Attendance.minutes).where(
                Attendance.session_id == meeting.id
            )
        )
    }
    wanted = {enrolled[mark.receipt]: mark for mark in marks}
    new = {key: mark for key, mark in wanted.items() if key not in before}
    changed = {
        key: mark
        for key, mark in wanted.items()
        if key in before and (before[key].state, before[key].minutes) != (mark.state, mark.minutes)
    }
    if kept.among([*new, *changed]):
        raise AttendanceKept(session=session)
    _write(unit, actor, meeting, new, changed)
    corrected = [
        {
            "application": key,
            "before": [before[key].state, before[key].minutes],
            "after": [mark.state, mark.minutes],
        }
        for key, mark in changed.items()
    ]
    audit.record(
        unit,
        actor=actor,
        verb="attendance.record",
        subject=f"session:{meeting.id}",
        district=meeting.door.district,
        recorded=[[key, mark.state, mark.minutes] for key, mark in new.items()],
        corrected=corrected,
    )


def _enrolled(unit: Unit, meeting: SessionDoor, marks: Sequence[Mark]) -> Mapping[str, int]:
    rows = unit.session.execute(
        select(Application.receipt, Application.id).where(
            Application.batch_id == meeting.door.id,
            Application.state == State.ENROLLED,
            Application.receipt.in_([mark.receipt for mark in marks]),
        )
    )
    return {row.receipt: row.id for row in rows}


def _check(meeting: SessionDoor, enrolled: Collection[str], marks: Sequence[Mark]) -> None:
    longest = rules.length(meeting.starts_at, meeting.ends_at)
    wrong: list[FieldError] = []
    if not marks:
        wrong.append(FieldError("body", "too_few", _FAULTS["empty"]))
    seen: set[str] = set()
    for index, mark in enumerate(marks):
        if mark.receipt not in enrolled:
            wrong.append(_wrong(index, "receipt", "not_enrolled"))
        elif mark.receipt in seen:
            wrong.append(_wrong(index, "receipt", "repeated"))
        seen.add(mark.receipt)
        fault = rules.fault(state=mark.state, minutes=mark.minutes, longest=longest)
        if fault is not None:
            field = "state" if fault == "state_unknown" else "minutes"
            wrong.append(_wrong(index, field, fault, longest=longest))
    if wrong:
        raise Invalid(*wrong)


def _wrong(index: int, field: str, code: str, **facts: object) -> FieldError:
    text = str(_FAULTS[code])
    return FieldError(f"{index}.{field}", code, text % facts if facts and "%(" in text else text)


def _write(
    unit: Unit, actor: Actor, meeting: SessionDoor, new: Mapping[int, Mark], changed: Mapping[int, Mark]
) -> None:
    noted = {"recorded_at": clock.now(), "recorded_by_id": actor.person_id}
    if new:
        rows = [
            {"session_id": meeting.id, "application_id": key, **_values(mark), **noted}
            for key, mark in new.items()
        ]
        unit.session.execute(insert(Attendance), rows)
    if changed:
        table = Attendance.__table__
        statement = update(Attendance).where(
            table.c.session_id == meeting.id, table.c.application_id == bindparam("person")
        )
        rows = [{"person": key, **_values(mark), **noted} for key, mark in changed.items()]
        unit.session.connection().execute(statement, rows)


def _values(mark: Mark) -> dict[str, Any]:
    return {
        "state": mark.state,
        "minutes": mark.minutes,
        "method": mark.method,
        "evidence": mark.evidence,
        "checked_in_at": mark.checked_in_at,
        "checked_out_at": mark.checked_out_at,
    }
