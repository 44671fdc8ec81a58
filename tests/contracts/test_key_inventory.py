"""docs/security/keys.md lists every key that the program makes, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from skillhub.base import seal, signing
from skillhub.courses.rules.queue_log import keys as log_keys
from skillhub.credentials.keys import Purpose

FILE = Path(__file__).parents[2] / "docs" / "security" / "keys.md"
MONTH, NUMBER = "YYYY-MM", "N"
MAKERS = {
    "base/signing.py",
    "command/ready.py",
    "courses/service/allocation_keys.py",
    "credentials/keys.py",
    "testing/pytest_plugin.py",
}
"""Which modules have keys made: with another one the inventory may have to grow."""


def _listed() -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", FILE.read_text("utf-8"), re.MULTILINE))


def test_every_key_that_the_program_makes_is_in_the_inventory(tmp_path):
    seal.make(tmp_path)
    for purpose in (*(each.files for each in Purpose), log_keys.USE):
        signing.make(tmp_path, f"{purpose}-2025-11")

    made = {
        path.name.replace("2025-11", MONTH).replace("seal-1", f"seal-{NUMBER}") for path in tmp_path.iterdir()
    }

    assert made == _listed()


def test_keys_are_made_nowhere_else():
    folder = FILE.parents[2] / "skillhub"
    making = re.compile(r"\b(signing|seal)\.(make|write)\(")

    found = {path for path in folder.rglob("*.py") if making.search(path.read_text("utf-8"))}

    assert {str(path.relative_to(folder)) for path in found} == MAKERS
