"""Handing in a file at a page: checked first, imported exactly as it was checked, its owner's alone."""

import gc
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from skillhub.accounts.queries import people as people_queries
from skillhub.base import work
from skillhub.base.db import unit_of_work
from skillhub.districts import queries as districts
from skillhub.imports.model import ImportFile
from skillhub.imports.rules.reports import Choices
from skillhub.imports.service import files, people
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS
from tests.imports.conftest import number

SITES = "名称,种类\n驿站甲,零工驿站\n"


def upload(browser, content, name="站点.csv", kind="sites", **fields):
    page = browser.get("/office/imports")
    data = hidden_fields(page.text) | {"kind": kind, "file": (io.BytesIO(content.encode()), name)} | fields
    return browser.post("/office/imports", data=data)


def decide(browser, path, **fields):
    return browser.post(path, data=hidden_fields(browser.get(path).text) | fields)


@pytest.fixture
def officer(app, persons):
    return signed_in(app, persons.officer())


def test_uploading_writes_nothing_and_importing_writes_what_was_checked(session, officer):
    there = upload(officer, SITES)
    assert (there.status_code, districts.sites(LUNAN)) == (302, ())
    page = officer.get(there.location)
    assert "核对好了" in page.text and "可以导入" in page.text

    assert decide(officer, there.location).status_code == 302
    assert [each.name for each in districts.sites(LUNAN)] == ["驿站甲"]
    assert "已导入" in officer.get(there.location).text
    assert session.scalar(select(ImportFile.content_sealed)) is None, "the file is deleted"
    assert decide(officer, there.location).status_code == 409


def test_lines_in_the_way_are_decided_on_before_anything_is_written(officer):
    there = upload(officer, SITES + "驿站乙,茶馆\n").location

    blocked = decide(officer, there)
    assert blocked.status_code == 409 and "一行也没有导入" in blocked.text
    assert districts.sites(LUNAN) == ()
    assert decide(officer, there, skips_refused="y").status_code == 302
    assert len(districts.sites(LUNAN)) == 1


def test_a_file_is_seen_by_its_owner_alone_and_lies_sealed(app, session, officer, persons):
    there = upload(
        officer, f"姓名,身份证号,联系电话\n冯大明,{number()},19900008102\n", kind="people"
    ).location

    for other in (persons.officer(), persons.desk(), persons.officer(LIWAN)):
        browser = signed_in(app, other)
        assert browser.get(there).status_code == 404
        assert browser.get(f"{there}/report.csv").status_code == 404
    rows = "".join(str(tuple(row)) for row in session.execute(text("SELECT * FROM import_file")))
    assert "冯大明" not in rows and "19900008102" not in rows and "名册" not in rows
    assert "冯大明" in officer.get(f"{there}/report.csv").text


def test_what_was_registered_meanwhile_is_shown_before_anything_is_written(officer, file):
    given = number()
    head = "姓名,身份证号,联系电话\n"
    there = upload(officer, f"{head}冯大明,{given},19900008102\n", name="名册.csv", kind="people").location
    people.take(actor=TESTS, file=file(f"{head}冯小明,{given},19900008109\n"), choices=Choices())

    assert decide(officer, there).status_code == 302
    page = officer.get(there).text
    assert "核对之后又有人登记了" in page and "已用另一个姓名登记" in page
    assert people_queries.with_phone("19900008102") == ()


def test_a_large_file_is_checked_and_imported_in_the_background(session, officer):
    head = "名称,种类,地址\n"
    lines = "".join(f"驿站{n:05d},零工驿站,友谊街道{'很长的地址' * 6}{n}号\n" for n in range(2_500))
    there = upload(officer, head + lines).location
    page = officer.get(there)
    assert "正在核对" in page.text and page.headers["Refresh"] == "2"

    assert work.drain() == 1
    assert "共2500行" not in officer.get(there).text
    assert decide(officer, there).status_code == 302
    assert "正在导入" in officer.get(there).text and "共2500行" in officer.get(there).text
    assert districts.sites(LUNAN) == ()
    assert work.drain() == 1
    assert len(districts.sites(LUNAN)) == 2_500
    assert "写入了2500行" in officer.get(there).text


def test_a_large_file_is_imported_with_the_rights_that_its_owner_has_then(session, officer):
    lines = "".join(f"驿站{n:05d},零工驿站,{'地址' * 20}\n" for n in range(2_500))
    there = upload(officer, f"名称,种类,地址\n{lines}").location
    work.drain()
    decide(officer, there)
    session.execute(
        text("UPDATE role_grant SET ended_at = granted_at WHERE role = 'officer'"),
        execution_options={"outside_unit": True},
    )
    session.commit()

    work.drain()
    assert districts.sites(LUNAN) == ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("名册.xls", "x,y\n", "只收 .xlsx 和 .csv"),
        ("名册.xlsx", "x,y\n", "不是 Excel 表格"),
        ("名册.csv", "x,y\n", "没有找到表头"),
        ("../../名册.csv", "x,y\n", "没有找到表头"),
    ],
)
def test_what_is_no_table_is_told_at_the_field(session, officer, name, content, words):
    response = upload(officer, content, name=name)

    assert response.status_code == 422 and words in response.text
    assert session.scalar(select(ImportFile.id)) is None


# The test client keeps the large body in a temporary file and leaves closing it to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_file_and_a_file_that_is_too_large_are_refused_before_they_are_kept(session, officer):
    fields = hidden_fields(officer.get("/office/imports").text) | {"kind": "people"}
    assert officer.post("/office/imports", data=fields).status_code == 422

    status = officer.post(
        "/office/imports", data=fields | {"file": (io.BytesIO(b"x" * 13 * 1024 * 1024), "a.csv")}
    ).status_code
    assert status == 413
    gc.collect()
    assert session.scalar(select(ImportFile.id)) is None


def test_files_and_reports_go_away_by_themselves(session, officer):
    there = upload(officer, SITES).location
    with unit_of_work() as unit:
        made_at = datetime.now(UTC) - timedelta(hours=25)
        unit.session.execute(update(ImportFile).values(made_at=made_at))

    files.expire()
    row = session.execute(select(ImportFile.state, ImportFile.content_sealed, ImportFile.report_sealed)).one()
    assert tuple(row) == ("deleted", None, None)
    assert "已删除" in officer.get(there).text


def test_the_owner_deletes_a_file_at_once(session, officer):
    there = upload(officer, SITES).location

    officer.post(f"{there}/removal", data=hidden_fields(officer.get(there).text))
    assert session.scalar(select(ImportFile.content_sealed)) is None
    assert "站点.csv" not in officer.get("/office/imports").text


def test_a_desk_imports_people_and_no_sites(app, persons):
    desk = signed_in(app, persons.desk())

    assert "站点名录" not in desk.get("/office/imports").text
    assert upload(desk, SITES).status_code == 422
    listed = f"姓名,身份证号,联系电话\n冯大明,{number()},19900008102\n"
    there = upload(desk, listed, name="名册.csv", kind="people", has_consented="y").location
    decide(desk, there)
    (person,) = people_queries.with_phone("19900008102")
    assert [each.purpose for each in people_queries.consents(person.id)] == ["basic"]


def test_the_template_can_be_handed_in_as_it_comes(officer):
    template = officer.get("/office/imports/people.xlsx")

    assert template.data[:2] == b"PK"
    data = hidden_fields(officer.get("/office/imports").text)
    data |= {"kind": "people", "file": (io.BytesIO(template.data), "people.xlsx")}
    assert "表头下面没有内容" in officer.post("/office/imports", data=data).text
