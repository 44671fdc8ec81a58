"""How one person's sessions went, one by one; the marks of a whole session are read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import Attendance
from skillhub.courses.rules import attendance as rules


@dataclass(frozen=True)
class Seen:
    """How one session went for one person."""

    state: str
    minutes: int

    @property
    def word(self) -> str:
        """The state in the reader's words."""
        return str(rules.WORDS[self.state][0])

    @property
    def kind(self) -> str:
        """The kind of status mark beside the word."""
        return rules.WORDS[self.state][1]

    @property
    def was_there(self) -> bool:
        """Tell whether the session counts as attended."""
        return self.state in rules.THERE


def of_application(application_id: int) -> dict[int, Seen]:
    """Return what was recorded about a person's sessions, by session; what is not recorded is left out."""
    rows = db.session.execute(
        select(Attendance.session_id, Attendance.state, Attendance.minutes).where(
            Attendance.application_id == application_id
        )
    )
    return {row.session_id: Seen(row.state, row.minutes) for row in rows}
