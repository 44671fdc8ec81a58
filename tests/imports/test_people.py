"""What becomes of each line about a person, and that a file is written whole or not at all."""

import csv
from datetime import date

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from skillhub.accounts.queries import actors
from skillhub.accounts.queries import people as people_queries
from skillhub.accounts.rules.consents import BASIC
from skillhub.base.access import Role
from skillhub.base.audit import AuditEntry
from skillhub.base.errors import NotFound
from skillhub.base.sheets import SheetUnreadable
from skillhub.imports import tables
from skillhub.imports.rules.reports import ACCEPT, SKIP, Choices
from skillhub.imports.service import people
from skillhub.testing.factories.base import LIWAN, TESTS
from tests.imports.conftest import SHARED, number, workbook

HEAD = "姓名,公民身份号码,联系电话,求职意向,登记日期\n"


def decisions(report):
    return {line.number: line.decision.value for line in report.lines}


def codes(report, line):
    return [reason.code for each in report.lines if each.number == line for reason in each.reasons]


def take(file, *choices):
    return people.take(actor=TESTS, file=file, choices=Choices(*choices))


def people_count(session):
    return session.scalar(select(func.count()).select_from(people_queries.Person))


@pytest.mark.parametrize(
    ("name", "expected", "column"),
    [
        ("roster_lunan.xlsx", "roster_lunan.expected.csv", "excel_row"),
        ("desk_book_jinfeng_gb18030.csv", "desk_book_jinfeng.expected.csv", "line"),
    ],
)
def test_the_dirty_files_of_the_domain_get_exactly_the_expected_decisions(file, name, expected, column):
    folder = SHARED / "dirty"
    if not folder.is_dir():
        pytest.skip(f"the domain's files are not here ({folder})")
    report = people.check(actor=TESTS, file=file((folder / name).read_bytes(), name))

    with (folder / expected).open(encoding="utf-8", newline="") as opened:
        wanted = {int(row[column]): row["verdict"] for row in csv.DictReader(opened)}
    assert decisions(report) == wanted


def dirty_roster():
    """Return a roster with everything that goes wrong in spreadsheets, and what it is worth, line by line."""
    first, other, third = number(), number(), number()
    sexes = {each: "男" if int(each[16]) % 2 else "女" for each in (first, third)}
    rows = [
        (["花名册（虚构）"], None),
        (["序号", "学员信息", None, None, "联系电话", "开班日期", "年龄"], None),
        ([None, "姓名", "性别", "公民身份号码", None, None, None], None),
        ([1, "王芳", sexes[first], first, "19900008001", "2025-12-05", "=1+1"], "ok"),
        ([2, "李 燚", None, other, "199 0000 8002", "2025.12.5", None], "ok_after_normalising"),
        ([3, "张犇", None, 130202196904090000, "19900008003", None, None], "refuse"),
        ([4, "赵䶮", None, "'" + number(), "１９９００００８００５", 45996, None], "ok_after_normalising"),
        (
            [5, "古丽•测试", None, number().lower(), "+86 19900008007", "2025年12月5日", None],
            "ok_after_normalising",
        ),
        ([6, "王*芳", None, number(), "19900008008", None, None], "refuse"),
        ([7, "王芳", sexes[first], first, "19900008001", None, None], "refuse"),
        ([8, "另一人", None, first, "19900008001", None, None], "refuse"),
        ([9, "吴小梅", None, number("20110203"), "19900008011", "2026-03-05", None], "refuse"),
        ([10, "何春", "男" if sexes[third] == "女" else "女", third, "19900008012", "12月5日", None], "flag"),
        ([11, "=1+1", None, number(), "19900008013", None, None], "refuse"),
        ([12, "孙某", None, "5.00104E+17", "19900008014", None, None], "refuse"),
        ([13, "没有号码", None, None, None, None, None], "refuse"),
        ([14, "座机", None, number(), "0315-1234567", None, None], "flag"),
        ([None] * 7, None),
        (["合计", "14人", None, None, None, None, "=SUM(G4:G9)"], None),
        (["填表人：虚构　审核人：虚构"], None),
    ]
    content = workbook([row for row, _ in rows], merged=("A1:G1", "B2:D2", "A2:A3", "E2:E3"))
    return content, {line: worth for line, (_, worth) in enumerate(rows, 1) if worth}


def test_a_roster_with_everything_that_spreadsheets_do_to_numbers(file):
    content, wanted = dirty_roster()
    report = people.check(actor=TESTS, file=file(content, "花名册.xlsx"))

    assert decisions(report) == wanted
    assert codes(report, 6) == ["id_number_lost"]
    assert codes(report, 11) == ["document_of_another"]
    assert codes(report, 14) == ["formula"]
    assert sorted(codes(report, 13)) == ["date_yearless", "sex_differs"]


def test_nothing_is_written_while_a_line_stands_in_the_way(session, file):
    content, _ = dirty_roster()
    before = people_count(session)

    for choices in ((), (True,), (False, ACCEPT), (False, SKIP)):
        report = take(file(content, "花名册.xlsx"), *choices)
        assert not report.is_written and report.written == 0
    assert people_count(session) == before


def test_decided_lines_let_the_others_in_and_a_second_time_changes_nothing(session, file):
    content, wanted = dirty_roster()
    before = people_count(session)
    clean = sum(worth.startswith("ok") for worth in wanted.values())

    first = take(file(content, "花名册.xlsx"), True, SKIP)
    assert (first.written, people_count(session) - before) == (clean, clean)
    flagged = take(file(content, "花名册.xlsx"), True, ACCEPT)
    assert flagged.written == 2
    again = take(file(content, "花名册.xlsx"), True, ACCEPT)
    assert again.written == 0
    assert set(decisions(again).values()) == {"unchanged", "refuse"}
    assert people_count(session) - before == clean + 2


