"""Tables for districts, sites, and the switches of plugins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
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
    """A market, centre, station or stall."""

    __tablename__ = "site"

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
