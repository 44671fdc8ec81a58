"""The only place that knows how THIRD_PARTY.md is made.

    .venv/bin/python bin/third_party.py > THIRD_PARTY.md

One row for each package of requirements.lock; the licence is what the installed package
itself declares. Run it after the lock has changed; a test compares.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_LICENCE_NAME = 60
HEAD = """\
# What SkillHub stands on

The packages that `bin/run` installs, each with the licence that it declares itself. Written by
`bin/third_party.py` from `requirements.lock` and the installed packages; a test compares.

The fonts that set-up makes are converted from Noto Sans CJK (© 2014-2021 Adobe, SIL Open Font License 1.1,
packaged by manimgx-fonts-cjk), carry another name, as that licence asks, and stand under the same licence.

| package | version | licence |
|---|---|---|
"""


def locked_packages() -> list[tuple[str, str]]:
    """Return name and version of each package that run time needs."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", lock, flags=re.MULTILINE)


def licence_of(package: Distribution) -> str:
    """Return the licence that a package declares: its expression, its classifiers, or its short free text."""
    declared = package.metadata
    expression = declared.get_all("License-Expression")
    if expression:
        return ", ".join(expression)
    marks = declared.get_all("Classifier") or []
    names = [mark.rpartition(" :: ")[2] for mark in marks if mark.startswith("License :: ")]
    names = [name for name in names if name != "OSI Approved"]
    free_text = " ".join(declared.get_all("License") or []).strip()
    if names:
        return ", ".join(names)
    return free_text if free_text and len(free_text) <= LONGEST_LICENCE_NAME else "see the package"


def table() -> str:
    """Return the whole text of THIRD_PARTY.md."""
    rows = [
        f"| {name} | {version} | {licence_of(distribution(name))} |\n"
        for name, version in sorted(locked_packages(), key=lambda row: row[0].lower())
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(table())
