"""The question whether and what a district pays for one person's training."""

from __future__ import annotations

from datetime import date

from skillhub.plugins.markers import hookspec
from skillhub.plugins.types import (
    Attendance,
    Batch,
    Certificate,
    Chances,
    Course,
    Engagement,
    Marks,
    Person,
    SubsidyDecision,
)


@hookspec
def decide_subsidy(
    *,
    person: Person,
    course: Course,
    batch: Batch,
    attendance: Attendance,
    marks: Marks,
    certificate: Certificate | None,
    engagement: Engagement | None,
    chances: Chances,
    on: date,
) -> SubsidyDecision | None:
    """Decide whether this district pays for one enrolment, how much, and by which paragraphs.

    Asked for a preview, before or after enrolling, and again for the claim, outside any transaction.
    Four dates may matter: ``batch.starts_on`` (who the person was), ``certificate.issued_on`` (the window),
    ``engagement.started_on`` (the job found) and those behind ``chances`` (subsidies already paid).
    Answer ``None`` when the rule set has no opinion; that is not a refusal. A day without a table is a
    refusal with its reason; the table of another day is never used.

    :param person: as of the training, without name or number.
    :param course: the course as it stood when the batch opened.
    :param batch: dates, and the employer's order if there is one.
    :param attendance: minutes and sessions, planned and present.
    :param marks: marks of 0 to 100, None where a part was not examined.
    :param certificate: the certificate of this training, None as long as there is none.
    :param engagement: the job that followed, None as long as there is none.
    :param chances: subsidies used in the year of the claim, whoever was paid.
    :param on: the civil date, in the district's time zone, whose rules apply.
    :raises Exception: an error holds the claim for a clerk; it never refuses it.

    Policy: decide. Since: API 1. Budget: 200 ms.
    """
