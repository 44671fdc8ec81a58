"""Tables for job feeds and their postings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class JobFeed(Model):
    """One feed of one district: when it was read, of when its last good data is, and what is wrong now."""

    __tablename__ = "job_feed"
    __table_args__ = (UniqueConstraint("district_code", "plugin", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str]
    plugin: Mapped[str]
    name: Mapped[str]
    content_sha256: Mapped[str | None]
    tried_at: Mapped[datetime | None]
    good_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    rejected: Mapped[list[dict[str, Any]]]


class JobPosting(Model):
    """One posting of the last good data of a feed."""

    __tablename__ = "job_posting"
    __table_args__ = (
        UniqueConstraint("feed_id", "external_id"),
        Index("ix_job_posting_district_code_trade", "district_code", "trade"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    feed_id: Mapped[int]
    district_code: Mapped[str]
    external_id: Mapped[str]
    trade: Mapped[str]
    title: Mapped[str]
    facts: Mapped[dict[str, Any]]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
