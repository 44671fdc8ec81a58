"""The only place that lets a plugin rest in a district after failures, and wakes it again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, insert, select, update

from skillhub.base import access, audit, clock
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work, upsert
from skillhub.districts import snapshot
from skillhub.districts.errors import PluginAwake
from skillhub.districts.model import PluginFailure, PluginRest
from skillhub.districts.queries import health
from skillhub.districts.rules import rests
from skillhub.districts.service import districts
from skillhub.plugins.bus import Failure
from skillhub.plugins.workers.faults import Raised

LONGEST_ERROR = 300
RECORDER = "plugins.rest"
_LONG_NUMBER = re.compile(r"\d{6,}")


def record(*, failures: Sequence[Failure], district: str | None) -> None:
    """Keep what went wrong, and let whoever has failed too often rest in the district.

    :param district: whose question it was; None for a failure that no district is to be blamed with.
    """
    with unit_of_work() as unit:
        unit.session.execute(insert(PluginFailure), [_row(each, district) for each in failures])
        if district is None:
            return
        for failure in {each.plugin: each for each in failures if each.is_its_own}.values():
            if _must_rest(unit, district, failure.plugin):
                _rest_in(unit, district, failure)


def wake(*, actor: Actor, district: str, plugin: str) -> str:
    """End the rest of a plugin in a district and return district and name, with a stroke between.

    :raises NotFound: no such plugin, or the actor is the officer of another district.
    :raises PluginAwake: it does not rest.
    """
    require(actor, Right(Role.OFFICER, district=district))
    health.require_known(district, plugin)
    with unit_of_work() as unit:
        ended = unit.session.execute(
            update(PluginRest)
            .where(*_open(district, plugin))
            .values(ended_at=clock.now(), ended_by_id=actor.person_id)
            .returning(PluginRest.id)
        ).scalar()
        if ended is None:
            raise PluginAwake(plugin=plugin)
        districts.count_in(unit)
        audit.record(unit, actor=actor, verb="plugin.wake", subject=f"plugin:{plugin}", district=district)
        unit.after_commit(snapshot.forget)
        return unit.refer(f"{district}/{plugin}")


def _row(failure: Failure, district: str | None) -> dict[str, object]:
    return {
        "district_code": district,
        "plugin": failure.plugin,
        "hook": failure.hook,
        "error": _without_numbers(failure.error),
        "at": clock.now(),
        "is_its_own": failure.is_its_own,
    }


def _must_rest(unit: Unit, district: str, plugin: str) -> bool:
    here = (PluginRest.district_code == district, PluginRest.plugin == plugin)
    woken_at = unit.session.scalar(select(func.max(PluginRest.ended_at)).where(*here))
    failed_at = unit.session.scalars(
        select(PluginFailure.at)
        .where(
            PluginFailure.district_code == district,
            PluginFailure.plugin == plugin,
            PluginFailure.is_its_own.is_(True),
            PluginFailure.at > rests.window(clock.now(), woken_at),
        )
        .order_by(PluginFailure.id.desc())
        .limit(rests.MOST_FAILURES)
    )
    return rests.must_rest(failed_at, now=clock.now(), woken_at=woken_at)


def _rest_in(unit: Unit, district: str, failure: Failure) -> None:
    begun = unit.session.execute(
        upsert(unit, PluginRest)
        .values(
            district_code=district,
            plugin=failure.plugin,
            since=clock.now(),
            reason=_without_numbers(failure.error),
        )
        .on_conflict_do_nothing()
        .returning(PluginRest.id)
    ).scalar()
    if begun is None:
        return  # somebody else's third failure was quicker
    districts.count_in(unit)
    audit.record(
        unit,
        actor=access.system(RECORDER),
        verb="plugin.rest",
        subject=f"plugin:{failure.plugin}",
        district=district,
        hook=failure.hook,
    )
    unit.after_commit(snapshot.forget)


def _open(district: str, plugin: str) -> tuple[ColumnElement[bool], ...]:
    return (
        PluginRest.district_code == district,
        PluginRest.plugin == plugin,
        PluginRest.ended_at.is_(None),
    )


def _without_numbers(error: Exception) -> str:
    """Return the error's text without what might be somebody's number."""
    text = str(error) if isinstance(error, Raised) else f"{type(error).__name__}: {error}"
    return _LONG_NUMBER.sub("…", text)[:LONGEST_ERROR]
