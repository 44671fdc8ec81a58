"""Pure decisions at the door of an event: when people sign in, how, and how good that evidence is."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

OPEN_BEFORE = timedelta(hours=2)
"""How long before the beginning people may sign in."""
TYPED_UP_WITHIN = timedelta(days=14)
"""How long after the end the staff may still type up a sheet of paper."""
CODE_TURNS_EVERY = timedelta(minutes=1)
CODE_DIGITS = 6
WRONG_CODES, WRONG_CODES_WITHIN = 10, timedelta(minutes=10)


class Method(StrEnum):
    """How it is known that somebody came."""

    DOCUMENT = "document"
    CODE_AND_STAFF = "code+staff"
    CODE = "code"
    FACE_TO_FACE = "staff"
    PAPER = "paper"


EVIDENCE: dict[str, str] = {
    Method.DOCUMENT: "A",
    Method.CODE_AND_STAFF: "A",
    Method.CODE: "B",
    Method.FACE_TO_FACE: "B",
    Method.PAPER: "C",
}
"""A: the staff saw person and document. B: one of the two; a code can be passed on. C: a signature."""
METHODS: dict[str, LazyString] = {
    Method.DOCUMENT: _l("窗口看了证件"),
    Method.CODE_AND_STAFF: _l("现场码，工作人员在场"),
    Method.CODE: _l("本人输现场码"),
    Method.FACE_TO_FACE: _l("窗口记下，没看证件"),
    Method.PAPER: _l("照纸质签到表补记"),
}
AT_THE_DOOR = (Method.DOCUMENT, Method.FACE_TO_FACE, Method.PAPER)
"""What a clerk may choose."""


def is_open_for_oneself(*, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Tell whether people can sign in by themselves: from two hours before until the end."""
    return starts_at - OPEN_BEFORE <= now <= ends_at


def has_begun(*, starts_at: datetime, now: datetime) -> bool:
    """Tell whether the doors have opened."""
    return now >= starts_at - OPEN_BEFORE


def is_over(*, ends_at: datetime, now: datetime) -> bool:
    """Tell whether not even the sheet of paper is typed up any more."""
    return now > ends_at + TYPED_UP_WITHIN


def code(key: str, now: datetime) -> str:
    """Return the digits that are shown in the hall at an instant."""
    return _digits(key, _turn(now))


def is_code(key: str, typed: str, now: datetime) -> bool:
    """Tell whether these digits are shown now, or were until a moment ago (typing takes its time)."""
    turn = _turn(now)
    return any(hmac.compare_digest(typed.encode(), _digits(key, each).encode()) for each in (turn, turn - 1))


def seconds_left(now: datetime) -> int:
    """Return after how many seconds the digits turn."""
    every = int(CODE_TURNS_EVERY.total_seconds())
    return every - int(now.timestamp()) % every


def _turn(now: datetime) -> int:
    return int(now.timestamp()) // int(CODE_TURNS_EVERY.total_seconds())


def _digits(key: str, turn: int) -> str:
    made = hmac.new(key.encode(), str(turn).encode(), hashlib.sha256).digest()
    return str(int.from_bytes(made[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)
