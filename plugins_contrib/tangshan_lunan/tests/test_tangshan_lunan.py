"""The package fits this release, and every case of its table comes out as written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from plugins_contrib import tangshan_lunan
from skillhub.plugins import FeedDrop, PayUnit, Verdict, wire
from skillhub.plugins.hooks import HOOKS
from skillhub.testing import kit

FOLDER = Path(tangshan_lunan.__file__).parent
SAMPLE = Path(__file__).with_name("jobs.json")


def read(text):
    bus = kit.load_alone(tangshan_lunan)
    answers, failures = bus.collect(
        "read_job_feed", {"tangshan_lunan"}, drop=FeedDrop(name="jobs.json", text=text, on=date(2025, 11, 10))
    )
    assert failures == ()
    return answers[0].value


def test_it_fits_this_release():
    kit.check_plugin(tangshan_lunan)


def test_every_case_comes_out_as_written():
    assert kit.run_cases(tangshan_lunan, FOLDER / "cases.toml") >= 14


def test_no_number_passes_for_official():
    parameters = kit.data_of(tangshan_lunan).parameters

    rows = [row for name in parameters.kinds for row in parameters.rows(name)]

    assert rows
    assert not any(row.official for row in rows)
    assert all("示例，非官方标准" in row.source for row in rows)


def test_the_tables_begin_in_2024_and_end_with_2026():
    parameters = kit.data_of(tangshan_lunan).parameters

    for name in parameters.kinds:
        rows = parameters.rows(name)
        assert (rows[0].first_day, rows[-1].last_day) == (date(2024, 1, 1), date(2026, 12, 31)), name


def test_a_day_after_the_last_table_is_refused_with_its_reason():
    facts = {
        "person": {"handle": "p", "district": "130202"},
        "course": {
            "code": "c",
            "name": "c",
            "trade": "家政",
            "theory_hours": 8,
            "practice_hours": 16,
            "minutes_per_hour": 45,
        },
        "batch": {"code": "b", "starts_on": "2027-01-01", "ends_on": "2027-01-05", "seats": 8},
        "attendance": {
            "minutes_planned": 1,
            "minutes_present": 1,
            "sessions_planned": 1,
            "sessions_present": 1,
        },
        "marks": {},
        "chances": {"used": 0},
        "on": "2027-01-01",
    }
    hints = HOOKS["decide_subsidy"].arguments
    built = {name: wire.built(hint, facts.get(name)) for name, hint in hints.items()}

    answer = kit.load_alone(tangshan_lunan).decide("decide_subsidy", {"tangshan_lunan"}, **built)

    assert answer.value.verdict is Verdict.REFUSED
    assert answer.value.lines[0].text == "这一天（2027-01-01）没有补贴标准：标准到 2026-12-31 为止（含当日）"
    assert {line.code for line in answer.value.lines} == {"no_table"}


def test_the_sample_feed_is_read_with_its_flags():
    result = read(SAMPLE.read_text(encoding="utf-8"))

    postings = {posting.id: posting for posting in result.postings}
    assert list(postings) == ["LN-1", "LN-2", "LN-3", "LN-4"]
    assert postings["LN-1"].flags == ()
    assert (postings["LN-1"].pay_min_fen, postings["LN-1"].pay_unit) == (18_000, PayUnit.DAY)
    assert postings["LN-1"].skills == ("擦玻璃", "客户沟通")
    assert (postings["LN-1"].visited_on, postings["LN-1"].min_stars) == (date(2025, 11, 3), 4)
    assert "pay_missing" in postings["LN-2"].flags
    assert "pay_implausible" in postings["LN-3"].flags
    assert postings["LN-3"].pay_min_fen == 40_000
    assert postings["LN-4"].title == "<script>alert(1)</script>"
    assert "expired" in postings["LN-4"].flags
    assert [(row.line, row.reason) for row in result.rejected] == [
        (5, "缺少“岗位名称”"),
        (6, "岗位编号 LN-1 与前面的行重复"),
        (7, "这一行不是完整的记录"),
    ]


def test_an_empty_list_is_a_feed_without_postings():
    assert read("[]").postings == ()
