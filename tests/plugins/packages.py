"""Writes packages into a folder, as a district or an author would send them."""

from __future__ import annotations

from skillhub.plugins.discover import Candidate

MANIFEST = """
name = "{name}"
version = "1.0.0"
api = 1
title = "某区"
districts = ["130202"]
hooks = ["decide_completion"]
"""
RULES = """
[[rule]]
hook = "decide_completion"
name = "出勤"
require = "attendance.minutes_present > 0"
otherwise = "hours_short"
"""
CODE = '''"""A district with code."""

from skillhub.plugins import CompletionDecision, Outcome, hookimpl


@hookimpl
def decide_completion(marks):
    """Let everyone pass."""
    return CompletionDecision(outcome=Outcome.CERTIFIED)
'''


def write(root, name, **files):
    """Write a package and return it as a candidate; ``rules_toml="…"`` becomes ``rules.toml``."""
    folder = root / name
    folder.mkdir(parents=True)
    whole = {"plugin_toml": MANIFEST.format(name=name), "__init___py": '"""A district."""\n', **files}
    for file, text in whole.items():
        if text is not None:
            stem, _, ending = file.rpartition("_")
            (folder / f"{stem}.{ending}").write_text(text, encoding="utf-8")
    return Candidate(name, f"{root.name}.{name}", folder)
