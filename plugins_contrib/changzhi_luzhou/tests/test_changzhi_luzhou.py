"""The package fits this release, and every case of its table comes out as written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from plugins_contrib import changzhi_luzhou
from skillhub.plugins import FeedDrop, PayUnit
from skillhub.testing import kit

FOLDER = Path(changzhi_luzhou.__file__).parent
SAMPLE = Path(__file__).with_name("jobs.csv")


def read(text):
    bus = kit.load_alone(changzhi_luzhou)
    answers, failures = bus.collect(
        "read_job_feed", {"changzhi_luzhou"}, drop=FeedDrop(name="jobs.csv", text=text, on=date(2025, 11, 10))
    )
    assert failures == ()
    return answers[0].value


def test_it_fits_this_release():
    kit.check_plugin(changzhi_luzhou)


def test_every_case_comes_out_as_written():
    assert kit.run_cases(changzhi_luzhou, FOLDER / "cases.toml") >= 25


def test_the_tables_begin_in_2023_and_end_with_2026():
    parameters = kit.data_of(changzhi_luzhou).parameters

    for name in parameters.kinds:
        rows = parameters.rows(name)
        assert (rows[0].first_day, rows[-1].last_day) == (date(2023, 1, 1), date(2026, 12, 31)), name


def test_the_sample_feed_is_read_with_its_flags_and_its_own_fields():
    result = read(SAMPLE.read_text(encoding="gb18030"))

    postings = {posting.id: posting for posting in result.postings}
    own = {number: {each.label: each.value for each in posting.extra} for number, posting in postings.items()}
    assert list(postings) == ["LZ-1", "LZ-2", "LZ-3"]
    assert postings["LZ-1"].flags == ()
    assert (postings["LZ-1"].pay_min_fen, postings["LZ-1"].pay_unit) == (15_000, PayUnit.DAY)
    assert (postings["LZ-1"].posted_on, postings["LZ-1"].insurance) == (date(2025, 11, 3), "零工日险")
    assert own["LZ-1"] == {"回访状态": "满意", "回访次数": "2", "日险保单号": "RX-2025-0001"}
    assert own["LZ-2"] == {"回访状态": "未回访", "回访次数": "0"}
    assert "pay_missing" in postings["LZ-2"].flags
    assert "expired" in postings["LZ-3"].flags
    assert [(row.line, row.reason) for row in result.rejected] == [(5, "缺少“用工名称”")]
