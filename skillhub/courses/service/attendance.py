"""Recording who was at a session: the only place that writes attendance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from skillhub.courses.queries.doors import Door, SessionDoor
from skillhub.courses.rules import attendance as rules
from skillhub.courses.rules.applications import State
from skillhub.courses.rules.attendance import Mark
from skillhub.courses.service import kept, seats

__all__ = ["Mark", "Sheet", "record", "record_all_in", "record_in"]

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


@dataclass(frozen=True)
class Sheet:
    """Who was at one session; `at` is when that was recorded, for sheets of an earlier register."""

    session: str
    marks: Sequence[Mark]
    at: datetime | None = None


@dataclass(frozen=True)
class _Read:
    """One sheet with its session, by application: what is new, and what corrects an earlier mark."""

    meeting: SessionDoor
    new: Mapping[int, Mark]
    changed: Mapping[int, Mark]
    before: Mapping[int, tuple[str, int]]
    at: datetime


def record_in(unit: Unit, *, actor: Actor, session: str, marks: Sequence[Mark]) -> None:
    """Record inside a unit that is shared; the caller has checked rights."""
    record_all_in(unit, actor=actor, sheets=[Sheet(session, marks)])


def record_all_in(unit: Unit, *, actor: Actor, sheets: Sequence[Sheet]) -> None:
    """Record several sessions of one batch inside a unit, by as many statements as one; see `record`."""
    meetings = doors.session_doors([sheet.session for sheet in sheets])
    if not meetings:
        return
    door = meetings[0].door
    batch = seats.hold(unit, batch_id=door.id)
    if batch.state != "published":
        raise BatchNotRunning(batch=door.code)
    enrolled = _enrolled(unit, door)
    before = _before(unit, meetings)
    found = [
        _read(meeting, sheet, enrolled, before.get(meeting.id, {}))
        for meeting, sheet in zip(meetings, sheets, strict=True)
    ]
    touched = {key for each in found for key in (*each.new, *each.changed)}
    if kept.among(touched):
        raise AttendanceKept(session=sheets[0].session)
    _write(unit, actor, found)
    audit.record_all(unit, [_told(actor, each) for each in found])


def _read(
    meeting: SessionDoor, sheet: Sheet, enrolled: Mapping[str, int], before: Mapping[int, tuple[str, int]]
) -> _Read:
    at = sheet.at or clock.now()
    if at < meeting.starts_at:
        raise SessionNotStarted(session=sheet.session)
    _check(meeting, enrolled, sheet.marks)
    wanted = {enrolled[mark.receipt]: mark for mark in sheet.marks}
    return _Read(
        meeting,
        new={key: mark for key, mark in wanted.items() if key not in before},
        changed={
            key: mark
            for key, mark in wanted.items()
            if key in before and before[key] != (mark.state, mark.minutes)
        },
        before=before,
        at=at,
    )


def _told(actor: Actor, found: _Read) -> dict[str, Any]:
    corrected = [
        {"application": key, "before": list(found.before[key]), "after": [mark.state, mark.minutes]}
        for key, mark in found.changed.items()
    ]
    facts = {
        "recorded": [[key, mark.state, mark.minutes] for key, mark in found.new.items()],
        "corrected": corrected,
    }
    with clock.frozen_at(found.at):
        return audit.row(
            actor, "attendance.record", f"session:{found.meeting.id}", found.meeting.door.district, facts
        )


def _enrolled(unit: Unit, door: Door) -> Mapping[str, int]:
    rows = unit.session.execute(
        select(Application.receipt, Application.id).where(
            Application.batch_id == door.id, Application.state == State.ENROLLED
        )
    )
    return {row.receipt: row.id for row in rows}


def _before(unit: Unit, meetings: Sequence[SessionDoor]) -> dict[int, dict[int, tuple[str, int]]]:
    """Return the marks that there are, by session and application."""
    rows = unit.session.execute(
        select(Attendance.session_id, Attendance.application_id, Attendance.state, Attendance.minutes).where(
            Attendance.session_id.in_([meeting.id for meeting in meetings])
        )
    )
    found: dict[int, dict[int, tuple[str, int]]] = {}
    for row in rows:
        found.setdefault(row.session_id, {})[row.application_id] = (row.state, row.minutes)
    return found


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


def _write(unit: Unit, actor: Actor, found: Sequence[_Read]) -> None:
    new = [
        {"session_id": each.meeting.id, "application_id": key, **_values(mark), **_noted(actor, each)}
        for each in found
        for key, mark in each.new.items()
    ]
    if new:
        unit.session.execute(insert(Attendance), new)
    changed = [
        {"session": each.meeting.id, "person": key, **_values(mark), **_noted(actor, each)}
        for each in found
        for key, mark in each.changed.items()
    ]
    if changed:
        table = Attendance.__table__
        statement = update(Attendance).where(
            table.c.session_id == bindparam("session"), table.c.application_id == bindparam("person")
        )
        unit.session.connection().execute(statement, changed)


def _noted(actor: Actor, found: _Read) -> dict[str, Any]:
    return {"recorded_at": found.at, "recorded_by_id": actor.person_id}


def _values(mark: Mark) -> dict[str, Any]:
    return {
        "state": mark.state,
        "minutes": mark.minutes,
        "method": mark.method,
        "evidence": mark.evidence,
        "checked_in_at": mark.checked_in_at,
        "checked_out_at": mark.checked_out_at,
    }
