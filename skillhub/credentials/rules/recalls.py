"""Pure words of recalls: by what certificates are taken back together, and what becomes of the request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the certificates have in common."""

    KEY = "key"
    COURSE = "course"
    BATCH = "batch"
    NUMBERS = "numbers"


class Decision(StrEnum):
    """What a second person has said."""

    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Common:
    """What certificates have in common: a kind, and the key, course, batch or first number.

    `border` is the last number of a range; with a key, the number of the last certificate
    that is still believed: by order of signing, never by a clock, which a thief could set.
    """

    kind: Kind
    what: str
    border: str = ""
