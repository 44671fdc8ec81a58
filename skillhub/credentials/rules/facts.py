"""The only place that says which facts a certificate freezes, and how their checksum is made."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

VERSION = 1
OF_CORRECTIONS = ("version", "corrected_on")


class Status(StrEnum):
    """What has become of a certificate since its issue; the frozen facts never tell."""

    VALID = "valid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the paper says: the seven mandatory facts, then what explains them.

    Mandatory: number, name, the last digits of the identity document, the course,
    first and last day, the training body, the day of issue.
    """

    number: str
    name: str
    identity_last4: str
    course: str
    starts_on: date
    ends_on: date
    body: str
    issued_on: date
    trade: str
    level: str | None
    level_name: str | None
    hours: int
    theory_hours: int
    practice_hours: int
    theory: int | None
    practice: int | None
    batch: str
    district: str
    is_fictitious: bool
    version: int = 1
    corrected_on: date | None = None

    @property
    def is_examined(self) -> bool:
        """Tell whether marks stand behind it; without any it is a note of completed hours (结业证明)."""
        return self.theory is not None or self.practice is not None

    @property
    def is_corrected(self) -> bool:
        """Tell whether it stands in for an earlier one, whose facts were wrong."""
        return self.version > 1

    def frozen(self) -> dict[str, Any]:
        """Return the facts as they are stored: texts, whole numbers, truths and None only.

        A first version does not speak of versions: the checksums of all older ones rest on that.
        """
        values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in dataclasses.asdict(self).items()
            if self.is_corrected or name not in OF_CORRECTIONS
        }
        return values | {"v": VERSION}

    def texts(self) -> dict[str, str]:
        """Return the texts that come from outside, whose characters the font must have."""
        return {
            "name": self.name,
            "identity_last4": self.identity_last4,
            "course": self.course,
            "trade": self.trade,
            "level": self.level_name or "",
            "body": self.body,
            "batch": self.batch,
        }


def thawed(stored: Mapping[str, Any]) -> Facts:
    """Return stored facts again."""
    values = {name: value for name, value in stored.items() if name != "v"}
    for name in ("starts_on", "ends_on", "issued_on", "corrected_on"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return Facts(**values)


def canonical(stored: Mapping[str, Any]) -> bytes:
    """Return the one spelling over which the checksum is made: sorted names, UTF-8, no blanks."""
    return json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def checksum(stored: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical spelling, in hexadecimal."""
    return hashlib.sha256(canonical(stored)).hexdigest()
