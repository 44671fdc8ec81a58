"""The JSON address for the attendance of a session."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from skillhub.base.access import Scope
from skillhub.courses.queries import attendance as queries
from skillhub.courses.queries import doors
from skillhub.courses.service import attendance as service
from skillhub.web import api, requests

bp = Blueprint("attendance_api", __name__, url_prefix="/api/v1")


class AttendancePut(api.Shape):
    """How one person's session went."""

    receipt: str
    state: Literal["present", "late", "left_early", "leave", "absent"]
    minutes: Annotated[int, Field(ge=0)]


class AttendanceMark(api.Shape):
    """How one person's session went, as it is on record."""

    receipt: str
    state: str
    minutes: int


class AttendanceShape(api.Shape):
    """Who was at a session; `recorded` is how many people are on record."""

    session: str
    recorded: int
    items: list[AttendanceMark]


def _show(handle: str) -> AttendanceShape:
    session = doors.readable_session(requests.actor(), handle)
    marks = queries.of_session(session.id).values()
    items = [AttendanceMark(receipt=each.receipt, state=each.state, minutes=each.minutes) for each in marks]
    return AttendanceShape(session=handle, recorded=len(items), items=items)


@bp.put("/sessions/<handle>/attendance")
@api.operation(
    "Record who was at a session", scope=Scope.TEACH, body=list[AttendancePut], answer=AttendanceShape
)
@api.writing(_show)
def record(handle: str) -> str:
    """Record people of the class, some or all; what was recorded before is corrected and both are kept."""
    actor = requests.actor()
    doors.teachable_session(actor, handle)
    body = api.read(list[AttendancePut])
    marks = [service.Mark(receipt=each.receipt, state=each.state, minutes=each.minutes) for each in body]
    return service.record(actor=actor, session=handle, marks=marks)
