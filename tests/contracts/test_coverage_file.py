"""docs/security/coverage.csv has a line for every requirement; what it calls done is shown by what exists."""

from __future__ import annotations

import ast
import csv
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "security" / "coverage.csv"
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
STATES = ("done", "open", "not applicable")

# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has, numbered from 1 without a gap.
SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3
11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4
14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
OF_LEVEL_3 = (
    "1.2.10",
    "2.3.5",
    "3.6.1",
    "5.2.5",
    "5.2.6",
    "5.3.3",
    "6.3.8",
    "8.3.2",
    "8.3.3",
    "15.4.2",
    "16.5.4",
)
LAW = (5, 6, 13, 14, 15, 23, 24, 28, 29, 44, 45, 46, 47, 51, 54, 55, 56, 57)
PROTECTION = (1, 2, 3, 8, 9, 10, 11)


def _wanted() -> set[str]:
    counted = (each.split(":") for each in SECTIONS.split())
    asvs = [f"{section}.{number}" for section, most in counted for number in range(1, int(most) + 1)]
    assert len(asvs) == 253, "70 of level 1 and 183 of level 2"
    return {
        *asvs,
        *OF_LEVEL_3,
        *(f"API{number}" for number in range(1, 11)),
        *(f"DJ 4.{number}" for number in PROTECTION),
        *(f"PIPL {number}" for number in LAW),
    }


@lru_cache
def _names(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_requirement_has_one_line():
    listed = [row["id"] for row in ROWS]
    assert set(listed) == _wanted()
    assert len(listed) == len(set(listed))


def test_every_line_has_its_form():
    for row in ROWS:
        assert row["state"] in STATES, row["id"]
        assert row["where"].strip(), row["id"]
        if row["state"] != "done":
            assert re.fullmatch(r"[A-Z].+\.", row["where"]), f"{row['id']}: a sentence says why"


@pytest.mark.parametrize("row", [row for row in ROWS if row["state"] == "done"], ids=lambda row: row["id"])
def test_what_is_done_is_shown_by_a_test_or_a_file_that_exists(row):
    for shown in row["where"].split("; "):
        path, _, name = shown.partition("::")
        assert (ROOT / path).is_file(), shown
        assert not name or name in _names(ROOT / path), shown


def test_a_test_that_a_reason_names_exists_too():
    """Sentences may point to tests, which must not go away without a word."""
    for row in ROWS:
        for path in re.findall(r"tests/[\w/]+\.py", row["where"]):
            assert (ROOT / path).is_file(), row["id"]
