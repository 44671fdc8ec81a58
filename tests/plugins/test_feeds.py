"""A district's file becomes postings; doubts are flagged, non-postings rejected, nothing repaired."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skillhub.plugins import (
    ExtraField,
    FeedDrop,
    FeedResult,
    FeedUnreadable,
    PackageInvalid,
    PayUnit,
    feeds,
    shapes,
    toml,
)
from skillhub.plugins.feeds import cells, rows

HEAD = 'format = "{}"\n[fields]\nid = "编号"\ntitle = "岗位"\n'
ALL = HEAD + "".join(
    f'{field} = "{name}"\n'
    for field, name in {
        "employer": "单位",
        "headcount": "人数",
        "pay": "工资",
        "work": "内容",
        "requirements": "条件",
        "place": "地点",
        "lon": "经度",
        "lat": "纬度",
        "skills": "技能",
        "posted_on": "发布",
        "valid_through": "有效",
        "min_stars": "星级",
        "settlement": "结算",
    }.items()
)
PLAUSIBLE = "[plausible.month]\nleast_fen = 150000\nmost_fen = 5000000\n"
WHOLE = {
    "编号": "1",
    "岗位": "保洁",
    "单位": "某公司",
    "人数": "3人",
    "工资": "180元/天",
    "内容": "保洁",
    "条件": "不限",
    "地点": "广场街道",
    "有效": "2025-12-01",
}


def read(text, description=ALL + PLAUSIBLE, kind="json"):
    reader = feeds.read(toml.parse(description.format(kind), "feed.toml"))
    return reader.read(FeedDrop(name="jobs", text=text, on=date(2025, 11, 10)))


def one(**changes):
    result = read(json.dumps([{**WHOLE, **changes}]))
    shapes.check(FeedResult, result, "answer")
    assert result.rejected == ()
    return result.postings[0]


@pytest.mark.parametrize(
    ("said", "low", "high", "unit"),
    [
        ("180元/天", 18_000, 18_000, PayUnit.DAY),
        ("１８０元／日", 18_000, 18_000, PayUnit.DAY),
        ("日薪150-180元", 15_000, 18_000, PayUnit.DAY),
        ("6500元/月", 650_000, 650_000, PayUnit.MONTH),
        ("5,000至7,000元每月", 500_000, 700_000, PayUnit.MONTH),
        ("月薪400元", 40_000, 40_000, PayUnit.MONTH),
        ("40元/小时", 4_000, 4_000, PayUnit.HOUR),
        ("时薪：22.5元", 2_250, 2_250, PayUnit.HOUR),
        ("计件0.85元/件", 85, 85, PayUnit.PIECE),
        ("8~10元/套", 800, 1_000, PayUnit.PIECE),
        ("80元/班", 8_000, 8_000, PayUnit.SHIFT),
        ("300-500元/场次", 30_000, 50_000, PayUnit.SHIFT),
        ("每班76元", 7_600, 7_600, PayUnit.SHIFT),
    ],
)
def test_a_wage_is_read_when_there_is_no_doubt(said, low, high, unit):
    assert cells.pay(said) == cells.Pay(low, high, unit)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "薪资面议",
        "日结",
        "日结+直播效果提成",
        "0元/天",
        "7000-5000元/月",
        "1.2万元/月",
        "180元",
        "-5元/天",
    ],
)
def test_a_wage_in_doubt_is_not_guessed(said):
    assert cells.pay(said) is None


def test_a_wage_to_be_agreed_is_flagged_and_a_mistyped_one_is_not_repaired():
    agreed, odd, unread = one(工资="薪资面议"), one(工资="月薪400元"), one(工资="1.2万元/月")

    assert (agreed.flags, agreed.pay_min_fen, agreed.pay_text) == (("pay_missing",), None, "薪资面议")
    assert (odd.flags, odd.pay_min_fen, odd.pay_text) == (("pay_implausible",), 40_000, "月薪400元")
    assert (unread.flags, unread.pay_min_fen) == (("pay_unreadable",), None)


def test_a_whole_advertisement_has_no_flag():
    posting = one()

    assert posting.flags == ()
    assert (posting.headcount, posting.valid_through) == (3, date(2025, 12, 1))
    assert (posting.settlement, posting.lon) == (None, None)


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("单位", "employer_missing"),
        ("人数", "headcount_missing"),
        ("条件", "requirements_missing"),
        ("内容", "work_missing"),
        ("地点", "place_missing"),
        ("有效", "validity_missing"),
        ("工资", "pay_missing"),
    ],
)
def test_what_an_advertisement_must_say_and_does_not_is_flagged(name, flag):
    assert one(**{name: ""}).flags == (flag,)


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"有效": "2025-11-09"}, ("expired",)),
        ({"有效": "2025-11-10"}, ()),
        ({"有效": "尽快"}, ("valid_through_unreadable", "validity_missing")),
        ({"发布": "2025-02-30"}, ("posted_on_unreadable",)),
        ({"人数": "若干"}, ("headcount_unreadable", "headcount_missing")),
        ({"星级": "9星"}, ("min_stars_unreadable",)),
        ({"经度": 118.1, "纬度": "北"}, ("position_unreadable",)),
        ({"经度": 181, "纬度": 39}, ("position_unreadable",)),
        ({"经度": "nan", "纬度": "39"}, ("position_unreadable",)),
        ({"经度": "118.1", "纬度": ""}, ("position_unreadable",)),
        ({"内容": "很" * 2001}, ("text_cut",)),
    ],
)
def test_what_cannot_be_read_is_flagged_and_left_out(changes, flags):
    posting = one(**changes)

    assert posting.flags == flags
    assert (posting.lon is None) == (posting.lat is None)


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026/3/5", date(2026, 3, 5)),
        ("2026.3.5", date(2026, 3, 5)),
        ("２０２６年３月５日", date(2026, 3, 5)),
        ("2026-03-05T08:00:00", date(2026, 3, 5)),
        ("46086", None),
        ("3月5日", None),
        ("0000-00-00", None),
    ],
)
def test_dates_are_read_as_people_write_them(said, on):
    assert cells.day(said) == on


def test_lists_are_split_at_every_sign_that_people_use():
    assert cells.items("擦玻璃；客户沟通;驾驶、驾驶，烹饪|\n") == ("擦玻璃", "客户沟通", "驾驶", "烹饪")
    assert one(技能=["擦玻璃", None, "驾驶"]).skills == ("擦玻璃", "驾驶")


def test_markup_is_plain_text_and_control_characters_go():
    posting = one(岗位="<b>保洁</b>\x00\x1b[1m\ud800")

    assert posting.title == "<b>保洁</b>  [1m"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"岗位": "保洁"}, "缺少“编号”"),
        ({"编号": "1", "岗位": " "}, "缺少“岗位”"),
        ({"编号": "1" * 101, "岗位": "保洁"}, "“编号”超过 100 个字"),
        ("保洁", "这一行不是完整的记录"),
        (None, "这一行不是完整的记录"),
    ],
)
def test_a_row_that_is_no_posting_is_rejected_with_its_line(row, reason):
    result = read(json.dumps([WHOLE, row]))

    assert [posting.id for posting in result.postings] == ["1"]
    assert [(rejected.line, rejected.reason) for rejected in result.rejected] == [(2, reason)]


def test_the_second_row_of_one_number_is_rejected():
    result = read(json.dumps([WHOLE, {**WHOLE, "岗位": "厨师"}]))

    assert [posting.title for posting in result.postings] == ["保洁"]
    assert result.rejected[0].reason == "岗位编号 1 与前面的行重复"


def test_no_more_than_twenty_thousand_rows_are_read():
    text = json.dumps([{"编号": number, "岗位": "保洁"} for number in range(rows.MOST_ROWS + 5)])

    result = read(text, HEAD)

    assert len(result.postings) == 20_000
    assert [rejected.line for rejected in result.rejected] == [20_001]


def test_a_csv_file_is_read_by_its_header():
    result = read(
        '\ufeff编号, 岗位 ,工资\r\n1,"保洁, 上门",180元/天\r\n\r\n2\r\n3,厨师,,多\r\n4,月嫂', kind="csv"
    )

    assert [(posting.id, posting.title) for posting in result.postings] == [
        ("1", "保洁, 上门"),
        ("4", "月嫂"),
    ]
    assert [(rejected.line, rejected.reason) for rejected in result.rejected] == [
        (4, "缺少“岗位”"),
        (5, "这一行不是完整的记录"),
    ]


OWN = '[extra]\n"急单" = "Urgent"\n"样衣照片" = " Sample photo "\n'


def test_what_core_has_no_member_for_is_kept_as_it_stands_and_nothing_beside_it():
    row = {**WHOLE, "急单": True, "样衣照片": "<b>1.jpg</b>\x00", "联系电话": "19900000001"}

    posting = read(json.dumps([row]), ALL + OWN).postings[0]

    assert posting.extra == (
        ExtraField(label="急单", label_en="Urgent", value="是"),
        ExtraField(label="样衣照片", label_en="Sample photo", value="<b>1.jpg</b>"),
    )
    assert "19900000001" not in repr(posting)
    assert posting.flags == ()


def test_own_fields_that_say_nothing_are_left_out_and_long_ones_are_cut_with_a_flag():
    row = {**WHOLE, "急单": " ", "样衣照片": "图" * 2_001}

    posting = read(json.dumps([row]), ALL + OWN).postings[0]

    assert [(each.label, len(each.value)) for each in posting.extra] == [("样衣照片", 2_000)]
    assert posting.flags == ("text_cut",)


def test_the_list_may_stand_in_a_member():
    inside = 'list = "岗位表"\n'
    text = json.dumps({"岗位表": [WHOLE]})

    assert len(read(text, 'format = "{}"\n' + inside + HEAD.split("\n", 1)[1]).postings) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[1, NaN]",
        '{"岗位": []}',
        "[" * 100_000,
        "[" + "9" * 5_000 + "]",
        "<html></html>",
    ],
)
def test_a_file_that_is_no_json_feed_is_unreadable(text):
    with pytest.raises(FeedUnreadable):
        read(text)


@pytest.mark.parametrize(
    "text", ["", "编号,编号\n1,2", ",,\n1,2,3", "编号,岗位\n\x00", "编号,岗位\n" + '"' + "x" * 200_000]
)
def test_a_file_that_is_no_csv_feed_is_unreadable(text):
    with pytest.raises(FeedUnreadable):
        read(text, kind="csv")


def test_a_member_that_is_no_list_is_named():
    description = HEAD.replace("[fields]", 'list = "岗位表"\n[fields]')

    for text in ("[]", "{}", '{"岗位表": 3}'):
        with pytest.raises(FeedUnreadable, match="“岗位表”应当是列表"):
            read(text, description)


def test_a_file_that_is_too_long_is_unreadable(monkeypatch):
    monkeypatch.setattr(rows, "MOST_CHARACTERS", 10)

    with pytest.raises(FeedUnreadable, match="超过 10 个字符"):
        read(json.dumps([WHOLE]))


PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The first example of a run waits for tables of all characters to be built."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@PATIENT
@given(st.dictionaries(st.sampled_from([*WHOLE, "经度", "纬度", "技能", "星级", "发布"]), JSON))
def test_whatever_stands_in_a_row_the_answer_is_of_the_promised_type(row):
    text = json.dumps([{**row, "编号": "1"}], allow_nan=False) if _is_json(row) else "[]"

    shapes.check(FeedResult, read(text), "answer")


@PATIENT
@given(st.text())
def test_whatever_is_dropped_is_read_or_unreadable(text):
    for kind in ("json", "csv"):
        try:
            result = read(text, kind=kind)
        except FeedUnreadable:
            continue
        shapes.check(FeedResult, result, "answer")


def _is_json(value):
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ('format = "xml"\n[fields]\nid = "a"\ntitle = "b"', "format must be one of json, csv"),
        ('format = "csv"\nlist = "x"\n[fields]\nid = "a"\ntitle = "b"', "list goes with json only"),
        ('format = "csv"\n[fields]\ntitle = "b"', "fields: id and title must be mapped"),
        ('format = "csv"\n[fields]\nid = "a"\ntitle = "b"\nwage = "c"', "fields: unknown key wage"),
        ('format = "csv"\n[fields]\nid = "a"\ntitle = 3', "title must be a text"),
        ('format = "csv"\nsheet = 1\n[fields]\nid = "a"\ntitle = "b"', "unknown key sheet"),
        (HEAD.format("csv") + '[extra]\n"岗位" = "Job"', r"extra: 岗位 stands in \[fields\] already"),
        (
            HEAD.format("csv") + '[extra]\n"急单" = ""',
            'extra: 急单 needs its name in English, such as "急单" =',
        ),
        (HEAD.format("csv") + '[extra]\n"急单" = true', "extra: 急单 must be a text, not true or false"),
        (
            HEAD.format("csv") + "[extra]\n" + "".join(f'"栏{number}" = "F"\n' for number in range(21)),
            "extra: holds more than 20 fields",
        ),
        (HEAD.format("csv") + "[plausible.week]\nleast_fen = 1\nmost_fen = 2", "the unit must be one of day"),
        (HEAD.format("csv") + "[plausible.day]\nleast_fen = 1", "needs the key most_fen"),
    ],
)
def test_a_description_that_says_something_wrong_is_refused_by_name(description, said):
    with pytest.raises(PackageInvalid, match=said):
        feeds.read(toml.parse(description, "feed.toml"))
