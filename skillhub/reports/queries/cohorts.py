"""A group of people from the register through a course to work: who is left at each step, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from skillhub.accounts.queries import registers
from skillhub.courses.queries import figures as courses
from skillhub.credentials.queries import holdings
from skillhub.credit.queries import figures as credit


class Step(StrEnum):
    """How far somebody of the cohort came."""

    REGISTERED = "registered"
    TRAINED = "trained"
    PLACED = "placed"


@dataclass(frozen=True)
class Cohort:
    """The people (ids) of each step; each step is a part of the one before."""

    registered: frozenset[int]
    trained: frozenset[int]
    placed: frozenset[int]

    def at(self, step: Step) -> frozenset[int]:
        """Return who came at least so far."""
        found: frozenset[int] = getattr(self, step.value)
        return found


def cohort(district: str, *, group: str, course: str, places: Collection[str] = ()) -> Cohort:
    """Return who bears a group tag, who of them was certified in a course, who of these found work.

    :param course: the course's code.
    :param places: where the work is; empty is anywhere.
    """
    registered = registers.in_group(district, group)
    trained = registered & holdings.holders(district, batch_ids=courses.of_course(course))
    placed = trained & credit.hired(district, places=sorted(places) or None)
    return Cohort(registered, trained, placed)


def places(found: Cohort) -> tuple[str, ...]:
    """Return where the trained people of a cohort found work."""
    return credit.places_of(found.trained)
