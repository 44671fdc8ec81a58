"""The only place that reads the switches of plugins and what went wrong when they were asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from skillhub.base.db import db
from skillhub.districts.model import PluginFailure, PluginRest, PluginSwitch, PluginTime, SwitchCount


@dataclass(frozen=True)
class SwitchView:
    """Whether a plugin is on in a district; version 0 has never been switched."""

    district: str
    plugin: str
    is_on: bool
    settings: Mapping[str, Any]
    version: int
    changed_at: datetime | None


@dataclass(frozen=True)
class FailureView:
    """One failure of a plugin."""

    district: str | None
    plugin: str
    hook: str
    error: str
    at: datetime


@dataclass(frozen=True)
class RestView:
    """A plugin that is not asked in a district, since when and why."""

    district: str
    plugin: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class HookView:
    """How one hook of a plugin has fared in a district lately; times in milliseconds."""

    hook: str
    calls: int
    failures: int
    mean_ms: float
    slowest_ms: float


def resting(*, district: str | None = None, plugin: str | None = None) -> tuple[RestView, ...]:
    """Return who rests, everywhere or in one district, all or one plugin."""
    conditions: list[ColumnElement[bool]] = [PluginRest.ended_at.is_(None)]
    if district is not None:
        conditions.append(PluginRest.district_code == district)
    if plugin is not None:
        conditions.append(PluginRest.plugin == plugin)
    rows = db.session.execute(
        select(PluginRest.district_code, PluginRest.plugin, PluginRest.since, PluginRest.reason)
        .where(*conditions)
        .order_by(PluginRest.district_code, PluginRest.plugin)
    )
    return tuple(RestView(*row) for row in rows)


def times(plugin: str, *, districts: Collection[str] | None, since: date) -> tuple[HookView, ...]:
    """Return how the hooks of a plugin fared since a day, in some districts together or in all."""
    conditions = [PluginTime.plugin == plugin, PluginTime.on >= since]
    if districts is not None:
        conditions.append(PluginTime.district_code.in_(districts))
    rows = db.session.execute(
        select(
            PluginTime.hook,
            func.sum(PluginTime.calls),
            func.sum(PluginTime.failures),
            func.sum(PluginTime.microseconds),
            func.max(PluginTime.slowest_microseconds),
        )
        .where(*conditions)
        .group_by(PluginTime.hook)
        .order_by(PluginTime.hook)
    )
    return tuple(
        HookView(hook, int(calls), int(failures), float(taken) / int(calls) / 1000, slowest / 1000)
        for hook, calls, failures, taken, slowest in rows
    )


def switch(district: str, plugin: str) -> SwitchView:
    """Return one switch; one that was never touched is off."""
    row = db.session.execute(
        _switches(PluginSwitch.district_code == district, PluginSwitch.plugin == plugin)
    ).one_or_none()
    if row is None:
        return SwitchView(district, plugin, is_on=False, settings={}, version=0, changed_at=None)
    return SwitchView(*row)


def switches_of(district: str | None = None) -> tuple[SwitchView, ...]:
    """Return the switches of a district, or all."""
    conditions = [] if district is None else [PluginSwitch.district_code == district]
    return tuple(SwitchView(*row) for row in db.session.execute(_switches(*conditions)))


def changes() -> int:
    """Return how often any switch has been changed."""
    return db.session.scalar(select(SwitchCount.changes)) or 0


def failures(
    *, district: str | None = None, plugin: str | None = None, limit: int = 20
) -> tuple[FailureView, ...]:
    """Return the latest failures, of one district (and of no particular one) or of one plugin."""
    conditions: list[ColumnElement[bool]] = []
    if district is not None:
        conditions.append(or_(PluginFailure.district_code == district, PluginFailure.district_code.is_(None)))
    if plugin is not None:
        conditions.append(PluginFailure.plugin == plugin)
    rows = db.session.execute(
        select(
            PluginFailure.district_code,
            PluginFailure.plugin,
            PluginFailure.hook,
            PluginFailure.error,
            PluginFailure.at,
        )
        .where(*conditions)
        .order_by(PluginFailure.id.desc())
        .limit(limit)
    )
    return tuple(FailureView(*row) for row in rows)


def _switches(*conditions: ColumnElement[bool]) -> Select[str, str, bool, dict[str, Any], int, datetime]:
    return (
        select(
            PluginSwitch.district_code,
            PluginSwitch.plugin,
            PluginSwitch.is_on,
            PluginSwitch.settings,
            PluginSwitch.version,
            PluginSwitch.changed_at,
        )
        .where(*conditions)
        .order_by(PluginSwitch.district_code, PluginSwitch.plugin)
    )
