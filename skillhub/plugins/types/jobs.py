"""What core hands a plugin of a district's job feed, and the postings that come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PayUnit(StrEnum):
    """What a wage is counted by."""

    DAY = "day"
    MONTH = "month"
    PIECE = "piece"
    HOUR = "hour"
    SHIFT = "shift"


@dataclass(frozen=True, kw_only=True)
class ExtraField:
    """What a district says of a job and core has no member for, in the district's own words.

    ``label`` is the name of the district's field, ``label_en`` the same in English; nothing is read into
    ``value``, it is shown as it stands.
    """

    label: str
    label_en: str
    value: str


@dataclass(frozen=True, kw_only=True)
class JobPosting:
    """One advertised job. Every text is plain text: core escapes it, nobody renders it.

    ``pay_text`` is what the advertisement says; the fen are only there when it could be read without doubt.
    ``flags`` are codes of what is wrong or lacking, listed in ``docs/plugins/README.md``.
    """

    id: str
    title: str
    trade: str = ""
    employer: str = ""
    headcount: int | None = None
    pay_min_fen: int | None = None
    pay_max_fen: int | None = None
    pay_unit: PayUnit | None = None
    settlement: str | None = None
    pay_text: str = ""
    lon: float | None = None
    lat: float | None = None
    place: str = ""
    work: str = ""
    requirements: str = ""
    insurance: str | None = None
    posted_on: date | None = None
    valid_through: date | None = None
    skills: tuple[str, ...] = ()
    visited_by: str | None = None
    visited_on: date | None = None
    visited_how: str | None = None
    min_stars: int | None = None
    hours_to_start: int | None = None
    wish: str | None = None
    extra: tuple[ExtraField, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FeedDrop:
    """A file that the district dropped: its name, its whole text, and the civil date it is read on."""

    name: str
    text: str
    on: date


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """A row that is no posting: its line in the file, counted from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class FeedResult:
    """What one drop holds."""

    postings: tuple[JobPosting, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
