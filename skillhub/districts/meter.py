"""How long plugins take, summed up in this process and written by a thread of its own, never by who asked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask

from skillhub.base.errors import SkillHubError
from skillhub.districts.service import times
from skillhub.districts.service.times import Key, Sum
from skillhub.plugins.apart import Took

log = logging.getLogger("skillhub.districts")
WRITES_EVERY_SECONDS = 15.0


@dataclass
class _Kept:
    lock: threading.Lock
    sums: dict[Key, Sum]
    writer: threading.Thread | None = None


_kept = _Kept(threading.Lock(), {})


def add(district: str, took: Iterable[Took]) -> None:
    """Add what some questions of a district took."""
    with _kept.lock:
        for each in took:
            key = Key(district, each.plugin, each.hook)
            known = _kept.sums.get(key, Sum())
            _kept.sums[key] = known.with_one(each.seconds, failed=each.failed)


def drain() -> dict[Key, Sum]:
    """Return what has been summed up since the last time, and begin anew."""
    with _kept.lock:
        sums, _kept.sums = _kept.sums, {}
    return sums


def write() -> None:
    """Write what has been summed up; what cannot be written now is written later."""
    sums = drain()
    if not sums:
        return
    try:
        times.add(sums)
    except SkillHubError as error:
        log.warning("times of plugins not written yet: %s", error.code)
        with _kept.lock:
            for key, each in sums.items():
                _kept.sums[key] = each.plus(_kept.sums.get(key, Sum()))


def keep_writing(app: Flask) -> None:
    """Write every few seconds from now on, in a thread that lasts as long as this process."""
    with _kept.lock:
        if _kept.writer is None:
            _kept.writer = threading.Thread(
                target=_write_for_ever, args=(app,), name="plugin times", daemon=True
            )
            _kept.writer.start()


def _write_for_ever(app: Flask) -> None:
    pause = threading.Event()
    while not pause.wait(WRITES_EVERY_SECONDS):
        with app.app_context():
            write()
