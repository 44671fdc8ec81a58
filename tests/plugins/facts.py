"""One person in one class: the facts that tests of the border ask about."""

from __future__ import annotations

from datetime import date

from skillhub.plugins import (
    Attendance,
    Batch,
    Certificate,
    Chances,
    CompletionDecision,
    Course,
    Marks,
    Outcome,
    Person,
    hookimpl,
)

COURSE = Course(
    code="C-1", name="家务服务", trade="家政", theory_hours=8, practice_hours=12, minutes_per_hour=45
)
ATTENDANCE = Attendance(minutes_planned=900, minutes_present=900, sessions_planned=5, sessions_present=5)

COMPLETION = {
    "course": COURSE,
    "attendance": ATTENDANCE,
    "marks": Marks(theory=80, practice=70),
    "on": date(2025, 6, 1),
}

SUBSIDY = {
    "person": Person(
        handle="p-1", birth_on=date(1980, 2, 29), sex="F", groups=("家政登记",), district="130202"
    ),
    "course": COURSE,
    "batch": Batch(code="B-1", starts_on=date(2025, 5, 5), ends_on=date(2025, 5, 9), seats=8),
    "attendance": ATTENDANCE,
    "marks": Marks(theory=80, practice=70),
    "certificate": Certificate(number="SH1", issued_on=date(2025, 5, 14), trade="家政"),
    "engagement": None,
    "chances": Chances(used=0),
    "on": date(2025, 6, 1),
}


class Certifies:
    """A plugin that lets everyone pass."""

    @hookimpl
    def decide_completion(self, course):
        return CompletionDecision(outcome=Outcome.CERTIFIED)


class Breaks:
    """A plugin whose rule fails."""

    @hookimpl
    def decide_completion(self, marks):
        raise RuntimeError("feed down")


class Abstains:
    """A plugin without an opinion."""

    @hookimpl
    def decide_completion(self):
        return None
