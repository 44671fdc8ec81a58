"""The only place that knows under which headings a column comes; the table is data (headings.csv)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from skillhub.base.sheets import header

FILE = Path(__file__).parents[1] / "data" / "headings.csv"


@lru_cache
def names(kind: str) -> Mapping[str, str]:
    """Return the field of each heading of a kind of file, headings as they are compared."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            header.plain(row["heading"]): row["field"] for row in csv.DictReader(file) if row["kind"] == kind
        }
