"""The question whether a person completed a course."""

from __future__ import annotations

from datetime import date

from skillhub.plugins.markers import hookspec
from skillhub.plugins.types import Attendance, CompletionDecision, Course, Marks


@hookspec
def decide_completion(
    course: Course, attendance: Attendance, marks: Marks, on: date
) -> CompletionDecision | None:
    """Decide how one person's training ended.

    Asked for each enrolment when the results of its batch are entered, outside any transaction.
    Least attendance and pass marks have no default in core: answer ``None`` when no table holds on the
    day, and core stops with a message instead of letting anyone pass or fail.

    :param course: the course as it stood when the batch opened.
    :param attendance: minutes and sessions, planned and present.
    :param marks: marks of 0 to 100, None where a part was not examined.
    :param on: the civil date, in the district's time zone, whose rules apply.
    :raises Exception: an error holds the result for a clerk; it never fails the person.

    Policy: decide. Since: API 1. Budget: 200 ms.
    """
