"""The package fits this release, and every case of its table comes out as written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from plugins_contrib import chongqing_dadukou
from skillhub.plugins import FeedDrop, PayUnit
from skillhub.testing import kit

FOLDER = Path(chongqing_dadukou.__file__).parent
SAMPLE = Path(__file__).with_name("jobs.json")


def read(text):
    bus = kit.load_alone(chongqing_dadukou)
    answers, failures = bus.collect(
        "read_job_feed",
        {"chongqing_dadukou"},
        drop=FeedDrop(name="jobs.json", text=text, on=date(2025, 11, 10)),
    )
    assert failures == ()
    return answers[0].value


def test_it_fits_this_release():
    kit.check_plugin(chongqing_dadukou)


def test_every_case_comes_out_as_written():
    assert kit.run_cases(chongqing_dadukou, FOLDER / "cases.toml") >= 25


COMPLETION = {"minimum_attendance_percent", "pass_mark_theory", "pass_mark_practice", "trades_without_exam"}


def test_completion_is_known_from_2023_and_the_subsidy_from_2024_both_to_the_end_of_2026():
    parameters = kit.data_of(chongqing_dadukou).parameters

    for name in parameters.kinds:
        rows = parameters.rows(name)
        days = (rows[0].first_day, rows[-1].last_day)
        assert days == (
            (date(2023, 1, 1), date(2026, 12, 31))
            if name in COMPLETION
            else (date(2024, 1, 1), date(2026, 12, 31))
        ), name


def test_the_sample_feed_is_read_with_its_flags_and_its_own_fields():
    result = read(SAMPLE.read_text(encoding="utf-8"))

    postings = {posting.id: posting for posting in result.postings}
    own = {number: {each.label: each.value for each in posting.extra} for number, posting in postings.items()}
    assert list(postings) == ["YD-1", "YD-2", "YD-3"]
    assert postings["YD-1"].flags == ()
    assert (postings["YD-1"].pay_min_fen, postings["YD-1"].pay_unit) == (150_000, PayUnit.PIECE)
    assert postings["YD-1"].skills == ("前端", "数据可视化")
    assert own["YD-1"] == {"急单": "是", "项目周期": "15天", "一口价": "1500元"}
    assert own["YD-2"] == {"急单": "否"}
    assert "pay_implausible" in postings["YD-3"].flags
    assert [(row.line, row.reason) for row in result.rejected] == [
        (4, "缺少“零工名称”"),
        (5, "岗位编号 YD-1 与前面的行重复"),
    ]
