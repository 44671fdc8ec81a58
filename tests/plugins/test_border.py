"""Only plain, bounded, exactly typed values cross the border, and they survive the way through JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from skillhub.plugins import JobPosting, Marks, Outcome, Person, SubsidyLine, shapes, wire
from skillhub.plugins.hooks import HOOKS
from tests.plugins.facts import SUBSIDY


def across(hint, value):
    return wire.built(hint, json.loads(json.dumps(wire.plain(value))))


def test_facts_survive_the_way_through_json():
    for name, hint in HOOKS["decide_subsidy"].arguments.items():
        assert across(hint, SUBSIDY[name]) == SUBSIDY[name]


def test_a_posting_survives_with_its_numbers_texts_and_dates():
    posting = JobPosting(
        id="1", title="𠮷", lon=118.0, skills=("a", "b"), posted_on=date(2025, 1, 2), flags=("expired",)
    )

    assert across(JobPosting, posting) == posting
    assert wire.built(float, 118) == 118.0
    assert across(datetime, datetime(2025, 1, 1, tzinfo=UTC)) == datetime(2025, 1, 1, tzinfo=UTC)
    assert across(Outcome, Outcome.FAILED) is Outcome.FAILED
    assert across(tuple[tuple[str, str], ...], (("a", "b"),)) == (("a", "b"),)


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (int, True, "must be int, not bool"),
        (int, 2**63, "64 bits"),
        (int, 1.0, "must be int, not float"),
        (float, float("nan"), "finite"),
        (float, float("inf"), "finite"),
        (float, 1, "finite float"),
        (bool, 1, "must be bool"),
        (str, Outcome.FAILED, "must be str, not Outcome"),
        (str, "a\x00b", "cannot be stored"),
        (str, "\ud800", "cannot be stored"),
        (str, "a" * 20_001, "20001 characters"),
        (date, datetime(2025, 1, 1, tzinfo=UTC), "must be date, not datetime"),
        (datetime, datetime(2025, 1, 1), "with its zone"),  # noqa: DTZ001 (the fault that is looked for)
        (tuple[str, ...], ["a"], "must be a tuple, not list"),
        (tuple[str, ...], ("a",) * 50_001, "50001 items"),
        (tuple[str, ...], ("a", 1), r"\[1\] must be str"),
        (tuple[str, str], ("a",), "must have 2 items"),
        (Marks | None, 3, "must be Marks"),
        (Marks, Marks(theory="60"), "theory must be int"),
    ],
)
def test_a_value_that_is_not_what_was_promised_is_refused(hint, value, said):
    with pytest.raises(TypeError, match=said):
        shapes.check(hint, value, "answer")


@pytest.mark.parametrize(
    ("hint", "value"),
    [(int | None, None), (str, "祎𠅤"), (tuple[str, ...], ()), (bool, False), (date, date(2025, 1, 1))],
)
def test_a_value_that_is_what_was_promised_passes(hint, value):
    shapes.check(hint, value, "answer")


@pytest.mark.parametrize("hint", [dict, object, int | str, list[int]])
def test_types_that_json_cannot_say_may_not_be_promised(hint):
    with pytest.raises(TypeError, match="cannot cross the border"):
        shapes.checker(hint)


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (Person, {"handle": "p", "district": "1", "name": "x"}, r"value\.name is unknown"),
        (Person, {"handle": "p"}, r"value\.district is missing"),
        (Person, "p", "must be a table of Person"),
        (Person, {"handle": "p", "district": "1", "birth_on": "1980-02-30"}, "is no date"),
        (Outcome, "excellent", "is no Outcome"),
        (tuple[str, ...], "ab", "must be a list"),
        (tuple[str, str], ["a"], "must have 2 items"),
        (datetime, "yesterday", "is no datetime"),
        (Marks, {"theory": None, "practice": "60"}, "practice must be int"),
    ],
)
def test_plain_values_that_fit_no_type_are_refused_by_name(hint, value, said):
    with pytest.raises(TypeError, match=said):
        wire.built(hint, value)


def test_a_line_keeps_its_facts_in_order():
    line = SubsidyLine(code="a", text="甲", met=True, facts=(("b", "1"), ("a", "2")))

    assert across(SubsidyLine, line).facts == (("b", "1"), ("a", "2"))
