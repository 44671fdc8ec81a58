"""Five districts differ by data alone: one person, one course and one day have five answers."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins_contrib import (
    changzhi_luzhou,
    chongqing_dadukou,
    guangzhou_liwan,
    hangzhou_shangcheng,
    tangshan_lunan,
)
from skillhub.plugins import (
    Attendance,
    Batch,
    Bus,
    Certificate,
    Chances,
    Course,
    Engagement,
    Marks,
    Outcome,
    Person,
    Verdict,
    discover,
)
from skillhub.testing import kit

PACKAGES = {
    "chongqing_dadukou": (chongqing_dadukou, "500104"),
    "guangzhou_liwan": (guangzhou_liwan, "440103"),
    "hangzhou_shangcheng": (hangzhou_shangcheng, "330102"),
    "changzhi_luzhou": (changzhi_luzhou, "140403"),
    "tangshan_lunan": (tangshan_lunan, "130202"),
}
LUNAN = "130202"
PAGE = (Path(__file__).parents[2] / "docs" / "districts.md").read_text(encoding="utf-8")
IN_TIME, NEXT_YEAR = date(2025, 11, 10), date(2026, 1, 5)
COURSE = Course(
    code="C-1",
    name="家务服务",
    trade="家政",
    occupation="4-10-01-06",
    theory_hours=8,
    practice_hours=16,
    minutes_per_hour=45,
)
ATTENDANCE = Attendance(minutes_planned=1080, minutes_present=1080, sessions_planned=6, sessions_present=6)
PERSON = {"handle": "p-1", "birth_on": date(1980, 5, 1), "sex": "F", "groups": ("登记失业",)}
MARK = "示例，非官方标准"
NEEDED_BY_LOADERS = {
    "id",
    "title",
    "trade",
    "employer",
    "headcount",
    "pay",
    "settlement",
    "place",
    "lon",
    "lat",
    "requirements",
    "insurance",
    "posted_on",
    "valid_through",
}


@pytest.fixture(scope="module")
def bus():
    return five()


def five():
    """Return one bus with the five packages, found as the application finds them."""
    bus = Bus()
    assert discover.load(bus, (), ()).rejected == ()
    return bus


def facts(district, used, on):
    return {
        "person": Person(**PERSON, district=district),
        "course": COURSE,
        "batch": Batch(code="B-1", starts_on=date(2025, 10, 9), ends_on=date(2025, 10, 16), seats=20),
        "attendance": ATTENDANCE,
        "marks": Marks(theory=80, practice=80),
        "certificate": Certificate(number="SH1", issued_on=date(2025, 10, 20), trade="家政"),
        "engagement": None,
        "chances": Chances(used=used),
        "on": on,
    }


def five_answers(bus, *, home=None, used=0, on=IN_TIME):
    """Ask each package about the same person: at home where it is asked, unless a home is named."""
    return {
        name: bus.decide("decide_subsidy", {name}, **facts(home or district, used, on)).value
        for name, (_package, district) in PACKAGES.items()
    }


def shown(decision):
    """Write a decision as the page does."""
    if decision.verdict is Verdict.PAID:
        return f"{decision.amount_fen / 100:.2f} yuan"
    against = dict.fromkeys(line.code for line in decision.lines if line.required and not line.met)
    return "refused: " + ", ".join(f"`{code}`" for code in against)


def table(heading):
    """Return the rows of the table under a heading of the page, by package."""
    part = PAGE.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {found[1]: row for row in rows if (found := re.search(r"`(\w+)`", " ".join(row[:2])))}


def test_the_five_are_data_without_a_line_of_code():
    loaded = discover.load(Bus(), (), ()).plugins

    mine = {each.manifest.name: each for each in loaded if each.manifest.name in PACKAGES}
    assert mine.keys() == PACKAGES.keys()
    assert not any(each.has_code for each in mine.values())
    assert {name: each.manifest.districts for name, each in mine.items()} == {
        name: (district,) for name, (_package, district) in PACKAGES.items()
    }


def test_one_person_at_home_in_each_of_them_is_paid_five_different_sums(bus):
    answers = five_answers(bus)

    assert {answer.verdict for answer in answers.values()} == {Verdict.PAID}
    assert len({answer.amount_fen for answer in answers.values()}) == 5
    paid_by = [line.text for answer in answers.values() for line in answer.lines if line.amount_fen]
    assert len(set(paid_by)) == 5


def test_the_very_same_person_with_the_same_past_gets_five_different_answers(bus):
    answers = five_answers(bus, home=LUNAN, used=1)

    assert len({shown(answer) for answer in answers.values()}) == 5
    refused = {name for name, answer in answers.items() if answer.verdict is Verdict.REFUSED}
    assert refused == {"guangzhou_liwan", "changzhi_luzhou"}


def test_a_rule_that_has_ended_refuses_with_its_reason_and_the_four_others_go_on(bus):
    answers = five_answers(bus, on=NEXT_YEAR)

    assert [name for name, answer in answers.items() if answer.verdict is Verdict.REFUSED] == [
        "guangzhou_liwan"
    ]
    (line,) = answers["guangzhou_liwan"].lines
    assert line.code == "no_table"
    assert line.text == "这一天（2026-01-05）没有补贴标准：标准到 2025-12-31 为止（含当日）"


def test_the_page_about_the_districts_says_what_the_packages_answer(bus):
    columns = (
        five_answers(bus),
        five_answers(bus, home=LUNAN, used=1),
        five_answers(bus, on=NEXT_YEAR),
    )

    said = {name: row[1:] for name, row in table("## One person, one course, five answers").items()}

    assert said == {name: [shown(column[name]) for column in columns] for name in PACKAGES}


@pytest.mark.parametrize("name", PACKAGES)
def test_the_page_about_the_districts_says_on_which_days_a_subsidy_can_be_decided(bus, name):
    said = table("# Five districts")[name][-1]
    first, last = (date.fromisoformat(day) for day in said.split(" to "))

    def has_table(on):
        answer = bus.decide("decide_subsidy", {name}, **facts(LUNAN, 0, on)).value
        return "no_table" not in {line.code for line in answer.lines}

    day = timedelta(days=1)
    assert [has_table(on) for on in (first - day, first, last, last + day)] == [False, True, True, False]


@pytest.mark.parametrize("name", PACKAGES)
def test_no_number_passes_for_official_and_each_says_where_it_stands(name):
    parameters = kit.data_of(PACKAGES[name][0]).parameters

    rows = [row for table_name in parameters.kinds for row in parameters.rows(table_name)]
    unmarked = [row for row in rows if MARK not in row.source]

    assert not any(row.official for row in rows)
    assert all(row.source.strip() for row in rows)
    if name == "guangzhou_liwan":  # its conditions were read in a rule that was in force on these days
        assert {(row.grade, row.last_day) for row in unmarked} == {("A", date(2025, 12, 31))}
        assert all(row.source.startswith("粤人社规〔2023〕13号") for row in unmarked)
        assert not any("分" in row.unit for row in unmarked)
    else:
        assert unmarked == []


def test_each_feed_has_names_of_its_own_for_what_all_of_them_say():
    feeds = {name: kit.data_of(package).feed for name, (package, _district) in PACKAGES.items()}

    for feed in feeds.values():
        assert feed.fields.keys() >= NEEDED_BY_LOADERS
    for field in ("id", "title", "employer", "valid_through"):
        assert len({feed.fields[field] for feed in feeds.values()}) == len(feeds), field


def test_the_page_about_the_districts_names_their_feeds_and_own_fields():
    said = table("## Job feeds")

    for name, (package, _district) in PACKAGES.items():
        feed = kit.data_of(package).feed
        assert said[name][1].lower().startswith(feed.format)
        assert said[name][2] == (", ".join(feed.extra) or "none")


BUS = five()
GROUPS = ("登记失业", "残疾人", "农民工", "在校学生", "在编人员", "退休", "企业职工", "宝妈", "")
DAYS = st.dates(date(2022, 12, 1), date(2027, 2, 1))
PATIENT = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def claims(draw):
    """Anybody in any class on any day."""
    starts_on = draw(DAYS)
    planned = draw(st.integers(0, 12_000))
    present = draw(st.integers(0, planned))
    order = draw(st.sampled_from([None, "O-1"]))
    issued_on = draw(st.none() | DAYS)
    return {
        "person": Person(
            handle="p",
            birth_on=draw(st.none() | st.dates(date(1940, 1, 1), date(2012, 1, 1))),
            sex=draw(st.sampled_from(["M", "F", None])),
            groups=tuple(draw(st.sets(st.sampled_from(GROUPS), max_size=3))),
            district=draw(st.sampled_from([district for _package, district in PACKAGES.values()])),
        ),
        "course": Course(
            code="c",
            name="c",
            trade=draw(st.sampled_from(["家政", "数据标注", "创业", "堆锦"])),
            theory_hours=8,
            practice_hours=16,
            minutes_per_hour=draw(st.sampled_from([40, 45, 60])),
        ),
        "batch": Batch(code="b", starts_on=starts_on, ends_on=starts_on, order=order, seats=20),
        "attendance": Attendance(
            minutes_planned=planned, minutes_present=present, sessions_planned=6, sessions_present=6
        ),
        "marks": Marks(
            theory=draw(st.none() | st.integers(0, 100)), practice=draw(st.none() | st.integers(0, 100))
        ),
        "certificate": None
        if issued_on is None
        else Certificate(
            number="n", issued_on=issued_on, trade="t", level=draw(st.sampled_from([None, "5"]))
        ),
        "engagement": draw(st.sampled_from([None, Engagement(started_on=starts_on, days=40, order="O-1")])),
        "chances": Chances(used=draw(st.integers(0, 4))),
        "on": draw(DAYS),
    }


@PATIENT
@given(claims(), st.sampled_from(sorted(PACKAGES)))
def test_whoever_claims_gets_the_sum_of_the_lines_or_nothing_and_is_told_why(claim, name):
    answer = BUS.decide("decide_subsidy", {name}, **claim).value

    against = [line for line in answer.lines if line.required and not line.met]
    if answer.verdict is Verdict.PAID:
        assert against == []
        assert answer.amount_fen == sum(line.amount_fen for line in answer.lines) > 0
        assert claim["certificate"] is not None
        assert answer.amount_fen <= 250_000  # 2200 for the hours and 300 for the job, in Lunan
    else:
        assert answer.amount_fen == 0
        assert against or not any(line.amount_fen for line in answer.lines)
    assert answer.official is False
    assert all(line.text and line.text_en for line in answer.lines)


@PATIENT
@given(claims(), st.sampled_from(sorted(PACKAGES)))
def test_whoever_was_there_for_four_fifths_and_has_sixty_twice_completes_in_all_five(claim, name):
    asked = {key: claim[key] for key in ("course", "attendance", "marks", "on")}
    marks, hours, trade = claim["marks"], claim["attendance"], claim["course"].trade
    without_exam = (name, trade) in {("chongqing_dadukou", "创业"), ("changzhi_luzhou", "堆锦")}
    first = date(2024, 1, 1) if name == "tangshan_lunan" else date(2023, 1, 1)

    answer = BUS.decide("decide_completion", {name}, **asked)

    if not first <= claim["on"] <= date(2026, 12, 31):
        assert answer is None
    elif not hours.minutes_planned or hours.minutes_present * 5 < hours.minutes_planned * 4:
        assert answer.value.outcome is Outcome.HOURS_SHORT
    elif without_exam or (marks.theory is not None and marks.practice is not None):
        passed = without_exam or (marks.theory >= 60 and marks.practice >= 60)
        assert answer.value.outcome is (Outcome.CERTIFIED if passed else Outcome.FAILED)
    elif marks.theory is None:
        assert answer is None
