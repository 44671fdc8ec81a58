"""The hook reference cannot drift from the hooks, nor the page about plugins from what plugins meet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skillhub.plugins import data, facts, labels
from skillhub.plugins.authoring import reference, rights
from skillhub.plugins.feeds import reader
from skillhub.plugins.hooks import HOOKS
from skillhub.plugins.rules import reading

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "plugins" / "hooks.md").read_text(encoding="utf-8")
PAGE = (DOCS / "plugins" / "README.md").read_text(encoding="utf-8")


def section(name):
    return REFERENCE.split(f"### {name}(", 1)[1].split("\n### ", 1)[0]


def test_the_reference_is_what_the_specifications_say():
    assert reference.page() == REFERENCE, "write it anew: python -m skillhub.plugins.authoring.reference"


def test_every_rating_is_on_the_page():
    assert all(f"| {number} | {english} |" in PAGE for number, (_, english) in rights.MEANINGS.items())


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_a_hook_is_in_the_reference_with_its_exact_arguments(name):
    assert f"### {name}({', '.join(HOOKS[name].arguments)})\n" in REFERENCE


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_a_hook_has_the_policy_age_and_budget_that_the_reference_says(name):
    hook = HOOKS[name]

    said = f"Policy: {hook.policy}. Since: API {hook.since}. Budget: {hook.budget_ms} ms."

    assert said in section(name)


def test_the_reference_names_no_hook_that_is_gone():
    assert set(re.findall(r"^### (\w+)\(", REFERENCE, re.MULTILINE)) == set(HOOKS)


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_a_hook_has_tests_of_its_own(name):
    tests = Path(__file__).parents[1] / "plugins"

    assert any(name in path.read_text(encoding="utf-8") for path in tests.glob("test_*.py"))


def test_every_flag_of_a_posting_is_on_the_page():
    unreadable = {f"{field}_unreadable" for field in (*reader.DATES, *reader.COUNTS)}
    flags = {*reader.MANDATORY.values(), *unreadable, "position_unreadable", "expired", "text_cut"}
    flags |= {"pay_missing", "pay_unreadable", "pay_implausible"}

    listed = PAGE.split("**Flags of postings**", 1)[1]

    assert set(re.findall(r"`(\w+)`", listed)) == flags


def test_every_file_of_a_package_and_every_rounding_is_on_the_page():
    for file in (data.PARAMETERS_FILE, data.RULES_FILE, data.FEED_FILE, "plugin.toml"):
        assert f"`{file}`" in PAGE
    for rounding in reading.Rounding:
        assert f"`{rounding}`" in PAGE


@pytest.mark.parametrize("hook", reading.HOOKS_WITH_RULES)
def test_every_fact_that_a_rule_may_read_has_words_in_both_languages(hook):
    known = facts.variables(hook)

    for name in (*known.kinds, *known.optional):
        chinese, english = labels.LABELS[name.removesuffix(".exists")]
        assert chinese
        assert english.isascii()
