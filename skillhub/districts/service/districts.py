"""The only place that adds districts and switches plugins on and off in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from skillhub.base import audit, clock
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit
from skillhub.base.errors import Forbidden, NotFound, VersionConflict
from skillhub.districts import snapshot
from skillhub.districts.errors import DistrictKnown
from skillhub.districts.model import District, PluginSwitch, SwitchCount


def add_in(
    unit: Unit,
    *,
    actor: Actor,
    code: str,
    name: str,
    short_name: str,
    name_en: str,
    city: str,
    province: str,
    zone: str = "Asia/Shanghai",
    phone: str | None = None,
) -> str:
    """Add a district inside a unit and return its code; only set-up and loaders of ours do this.

    :raises Forbidden: a person tries.
    :raises DistrictKnown: it exists.
    """
    if actor.system is None:
        raise Forbidden
    try:
        with unit.session.begin_nested():
            unit.session.execute(
                insert(District).values(
                    code=code,
                    name=name,
                    short_name=short_name,
                    name_en=name_en,
                    city=city,
                    province=province,
                    zone=zone,
                    phone=phone,
                )
            )
    except IntegrityError as error:
        raise DistrictKnown(district=code) from error
    audit.record(unit, actor=actor, verb="district.add", subject=f"district:{code}", district=code)
    return code


def switch_in(
    unit: Unit,
    *,
    actor: Actor,
    district: str,
    plugin: str,
    is_on: bool,
    settings: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> int:
    """Switch a plugin inside a unit and return the switch's new version."""
    require(actor, Right(Role.OFFICER, district=district))
    if unit.session.scalar(select(District.code).where(District.code == district)) is None:
        raise NotFound
    made = _change(unit, district, plugin, is_on=is_on, settings=settings, version=version)
    if made is None:
        made = _make(unit, district, plugin, is_on=is_on, settings=settings, version=version)
    count_in(unit)
    audit.record(
        unit,
        actor=actor,
        verb="plugin.enable" if is_on else "plugin.disable",
        subject=f"plugin:{plugin}",
        district=district,
        version=made,
        settings=sorted(settings or ()),
    )
    unit.after_commit(snapshot.forget)
    return made


def _change(
    unit: Unit,
    district: str,
    plugin: str,
    *,
    is_on: bool,
    settings: Mapping[str, Any] | None,
    version: int | None,
) -> int | None:
    values: dict[str, Any] = {
        "is_on": is_on,
        "version": PluginSwitch.version + 1,
        "changed_at": clock.now(),
    }
    if settings is not None:
        values["settings"] = dict(settings)
    conditions = [PluginSwitch.district_code == district, PluginSwitch.plugin == plugin]
    if version is not None:
        conditions.append(PluginSwitch.version == version)
    return unit.session.execute(
        update(PluginSwitch).where(*conditions).values(**values).returning(PluginSwitch.version)
    ).scalar()


def _make(
    unit: Unit,
    district: str,
    plugin: str,
    *,
    is_on: bool,
    settings: Mapping[str, Any] | None,
    version: int | None,
) -> int:
    if version:
        raise VersionConflict(plugin=plugin, district=district)
    try:
        with unit.session.begin_nested():
            unit.session.execute(
                insert(PluginSwitch).values(
                    district_code=district,
                    plugin=plugin,
                    is_on=is_on,
                    settings=dict(settings or {}),
                    version=1,
                    changed_at=clock.now(),
                )
            )
    except IntegrityError as error:
        raise VersionConflict(plugin=plugin, district=district) from error
    return 1


def count_in(unit: Unit) -> None:
    """Let every process notice within seconds that a switch or a rest has changed."""
    counted = unit.session.execute(
        update(SwitchCount).values(changes=SwitchCount.changes + 1).returning(SwitchCount.id)
    ).scalar()
    if counted is None:
        unit.session.execute(insert(SwitchCount).values(id=1, changes=1))
