"""The page that tells a trainee what a class would bring, in districts whose rules differ."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from skillhub.base.db import unit_of_work
from skillhub.districts import snapshot
from skillhub.districts.service import districts
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, TESTS
from skillhub.testing.factories.courses import some_batch


@pytest.fixture
def liwan(app, persons):
    """Liwan with its rules on; returns the page of a class there as a trainee of Liwan sees it."""
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=LIWAN, plugin="guangzhou_liwan", is_on=True)
    snapshot.forget()

    def page(language="zh"):
        browser = signed_in(app, persons.trainee(LIWAN))
        browser.get(f"/language/{language}")
        return browser.get(f"/batches/{some_batch(district=LIWAN).code}/subsidy").text

    return page


def test_as_long_as_the_rule_holds_the_page_names_the_sum_and_who_is_paid(liwan):
    shown = liwan()

    assert "400.00" in shown
    assert "付给本人" in shown
    assert "示例，非官方标准" in shown


@pytest.mark.parametrize(
    ("language", "said", "reason"),
    [
        ("zh", "现在补不了", "标准到 2025-12-31 为止（含当日）"),
        ("en", "Nothing can be paid now", "the tables ended with 2025-12-31"),
    ],
)
def test_after_the_rule_has_ended_the_page_says_so_and_no_sum(liwan, frozen, language, said, reason):
    frozen.to(datetime(2026, 1, 5, 1, 0, tzinfo=UTC))

    shown = liwan(language)

    assert said in shown
    assert reason in shown
    assert "0.00" not in shown
