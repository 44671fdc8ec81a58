"""What this process knows of the switches: kept for two seconds, then compared with the counter."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

COMPARE_AFTER_SECONDS = 2.0


Packages = Mapping[str, Mapping[str, str]]
"""By district and name, the content of an uploaded package that is approved there."""
ByDistrict = Mapping[str, frozenset[str]]
On = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By district and plugin, what is set for it there."""


@dataclass(frozen=True)
class Switches:
    """Which plugins are on and which of them rest, by district, as of one value of the counter."""

    changes: int
    on: On
    resting: ByDistrict
    packages: Packages


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    switches: Switches | None = None
    compared_at: float = float("-inf")


_kept = _Kept()


def forget() -> None:
    """Read everything again at the next question (after this process has changed a switch)."""
    with _kept.lock:
        _kept.switches = None


def current(*, count: Callable[[], int], read: Callable[[], tuple[On, ByDistrict, Packages]]) -> Switches:
    """Return the switches, at most two seconds old."""
    with _kept.lock:
        if _kept.switches is not None and time.monotonic() - _kept.compared_at <= COMPARE_AFTER_SECONDS:
            return _kept.switches
        changes = count()
        if _kept.switches is None or _kept.switches.changes != changes:
            _kept.switches = Switches(changes, *read())
        _kept.compared_at = time.monotonic()
        return _kept.switches
