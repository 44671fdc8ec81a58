"""What the worker does for enrolment every few seconds: what falls due by time and by nobody's hand."""

from __future__ import annotations

from skillhub.base import access, work
from skillhub.courses.service import carrying, offers, plans

EVERY_SECONDS = 2.0
CLOCKWORK = access.system("courses.lines")


@work.every(EVERY_SECONDS, "courses.lines")
def keep_lines() -> None:
    """Let offers lapse, release kept seats, hold drawings and carry the line into the next batch."""
    offers.lapse_overdue(actor=CLOCKWORK)
    plans.release_due(actor=CLOCKWORK)
    plans.draw_due(actor=CLOCKWORK)
    carrying.carry_over(actor=CLOCKWORK)
