"""The only place that knows the form of certificate numbers: SH, district, year, six digits.

The series is our own and for training certificates alone. Numbers of vocational
skill-level certificates come from elsewhere and are never made here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"SH([0-9]{6})([0-9]{4})([0-9]{6})", re.ASCII)


@dataclass(frozen=True)
class Number:
    """One number, taken apart."""

    district: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"SH{self.district}{self.year:04d}{self.serial:06d}"

    @property
    def series(self) -> str:
        """The name of the series from which its last six digits come."""
        return series(self.district, self.year)


def series(district: str, year: int) -> str:
    """Return the name of the series of one district and year."""
    return f"certificate:{district}:{year}"


def read(text: str) -> Number | None:
    """Take a number apart; None if it is not of our form."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    return Number(match.group(1), int(match.group(2)), int(match.group(3)))
