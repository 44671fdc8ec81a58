"""Pure rules for certificates that others issued: what their numbers say; none is ever made here.

The state's numbers of 职业技能等级证书 are a letter and 21 digits (特级技师: two letters and 20), those of
the older 职业资格证书 are 16 digits. Ours, SH and 16 digits, can be none of these.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_LEVEL = re.compile(r"[YS][0-9]{12}(?P<year>[0-9]{2})(?P<level>[1-5])[0-9]{6}", re.ASCII)
_SPECIAL = re.compile(r"[A-Z]{2}[0-9]{20}", re.ASCII)
_OLD = re.compile(r"(?P<year>[0-9]{2})[0-9]{8}(?P<level>[1-5])[0-9]{5}", re.ASCII)


class State(StrEnum):
    """What staff have found out."""

    UNVERIFIED = "unverified"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Number:
    """A number of theirs, and what it says: the last two digits of the year of issue, and the level."""

    text: str
    year: int | None
    level: str | None


def plain(text: str) -> str:
    """Return a number as it is kept: capitals, no blanks or hyphens, whatever was typed or pasted."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def read(text: str) -> Number | None:
    """Take a number apart; None if it is of none of the three forms."""
    kept = plain(text)
    found = _LEVEL.fullmatch(kept) or _OLD.fullmatch(kept)
    if found is not None:
        return Number(kept, int(found["year"]), found["level"])
    return Number(kept, None, None) if _SPECIAL.fullmatch(kept) else None
