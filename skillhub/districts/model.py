"""Tables for districts, sites, and the switches of plugins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class District(Model):
    """The unit of rules, money and plugins; its code has six digits."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    short_name: Mapped[str]
    name_en: Mapped[str]
    city: Mapped[str]
    province: Mapped[str]
    zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    phone: Mapped[str | None]


class Site(Model):
    """A market, centre, station, stall or workshop as it is now; how it came to be so is in its changes."""

    __tablename__ = "site"
    __table_args__ = (CheckConstraint("parent_id <> id", name="not_under_itself"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    kind: Mapped[str]
    tier: Mapped[int]
    address: Mapped[str]
    phone: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class SiteChange(Model):
    """A site as it was from an instant on, who made it so and by what; rows are never changed."""

    __tablename__ = "site_change"
    __table_args__ = (Index("ix_site_change_site_id_at", "site_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    verb: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    kind: Mapped[str]
    tier: Mapped[int]
    address: Mapped[str]
    phone: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    closed_on: Mapped[date | None]
    reason: Mapped[str | None]


class SiteClerk(Model):
    """From when to when a clerk of the district works at one site; whoever has no row works for all of it."""

    __tablename__ = "site_clerk"
    __table_args__ = (
        Index(
            "uq_site_clerk_working",
            "person_id",
            "district_code",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    district_code: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    set_by_id: Mapped[int | None]


class PluginSwitch(Model):
    """Whether a plugin is on in a district, and the district's settings for it."""

    __tablename__ = "plugin_switch"
    __table_args__ = (UniqueConstraint("district_code", "plugin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"))
    plugin: Mapped[str]
    is_on: Mapped[bool]
    settings: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


class SwitchCount(Model):
    """One row that counts changes of switches, so that every process notices one quickly."""

    __tablename__ = "switch_count"

    id: Mapped[int] = mapped_column(primary_key=True)
    changes: Mapped[int]


class PluginFailure(Model):
    """What went wrong when a plugin was asked."""

    __tablename__ = "plugin_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str | None] = mapped_column(index=True)
    plugin: Mapped[str] = mapped_column(index=True)
    hook: Mapped[str]
    error: Mapped[str]
    at: Mapped[datetime]
    is_its_own: Mapped[bool] = mapped_column(default=True, server_default=text("true"))


class PluginRest(Model):
    """From when to when a plugin that failed too often is not asked in a district, why, and who ended it."""

    __tablename__ = "plugin_rest"
    __table_args__ = (
        Index(
            "uq_plugin_rest_open",
            "district_code",
            "plugin",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"))
    plugin: Mapped[str]
    since: Mapped[datetime]
    reason: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PluginTime(Model):
    """How long a plugin took for the questions of one hook in a district, summed up for each day."""

    __tablename__ = "plugin_time"
    __table_args__ = (UniqueConstraint("district_code", "plugin", "hook", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"))
    plugin: Mapped[str]
    hook: Mapped[str]
    on: Mapped[date]
    calls: Mapped[int]
    failures: Mapped[int]
    microseconds: Mapped[int] = mapped_column(BigInteger)
    slowest_microseconds: Mapped[int] = mapped_column(BigInteger)


class PluginPackage(Model):
    """A package of data by its content hash, as it was uploaded; rows are never changed."""

    __tablename__ = "plugin_package"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[str]
    files: Mapped[dict[str, Any]]


class PluginOffer(Model):
    """A package that an officer has uploaded for a district, and what a second officer decided."""

    __tablename__ = "plugin_offer"
    __table_args__ = (UniqueConstraint("district_code", "package_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"))
    package_sha256: Mapped[str] = mapped_column(ForeignKey("plugin_package.sha256"))
    state: Mapped[str]
    offered_at: Mapped[datetime]
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    report: Mapped[dict[str, Any]]
