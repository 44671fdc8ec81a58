"""Every frozen fact and answer that crosses the border between SkillHub and a plugin, by subject."""

from __future__ import annotations

from skillhub.plugins.types.admission import (
    AllocationPlan,
    Background,
    Eligibility,
    EligibilityDecision,
    EligibilityLine,
    SeatQuota,
)
from skillhub.plugins.types.jobs import (
    ExtraField,
    FeedDrop,
    FeedResult,
    JobPosting,
    PayUnit,
    RejectedRow,
)
from skillhub.plugins.types.subsidy import (
    Certificate,
    Chances,
    Engagement,
    SubsidyDecision,
    SubsidyLine,
    Verdict,
)
from skillhub.plugins.types.training import (
    Attendance,
    Batch,
    CompletionDecision,
    Course,
    Marks,
    Outcome,
    Person,
    Reason,
)

__all__ = [
    "AllocationPlan",
    "Attendance",
    "Background",
    "Batch",
    "Certificate",
    "Chances",
    "CompletionDecision",
    "Course",
    "Eligibility",
    "EligibilityDecision",
    "EligibilityLine",
    "Engagement",
    "ExtraField",
    "FeedDrop",
    "FeedResult",
    "JobPosting",
    "Marks",
    "Outcome",
    "PayUnit",
    "Person",
    "Reason",
    "RejectedRow",
    "SeatQuota",
    "SubsidyDecision",
    "SubsidyLine",
    "Verdict",
]
