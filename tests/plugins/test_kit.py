"""The kit says which case differs and how, and what a package still owes."""

from __future__ import annotations

import importlib

import pytest

from plugins_contrib import tangshan_lunan
from skillhub.testing import kit
from tests.plugins.packages import CODE, RULES, write

FACTS = """
[facts.decide_completion]
on = 2025-06-01
course = { code = "c", name = "c", trade = "t", theory_hours = 1, practice_hours = 1, minutes_per_hour = 45 }
attendance = { minutes_planned = 90, minutes_present = 90, sessions_planned = 1, sessions_present = 1 }
marks = { theory = 60, practice = 60 }
"""
CASE = '[[case]]\nname = "一例"\nhook = "decide_completion"\n'


@pytest.fixture
def cases(tmp_path, monkeypatch):
    """A package of one rule, and a way to run a table of cases against it."""
    name = f"kit_{tmp_path.parent.name}_{tmp_path.name}".translate(str.maketrans("-[]", "___"))
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = write(tmp_path, name, rules_toml=RULES).folder
    module = importlib.import_module(name)

    def run(*texts):
        path = folder / "cases.toml"
        path.write_text("\n".join((FACTS, *texts)), encoding="utf-8")
        return kit.run_cases(module, path)

    run.module, run.folder = module, folder
    return run


def test_cases_that_come_out_as_written_are_counted(cases):
    absent = "facts.attendance = { minutes_present = 0 }\n"
    short = f'{absent}answer = {{ outcome = "hours_short" }}\nunmet = ["rule_1"]\n'

    assert cases(CASE + 'answer = { outcome = "certified" }', CASE + short) == 2


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            'answer = { outcome = "failed" }',
            "一例: expected {'outcome': 'failed'}, got {'outcome': 'certified'}",
        ),
        ("", "一例: expected no answer, got"),
        ('unmet = ["rule_1"]', r"一例: expected unmet \['rule_1'\], got \[\]"),
        (
            'facts.mark = { theory = 1 }\nanswer = { outcome = "certified" }',
            "一例: decide_completion has no such facts",
        ),
    ],
)
def test_a_case_that_differs_says_how(cases, case, said):
    with pytest.raises(AssertionError, match=said):
        cases(CASE + case)


def test_a_fact_of_a_wrong_type_is_no_case(cases):
    with pytest.raises(AssertionError, match=r"一例: marks\.theory must be int"):
        cases(CASE + 'facts.marks = { theory = "60" }')


def test_an_answer_that_was_expected_and_a_failure_are_told(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    silent = CODE.replace("return CompletionDecision(outcome=Outcome.CERTIFIED)", "return None")
    broken = CODE.replace("return CompletionDecision(outcome=Outcome.CERTIFIED)", "raise ValueError('no')")
    path = tmp_path / "cases.toml"
    path.write_text(f'{FACTS}{CASE}answer = {{ outcome = "certified" }}', encoding="utf-8")

    for name, code, said in (
        ("kit_silent", silent, "一例: no answer"),
        ("kit_broken", broken, "failed: ValueError"),
    ):
        write(tmp_path, name, __init___py=code)
        with pytest.raises(AssertionError, match=said):
            kit.run_cases(importlib.import_module(name), path)


def test_a_package_that_expects_no_answer_gets_none():
    assert kit.run_cases(tangshan_lunan, kit.folder_of(tangshan_lunan) / "cases.toml") > 30


def test_what_a_package_still_owes_is_named(cases):
    with pytest.raises(AssertionError, match=r"README\.md:1: write README\.md"):
        kit.check_plugin(cases.module)

    (cases.folder / "README.md").write_text("某区", encoding="utf-8")
    cases(CASE + 'answer = { outcome = "certified" }')
    with pytest.raises(AssertionError, match=r"rules\.toml:4: “出勤” has no English"):
        kit.check_plugin(cases.module)

    (cases.folder / "translations").mkdir()
    english = cases.folder / "translations" / "en.toml"
    english.write_text('[texts]\n"出勤" = "Attendance"\n"多余" = "Extra"', encoding="utf-8")
    with pytest.raises(AssertionError, match="多余"):
        kit.check_plugin(cases.module)

    english.write_text('[texts]\n"出勤" = "Attendance"', encoding="utf-8")
    kit.check_plugin(cases.module)

    (cases.folder / "rules.toml").write_text("[[rule", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"rules\.toml:1: is not TOML"):
        kit.check_plugin(cases.module)
