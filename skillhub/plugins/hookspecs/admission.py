"""The questions who may be let into a batch, and how its seats are given out."""

from __future__ import annotations

from datetime import date

from skillhub.plugins.markers import hookspec
from skillhub.plugins.types import (
    AllocationPlan,
    Background,
    Batch,
    Chances,
    Course,
    EligibilityDecision,
    Person,
)


@hookspec
def decide_eligibility(
    *,
    person: Person,
    course: Course,
    batch: Batch,
    background: Background,
    chances: Chances,
    on: date,
) -> EligibilityDecision | None:
    """Decide by which conditions somebody may be let into a batch.

    Asked before a person applies, to show each condition with its paragraph, and again when the person
    does, outside any transaction; the answer is kept with a hash of the facts. Core has conditions of its
    own (sixteen years, papers, no two classes at once); these come on top. ``None`` means no opinion.

    :param person: as on file now, without name or number.
    :param course: the course of the batch.
    :param batch: dates, seats, and the employer's order if there is one.
    :param background: papers, the same course passed before, a class at the same time.
    :param chances: subsidies used this year, whoever was paid.
    :param on: the civil date, in the district's time zone, whose rules apply.
    :raises Exception: an error holds the application for a clerk; it never refuses it.

    Policy: decide. Since: API 1. Budget: 200 ms.
    """


@hookspec
def allocation_plan(*, course: Course, batch: Batch, on: date) -> AllocationPlan | None:
    """Decide how the seats of a batch are given out, instead of the way that was filed.

    Asked once when the batch is approved, outside any transaction; the plan is then frozen and published.
    Which person gets which seat is core's own, by that plan. ``None`` leaves the filed plan as it is.

    :param course: the course of the batch.
    :param batch: dates, seats, and the employer's order if there is one.
    :param on: the civil date, in the district's time zone, whose rules apply.
    :raises Exception: an error holds the approval; the officer reads why.

    Policy: decide. Since: API 1. Budget: 200 ms.
    """
