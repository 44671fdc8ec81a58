"""The package fits this release, and every case of its table comes out as written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from plugins_contrib import guangzhou_liwan
from skillhub.plugins import FeedDrop, PayUnit
from skillhub.testing import kit

FOLDER = Path(guangzhou_liwan.__file__).parent
SAMPLE = Path(__file__).with_name("jobs.csv")


def read(text):
    bus = kit.load_alone(guangzhou_liwan)
    answers, failures = bus.collect(
        "read_job_feed", {"guangzhou_liwan"}, drop=FeedDrop(name="jobs.csv", text=text, on=date(2025, 11, 10))
    )
    assert failures == ()
    return answers[0].value


def test_it_fits_this_release():
    kit.check_plugin(guangzhou_liwan)


def test_every_case_comes_out_as_written():
    assert kit.run_cases(guangzhou_liwan, FOLDER / "cases.toml") >= 30


COMPLETION = {"minimum_attendance_percent", "pass_mark_theory", "pass_mark_practice"}


def test_the_subsidy_ends_with_the_provincial_rule_and_completion_goes_on():
    parameters = kit.data_of(guangzhou_liwan).parameters

    for name in parameters.kinds:
        rows = parameters.rows(name)
        days = (rows[0].first_day, rows[-1].last_day)
        assert days == (
            (date(2023, 1, 1), date(2026, 12, 31))
            if name in COMPLETION
            else (date(2023, 8, 15), date(2025, 12, 31))
        ), name


def test_the_sample_feed_is_read_with_its_flags_and_its_own_fields():
    result = read(SAMPLE.read_text(encoding="utf-8"))

    postings = {posting.id: posting for posting in result.postings}
    own = {number: {each.label: each.value for each in posting.extra} for number, posting in postings.items()}
    assert list(postings) == ["LW-1", "LW-2", "LW-3"]
    assert postings["LW-1"].flags == ()
    assert (postings["LW-1"].pay_min_fen, postings["LW-1"].pay_unit) == (350, PayUnit.PIECE)
    assert (postings["LW-1"].visited_by, postings["LW-1"].visited_how) == ("工作人员03", "属实")
    assert postings["LW-1"].visited_on == date(2025, 11, 3)
    assert own["LW-1"] == {"样衣照片": "样衣/1034.jpg", "工价(计件)": "领口1.2元,整件3.5元"}
    assert (postings["LW-2"].visited_by, own["LW-2"]) == (None, {})
    assert "pay_missing" in postings["LW-3"].flags
    assert [(row.line, row.reason) for row in result.rejected] == [(5, "缺少“招工岗位”")]
