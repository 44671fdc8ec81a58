"""Dates lead with the weekday, names are masked in the middle, money has two digits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from skillhub.base import clock
from skillhub.web import words

NOW = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(params=["zh", "en"])
def language(request):
    return request.param


@pytest.fixture
def reading(house, language):
    with house.test_request_context("/things/a", headers={"Accept-Language": language}), clock.frozen_at(NOW):
        yield language


def said(reading, chinese, english):
    return chinese if reading == "zh" else english


def test_a_day_leads_with_its_weekday(reading):
    assert words.day(date(2025, 11, 26)) == said(reading, "周三（11月26日）", "Wed 26 Nov")


def test_a_day_of_another_year_says_so(reading):
    assert words.day(date(2026, 3, 27)) == said(reading, "周五（2026年3月27日）", "Fri 27 Mar 2026")
    assert words.full_day(date(2025, 11, 26)) == said(reading, "2025年11月26日", "26 November 2025")


def test_a_day_of_an_instant_is_the_districts_day(reading):
    assert words.day(at("2025-11-25T17:00:00Z")) == said(reading, "周三（11月26日）", "Wed 26 Nov")


@pytest.mark.parametrize(
    ("instant", "chinese", "english"),
    [
        ("2025-11-26T09:00+08:00", "上午9:00", "9:00"),
        ("2025-11-26T00:05+08:00", "凌晨0:05", "0:05"),
        ("2025-11-26T12:30+08:00", "中午12:30", "12:30"),
        ("2025-11-26T16:12+08:00", "下午4:12", "16:12"),
        ("2025-11-26T18:20+08:00", "晚上6:20", "18:20"),
    ],
)
def test_an_hour_says_its_part_of_the_day(reading, instant, chinese, english):
    assert words.hour(at(instant)) == said(reading, chinese, english)


def test_a_moment_is_day_and_hour(reading):
    assert words.moment(at("2025-11-26T09:00+08:00")) == said(
        reading, "周三（11月26日）上午9:00", "Wed 26 Nov, 9:00"
    )


@pytest.mark.parametrize(
    ("start", "end", "chinese", "english"),
    [
        (
            "2025-11-26T09:00+08:00",
            "2025-11-26T12:00+08:00",
            "周三（11月26日）上午9:00–12:00",
            "Wed 26 Nov, 9:00–12:00",
        ),
        (
            "2025-11-26T09:00+08:00",
            "2025-11-26T11:30+08:00",
            "周三（11月26日）上午9:00–11:30",
            "Wed 26 Nov, 9:00–11:30",
        ),
        (
            "2025-11-26T09:00+08:00",
            "2025-11-26T17:00+08:00",
            "周三（11月26日）上午9:00–下午5:00",
            "Wed 26 Nov, 9:00–17:00",
        ),
        (
            "2025-11-26T22:00+08:00",
            "2025-11-27T06:00+08:00",
            "周三（11月26日）晚上10:00–周四（11月27日）上午6:00",
            "Wed 26 Nov, 22:00–Thu 27 Nov, 6:00",
        ),
    ],
)
def test_a_span_says_no_more_than_it_must(reading, start, end, chinese, english):
    assert words.span(at(start), at(end)) == said(reading, chinese, english)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("孙嘉凤", "孙＊凤"),
        ("董艳", "董＊"),
        ("李", "＊"),
        ("买买提·艾力", "买＊力"),
        ("𠮷野家", "𠮷＊家"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_is_masked_in_the_middle(name, shown):
    assert words.masked(name) == shown


def test_money_and_rates():
    assert words.yuan(100_000) == "1,000.00"
    assert words.yuan(-20_000) == "−200.00"
    assert words.yuan(None) == ""
    assert words.percent(93.3) == "93.3%"


def test_a_rate_of_nothing_is_said_in_words(house):
    with house.test_request_context("/things/a"):
        assert words.percent(None) == "算不了"


def test_machines_read_the_districts_offset(house):
    with house.test_request_context("/things/a"):
        assert words.iso(at("2025-11-26T01:00:00Z")) == "2025-11-26T09:00+08:00"
        assert words.iso(date(2025, 11, 26)) == "2025-11-26"


def test_every_role_has_a_name(house):
    with house.test_request_context("/things/a"):
        assert words.role("officer") == "区工作人员"
        assert all(words.role(each) for each in words.Role)


def test_a_dense_table_leaves_the_weekday_out(reading):
    assert words.short_day(date(2025, 11, 26)) == said(reading, "11月26日", "26 Nov")
    assert words.short_day(date(2024, 1, 2)) == said(reading, "2024年1月2日", "2 Jan 2024")


@pytest.mark.parametrize(
    "write", [words.day, words.short_day, words.full_day, words.hour, words.moment, words.iso]
)
def test_what_is_not_known_yet_is_left_empty(write):
    assert write(None) == ""


def test_the_kept_words_for_a_fact_are_read_in_english_too(reading):
    assert words.fact("培训合格证书") == said(reading, "培训合格证书", "Training certificate")
    assert words.fact("本区自己的说法") == "本区自己的说法"
