"""The border: all that a plugin may import, and what core asks plugins with; `__all__` is the promise."""

from __future__ import annotations

from skillhub.plugins.bus import Answer, Asked, Bus, Failure, Undecided
from skillhub.plugins.errors import FeedUnreadable, NoParameter, PackageInvalid, PluginRejected
from skillhub.plugins.markers import hookimpl
from skillhub.plugins.parameters import Parameter, Parameters
from skillhub.plugins.types import (
    Attendance,
    Batch,
    Certificate,
    Chances,
    CompletionDecision,
    Course,
    Engagement,
    ExtraField,
    FeedDrop,
    FeedResult,
    JobPosting,
    Marks,
    Outcome,
    PayUnit,
    Person,
    Reason,
    RejectedRow,
    SubsidyDecision,
    SubsidyLine,
    Verdict,
)

__all__ = [
    "Answer",
    "Asked",
    "Attendance",
    "Batch",
    "Bus",
    "Certificate",
    "Chances",
    "CompletionDecision",
    "Course",
    "Engagement",
    "ExtraField",
    "Failure",
    "FeedDrop",
    "FeedResult",
    "FeedUnreadable",
    "JobPosting",
    "Marks",
    "NoParameter",
    "Outcome",
    "PackageInvalid",
    "Parameter",
    "Parameters",
    "PayUnit",
    "Person",
    "PluginRejected",
    "Reason",
    "RejectedRow",
    "SubsidyDecision",
    "SubsidyLine",
    "Undecided",
    "Verdict",
    "hookimpl",
]
