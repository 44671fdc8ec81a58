"""The package fits this release, and every case of its table comes out as written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from plugins_contrib import hangzhou_shangcheng
from skillhub.plugins import FeedDrop, PayUnit
from skillhub.testing import kit

FOLDER = Path(hangzhou_shangcheng.__file__).parent
SAMPLE = Path(__file__).with_name("jobs.json")


def read(text):
    bus = kit.load_alone(hangzhou_shangcheng)
    answers, failures = bus.collect(
        "read_job_feed",
        {"hangzhou_shangcheng"},
        drop=FeedDrop(name="jobs.json", text=text, on=date(2025, 11, 10)),
    )
    assert failures == ()
    return answers[0].value


def test_it_fits_this_release():
    kit.check_plugin(hangzhou_shangcheng)


def test_every_case_comes_out_as_written():
    assert kit.run_cases(hangzhou_shangcheng, FOLDER / "cases.toml") >= 25


def test_the_tables_begin_in_2023_and_end_with_2026():
    parameters = kit.data_of(hangzhou_shangcheng).parameters

    for name in parameters.kinds:
        rows = parameters.rows(name)
        assert (rows[0].first_day, rows[-1].last_day) == (date(2023, 1, 1), date(2026, 12, 31)), name


def test_the_sample_feed_is_read_with_its_flags_and_its_own_fields():
    result = read(SAMPLE.read_text(encoding="utf-8"))

    postings = {posting.id: posting for posting in result.postings}
    own = {number: {each.label: each.value for each in posting.extra} for number, posting in postings.items()}
    assert list(postings) == ["SC-1", "SC-2", "SC-3"]
    assert postings["SC-1"].flags == ()
    assert own["SC-1"] == {"派单/抢单": "抢单", "距离": "1.2公里", "打卡日结": "是", "部落": "拉包侠"}
    assert (postings["SC-2"].pay_min_fen, postings["SC-2"].pay_unit) == (8_000, PayUnit.SHIFT)
    assert own["SC-2"] == {"派单/抢单": "派单"}
    assert "pay_implausible" in postings["SC-3"].flags
    assert [(row.line, row.reason) for row in result.rejected] == [(4, "缺少“任务名称”")]
