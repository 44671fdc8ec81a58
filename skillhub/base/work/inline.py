"""An engine that keeps jobs in this process until they are asked for: tests, and one-off commands."""

from __future__ import annotations

from collections import deque

from skillhub.base.db import Unit
from skillhub.base.work import slices


class StillUnavailable(RuntimeError):
    """A job had to wait, which nobody can in one process: what it waits for would never happen."""


class InlineEngine:
    """Remembers the jobs of committed units; `drain` carries them out, those that they ask for too."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()

    def enqueue(self, unit: Unit, job_id: str) -> None:
        """Remember the job once the unit has been committed."""
        unit.after_commit(lambda: self.waiting.append(job_id))

    def drain(self) -> int:
        """Carry out all that waits, and return the number of jobs."""
        count = 0
        while self.waiting:
            job_id = self.waiting.popleft()
            while slices.run_next(job_id, _pause):
                pass
            count += 1
        return count


def _pause(seconds: float) -> None:
    if seconds > slices.TRIES:
        raise StillUnavailable
