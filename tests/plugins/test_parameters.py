"""A value holds from its first to its last day; a day without one has none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from plugins_contrib import tangshan_lunan
from skillhub.plugins import NoParameter, PackageInvalid, Parameters


def table(*rows):
    rest = 'unit = "分"\nsource = "示例"\ngrade = "ours"\n'
    return Parameters.parse("".join(f"[[rate]]\n{row}\n{rest}" for row in rows))


OLD = "from = 2025-01-01\nto = 2025-06-30\nvalue = 450"
NEW = "from = 2025-08-01\nvalue = 500"


@pytest.mark.parametrize(
    ("on", "value"),
    [(date(2025, 1, 1), 450), (date(2025, 6, 30), 450), (date(2025, 8, 1), 500), (date(2099, 1, 1), 500)],
)
def test_the_row_of_the_day_holds_whatever_the_order_in_the_file(on, value):
    assert table(NEW, OLD).at("rate", on).value == value


@pytest.mark.parametrize("on", [date(2024, 12, 31), date(2025, 7, 1), date(2025, 7, 31)])
def test_a_day_without_a_row_has_no_value_and_never_the_old_one(on):
    with pytest.raises(NoParameter, match=f"the table rate has no row for {on}"):
        table(OLD, NEW).at("rate", on)


def test_a_table_that_is_not_there_has_no_value():
    with pytest.raises(NoParameter):
        table(OLD).at("raet", date(2025, 1, 1))


def test_two_rows_may_not_hold_on_one_day():
    with pytest.raises(PackageInvalid, match=r"rate: two rows hold on 2025-06-30; .* to = 2025-06-29"):
        table(OLD, "from = 2025-06-30\nvalue = 500")

    touching = table(OLD, "from = 2025-07-01\nvalue = 500")
    assert touching.at("rate", date(2025, 6, 30) + timedelta(days=1)).value == 500


def test_an_open_row_overlaps_every_later_one():
    with pytest.raises(PackageInvalid, match="two rows hold on 2025-09-01"):
        table(NEW, "from = 2025-09-01\nvalue = 1")


def test_a_number_is_an_example_unless_the_row_says_that_it_is_official():
    assert not table(OLD).at("rate", date(2025, 1, 1)).official
    assert table(f"{OLD}\nofficial = true").at("rate", date(2025, 1, 1)).official


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("value = 1", "rate, row 1: needs the key from"),
        ("from = 2025-01-01", "needs the key value"),
        ("from = 2025-01-01\nvalue = 1.5", "value must be a whole number, a text or a list, not a decimal"),
        ("from = 2025-01-01\nvalue = true", "value must be a whole number, a text or a list, not true or"),
        ("from = 2025-01-01\nvalue = [1]", "value must be a list of texts, none of them empty"),
        ('from = 2025-01-01\nvalue = ["登记失业", " "]', "value must be a list of texts, none of them empty"),
        ('from = "2025-01-01"\nvalue = 1', "from must be a date, not a text"),
        ("from = 2025-01-02\nto = 2025-01-01\nvalue = 1", "is before from"),
        ("from = 2025-01-01\nvalue = 1\nuntil = 2025-02-01", "unknown key until; use one of value, from, to"),
        ("from = 2025-01-01\nvalue = 9007199254740992", "too large"),
    ],
)
def test_a_row_that_says_something_wrong_is_refused_by_name(row, said):
    with pytest.raises(PackageInvalid, match=said):
        table(row)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rate]]\nfrom = 2025-01-01\nvalue = 1\nunit = ""\nsource = " "\ngrade = "A"', "source must say"),
        (
            '[[rate]]\nfrom = 2025-01-01\nvalue = 1\nunit = ""\nsource = "x"\ngrade = "E"',
            "grade must be one of",
        ),
        ("rate = 5", r"write rows as \[\[rate\]\]"),
        ("rate = [5]", "row 1: must be a table"),
        ("[[Rate]]\nvalue = 1", "lower-case"),
        ('[["费率"]]\nvalue = 1', "lower-case"),
        ("[[rate", "is not TOML"),
    ],
)
def test_a_file_that_is_no_table_is_refused(text, said):
    with pytest.raises(PackageInvalid, match=said):
        Parameters.parse(text)


def test_all_values_of_a_table_are_of_one_kind():
    with pytest.raises(PackageInvalid, match="all values must be whole numbers, or all texts"):
        table(OLD, 'from = 2026-01-01\nvalue = "many"')
    with pytest.raises(PackageInvalid, match="or all lists"):
        table('from = 2025-01-01\nto = 2025-12-31\nvalue = "many"', 'from = 2026-01-01\nvalue = ["many"]')

    assert table(OLD).kinds == {"rate": int}
    assert table('from = 2026-01-01\nvalue = "many"').kinds == {"rate": str}
    assert table("from = 2026-01-01\nvalue = []").kinds == {"rate": tuple}


def test_a_list_of_groups_is_a_value_of_its_days_like_any_other():
    groups = table(
        'from = 2023-01-01\nto = 2023-12-31\nvalue = ["登记失业"]',
        'from = 2024-01-01\nvalue = ["登记失业", "就业困难人员"]',
    )

    assert groups.at("rate", date(2023, 12, 31)).value == ("登记失业",)
    assert groups.at("rate", date(2024, 1, 1)).value == ("登记失业", "就业困难人员")


def test_a_plugin_with_code_reads_the_tables_of_its_own_package():
    parameters = Parameters.of(tangshan_lunan.__name__)

    assert parameters.at("pass_mark_theory", date(2025, 1, 1)).value == 60
