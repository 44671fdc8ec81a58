"""The districts' rules give every person of the demonstration the outcome that the demonstration tells."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from plugins_contrib import (
    changzhi_luzhou,
    chongqing_dadukou,
    guangzhou_liwan,
    hangzhou_shangcheng,
    tangshan_lunan,
)
from skillhub.plugins import Verdict
from skillhub.testing import kit
from tests.plugins import demonstration

ORDER = "LN-ORD-01"
ALL = {"certified", "failed", "hours_short"}


def subsidies(package, rows, on=None):
    """Ask a package about the subsidy of each of these results, on one day or on that of its certificate."""
    bus = kit.load_alone(package)
    names = {each.plugin for each in bus.plugins}
    return [
        (
            row,
            bus.decide(
                "decide_subsidy", names, **{**facts, "on": on or facts["certificate"].issued_on}
            ).value,
        )
        for row, facts in rows
    ]


@pytest.mark.parametrize(
    ("package", "district", "people", "outcomes"),
    [
        (chongqing_dadukou, "500104", 56, ALL),
        (guangzhou_liwan, "440103", 900, ALL),
        (hangzhou_shangcheng, "330102", 44, ALL),
        (changzhi_luzhou, "140403", 22, {"certified", "hours_short"}),
        (tangshan_lunan, "130202", 319, ALL),
    ],
)
def test_every_outcome_is_the_one_that_the_demonstration_tells(package, district, people, outcomes):
    enrolled = demonstration.enrolled(district)
    bus = kit.load_alone(package)
    names = {each.plugin for each in bus.plugins}
    wanted = ("course", "attendance", "marks", "on")

    answers = [
        (row, bus.decide("decide_completion", names, **{name: facts[name] for name in wanted}))
        for row, facts in enrolled
    ]

    differ = [
        row["enrolment_id"]
        for row, answer in answers
        if answer is None or answer.value.outcome.value != row["outcome"]
    ]
    assert len(answers) == people
    assert differ == []
    assert {row["outcome"] for row, _answer in answers} == outcomes


def test_the_25_certified_people_of_the_first_order_are_paid_for():
    order = [each for each in demonstration.enrolled("130202") if each[0]["batch_id"] == ORDER]

    answers = subsidies(tangshan_lunan, order, on=date(2025, 11, 10))

    paid = [answer for row, answer in answers if row["outcome"] == "certified"]
    assert (len(answers), len(paid)) == (28, 25)
    assert {answer.verdict for answer in paid} == {Verdict.PAID}
    assert Counter(answer.amount_fen for answer in paid) == {78_000: 18, 48_000: 7}
    assert not any(answer.official for answer in paid)
    refused = [answer for row, answer in answers if row["outcome"] != "certified"]
    assert {(answer.verdict, answer.amount_fen) for answer in refused} == {(Verdict.REFUSED, 0)}
    assert {answer.missing for answer in refused} == {("培训合格证书",)}


@pytest.mark.parametrize(
    ("package", "district", "amounts"),
    [
        # Nobody of the two classes is registered in one of the six groups.
        (chongqing_dadukou, "500104", {("refused", 0): 47}),
        # 25 of the certified are registered as disabled.
        (guangzhou_liwan, "440103", {("paid", 40_000): 661, ("paid", 90_000): 25}),
        # Ten of the class that an employer ordered were not hired for it; one person left ten minutes early.
        (hangzhou_shangcheng, "330102", {("paid", 20_000): 14, ("paid", 19_722): 1, ("refused", 0): 10}),
        # Four are students, three are registered in no group; two left early.
        (
            changzhi_luzhou,
            "140403",
            {("paid", 22_500): 5, ("paid", 22_250): 1, ("paid", 21_958): 1, ("refused", 0): 7},
        ),
    ],
)
def test_the_certified_of_the_demonstration_are_paid_for_by_the_rules_of_their_own_days(
    package, district, amounts
):
    certified = [each for each in demonstration.enrolled(district) if each[0]["outcome"] == "certified"]

    answers = [answer for _row, answer in subsidies(package, certified)]

    assert Counter((answer.verdict.value, answer.amount_fen) for answer in answers) == amounts
    assert not any(answer.official for answer in answers)