def test_one_person_twice_is_one_person_with_two_wishes(session, file):
    book = "姓名,联系电话,岗位需求,登记日期\n冯大明,19900008102,保安,2025.2.13\n"
    book += "冯大明,1990000 8102,保洁,2025.2.16\n"

    assert decisions(take(file(book.encode("gb18030")))) == {2: "ok_after_normalising", 3: "merge"}
    (person,) = people_queries.with_phone("19900008102")
    wishes = people_queries.wishes(person.id)
    assert [wish.trade for wish in wishes] == ["保洁", "保安"]
    assert wishes[0].registered_at.date() == date(2025, 2, 16)
    assert decisions(take(file(book))) == {2: "unchanged", 3: "unchanged"}
    assert len(people_queries.wishes(person.id)) == 2


def test_a_document_finds_its_person_again_and_completes_who_had_none(file):
    take(file("姓名,联系电话\n冯大明,19900008102\n"))
    (before,) = people_queries.with_phone("19900008102")
    given = number()

    report = take(file(f"姓名,身份证号,联系电话\n冯大明,{given},19900008102\n"))

    assert decisions(report) == {2: "merge"}
    assert people_queries.with_identity("resident_id", given).id == before.id
    other = take(file(f"姓名,身份证号,联系电话\n冯小明,{given},19900008102\n"))
    assert codes(other, 2) == ["identity_name_differs"]


def test_a_phone_alone_is_nobody(file):
    couple = take(file("姓名,联系电话\n冯大明,19900008102\n冯大朋,19900008102\n"))
    assert decisions(couple) == {2: "ok", 3: "flag"} and not couple.is_written
    known = take(
        file(f"姓名,身份证号,联系电话\n冯大明,{number()},19900008103\n钱二,{number()},19900008103\n")
    )
    assert known.written == 2, "two documents are two people, whoever holds the phone"


def test_what_is_registered_is_never_changed_by_a_list(file):
    given = number()
    take(file(f"姓名,身份证号,联系电话\n冯大明,{given},19900008102\n"))

    report = take(file(f"{HEAD}冯大明,{given},19900008199,保洁,2025-03-01\n"), False, ACCEPT)

    assert codes(report, 2) == ["phone_differs"]
    person = people_queries.with_identity("resident_id", given)
    assert people_queries.phone_of(person.id) == "19900008102"
    assert [wish.trade for wish in people_queries.wishes(person.id)] == ["保洁"]


def test_consent_is_recorded_where_it_was_given(file):
    first, second = number(), number()
    take(
        file(f"姓名,身份证号,联系电话,本人同意\n冯大明,{first},19900008102,是\n钱二,{second},19900008103,\n")
    )

    people_by = {given: people_queries.with_identity("resident_id", given) for given in (first, second)}
    assert [each.purpose for each in people_queries.consents(people_by[first].id)] == [BASIC]
    assert people_queries.consents(people_by[second].id) == ()


def test_every_new_person_is_on_record_like_one_from_the_desk(session, file):
    take(file(f"{HEAD}冯大明,{number()},19900008102,保洁,2025-03-01\n", has_consented=True))

    verbs = list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id.desc()).limit(5)))
    assert verbs == ["people.import", "wish.register", "consent.give", "role.grant", "person.register"]


def test_a_clerk_imports_for_the_own_district_only(persons, file):
    content = file(f"姓名,身份证号,联系电话\n冯大明,{number()},19900008102\n")

    with pytest.raises(NotFound):
        people.take(actor=persons.desk(LIWAN).actor, file=content, choices=Choices())
    assert people.take(actor=persons.desk().actor, file=content, choices=Choices()).written == 1
    other = file(f"姓名,身份证号,联系电话,区划代码\n钱二,{number()},19900008103,{LIWAN}\n")
    assert codes(people.take(actor=TESTS, file=other, choices=Choices()), 2) == ["district_other"]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "姓名,年龄\n王芳,30\n", "姓名,联系电话\n"])
def test_a_table_without_people_says_so(file, text):
    with pytest.raises(SheetUnreadable) as caught:
        people.check(actor=TESTS, file=file(text))
    assert caught.value.reason in ("empty", "no_header", "no_rows")


def test_the_codes_of_other_systems_are_headings_too(file):
    report = take(file(f"aac003,aac002,aae005\n冯大明,{number()},19900008102\n"))

    assert decisions(report) == {2: "ok"}


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_every_reason_has_words_with_its_facts_filled_in(app, file, language):
    report = people.check(actor=TESTS, file=file(dirty_roster()[0], "花名册.xlsx"))

    with app.test_request_context(), force_locale(language):
        said = [tables.said(line) for line in report.lines]
    assert len({reason for *_, reason, _ in said}) > 8
    assert "%(" not in str(said)
    assert ("Please" in str(said)) == (language == "en")


def test_the_report_opens_clean_in_a_spreadsheet(app, file):
    report = people.check(actor=TESTS, file=file(f"姓名,联系电话\n=cmd,{number()}\n"))
    with app.test_request_context():
        text = "".join(tables.as_csv(report.lines))

    assert text.startswith("\ufeff") and "\r\n2,'=cmd,refuse," in text


def test_the_new_people_are_trainees_of_the_district(file):
    given = number()
    take(file(f"姓名,身份证号,联系电话\n冯大明,{given},19900008102\n"))

    person = people_queries.with_identity("resident_id", given)
    assert [(each.role, each.district) for each in actors.grants_of(person.id)] == [(Role.TRAINEE, "130202")]
