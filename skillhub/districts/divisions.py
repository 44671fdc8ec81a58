"""The only place that knows districts by their code before they are added: a small table of names."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "divisions.csv"
CODE = re.compile(r"[1-9][0-9]{5}")


@dataclass(frozen=True)
class Division:
    """A district as the state's list has it."""

    code: str
    name: str
    short_name: str
    name_en: str
    city: str
    province: str


@lru_cache
def _table() -> dict[str, Division]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Division(**row) for row in csv.DictReader(file)}


def division(code: str) -> Division | None:
    """Return the division with this code, None for one that the table does not have."""
    return _table().get(code)
