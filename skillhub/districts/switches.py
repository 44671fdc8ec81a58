"""The one door to the plugins: asks those that are on in a district, and notes what went wrong.

Never inside a unit of work: a plugin that hangs would hold its locks. Whoever
decides asks before, and reads the facts again under the lock.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from flask import current_app
from sqlalchemy import insert

from skillhub.base import clock, idempotency
from skillhub.base.db import unit_of_work
from skillhub.base.errors import SkillHubError
from skillhub.districts import queries, snapshot
from skillhub.districts.model import PluginFailure
from skillhub.districts.queries import plugins as plugin_queries
from skillhub.plugins.bus import Answer, Bus, Failure, Undecided

log = logging.getLogger("skillhub.districts")
LONGEST_ERROR = 300
_LONG_NUMBER = re.compile(r"\d{6,}")


def decide(hook: str, *, district: str, **facts: object) -> Answer | Undecided | None:
    """Return the only answer of the district's plugins, why nobody may decide, or None for no opinion."""
    said = _bus().decide(hook, enabled(district), **facts)
    if isinstance(said, Undecided):
        note(said.failures, district=district)
    return said


def collect(hook: str, *, district: str, **facts: object) -> tuple[tuple[Answer, ...], tuple[Failure, ...]]:
    """Return everything that the district's plugins contribute, and what went wrong beside it."""
    answers, failures = _bus().collect(hook, enabled(district), **facts)
    note(failures, district=district)
    return answers, failures


def is_answered(hook: str, *, district: str) -> bool:
    """Tell whether any plugin that is on in a district answers a hook, so that its facts are wanted."""
    return any(hook in _bus().hooks_of(name) for name in enabled(district))


def enabled(district: str) -> frozenset[str]:
    """Return the names of the plugins that are on in a district, at most two seconds old."""
    now = snapshot.current(count=plugin_queries.changes, read=_read)
    return now.on.get(district, frozenset())


def note(failures: Iterable[Failure], *, district: str | None) -> None:
    """Keep what went wrong for the plugin's page; that it cannot be kept hurts nobody who asked."""
    rows = [
        {
            "district_code": district,
            "plugin": failure.plugin,
            "hook": failure.hook,
            "error": _without_numbers(failure.error),
            "at": clock.now(),
        }
        for failure in failures
    ]
    if not rows:
        return
    try:
        with idempotency.apart(), unit_of_work() as unit:
            unit.session.execute(insert(PluginFailure), rows)
    except SkillHubError as error:
        log.warning("failure of a plugin not kept: %s", error.code)


def _without_numbers(error: Exception) -> str:
    """Return the error's text without what might be somebody's number."""
    text = f"{type(error).__name__}: {error}"
    return _LONG_NUMBER.sub("…", text)[:LONGEST_ERROR]


def _read() -> Mapping[str, frozenset[str]]:
    on: dict[str, set[str]] = defaultdict(set)
    for switch in queries.switches_of():
        if switch.is_on:
            on[switch.district].add(switch.plugin)
    return {district: frozenset(names) for district, names in on.items()}


def _bus() -> Bus:
    bus = current_app.extensions["skillhub.bus"]
    if not isinstance(bus, Bus):
        raise TypeError("the application has no plugin bus")
    return bus
