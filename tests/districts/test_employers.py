"""The register of employers: found by name and code, visited or not, page by page."""

from datetime import date

import pytest

from skillhub.accounts.queries import organisations as queries
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.districts.service import employers
from skillhub.testing.clients import submit
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN

LICENCE = "91130202MADE00011R"


@pytest.fixture
def officer(persons):
    return persons.officer()


def register(person, **changes):
    about = {
        "kind": "employer",
        "name": "路南凯达餐饮有限公司（虚构）",
        "uscc": LICENCE,
        "contact_name": "邓经理",
        "contact_phone": "0315-7654321",
    }
    return employers.register(actor=person.actor, district=LUNAN, **about | changes)


def test_an_employer_is_registered_and_visited(officer):
    code = register(officer)
    assert queries.employer_counts(LUNAN) == queries.EmployerCounts(1, 0)

    employers.record_visit(
        actor=officer.actor, code=code, on=date(2025, 11, 9), by="工作人员01", result="岗位属实"
    )

    assert queries.by_code(code).visit_result == "岗位属实"
    assert queries.employer_counts(LUNAN) == queries.EmployerCounts(1, 1)


def test_one_licence_is_registered_once(officer):
    code = register(officer)

    with pytest.raises(Invalid) as refused:
        register(officer, name="换个名字", uscc=f" {LICENCE.lower()} ")
    (error,) = refused.value.errors
    assert (error.field, code in str(error.message)) == ("uscc", True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "training_body"}, "kind"),
        ({"name": " "}, "name"),
        ({"uscc": LICENCE[:-1] + "0"}, "uscc"),
        ({"contact_phone": "12"}, "contact_phone"),
    ],
)
def test_what_cannot_be_right_is_named(officer, changes, field):
    with pytest.raises(Invalid) as refused:
        register(officer, **changes)
    assert [each.field for each in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": date(2025, 11, 11)}, "on"),
        ({"on": date(2023, 1, 1)}, "on"),
        ({"by": ""}, "by"),
        ({"result": " "}, "result"),
    ],
)
def test_a_visit_lies_behind_and_says_who_and_what(officer, changes, field):
    code = register(officer)
    visit = {"on": date(2025, 11, 10), "by": "工作人员01", "result": "属实"}

    with pytest.raises(Invalid) as refused:
        employers.record_visit(actor=officer.actor, code=code, **visit | changes)
    assert [each.field for each in refused.value.errors] == [field]


def test_only_the_staff_of_the_district_keeps_and_reads_the_register(officer, persons):
    code = register(officer)
    for person, refusal in ((persons.employer(), Forbidden), (persons.desk(LIWAN), NotFound)):
        with pytest.raises(refusal):
            employers.readable(person.actor, code)
    with pytest.raises(Forbidden):
        register(persons.auditor())
    assert employers.readable(persons.auditor().actor, code).code == code
    with pytest.raises(NotFound):
        employers.readable(officer.actor, persons.school().organisation)


def test_the_register_is_searched_and_paged(officer, organisations):
    visited = [organisations.employer() for _ in range(4)]
    unvisited = organisations.employer(is_visited=False)
    organisations.employer(LIWAN)

    def found(**asked):
        return [each.code for each in queries.page(district=LUNAN, **asked).items]

    assert found() == [each.code for each in (*visited, unvisited)]
    assert found(is_visited=False) == [unvisited.code]
    assert found(words=visited[1].code) == [visited[1].code]
    assert found(words="测试机构 （虚构）") == found()
    assert found(words="100%") == []
    first = queries.page(district=LUNAN, limit=3)
    rest = queries.page(district=LUNAN, limit=3, after=first.next)
    assert [each.code for each in (*first.items, *rest.items)] == found()
    assert rest.next is None


def test_the_pages_register_search_and_visit(app, officer):
    browser = signed_in(app, officer)
    made = submit(
        browser,
        "/office/employers/new",
        kind="employer",
        name="路南凯达餐饮有限公司（虚构）",
        uscc=LICENCE,
        contact_phone="0315-7654321",
    )
    assert made.status_code == 302, made.text
    assert "还没去" in browser.get(made.location).text
    visited = submit(browser, made.location, on="2025-11-09", by="工作人员01", result="岗位属实")
    assert visited.status_code == 302
    assert "岗位属实" in browser.get("/office/employers?q=凯达&state=visited").text
    assert "没有找到" in browser.get("/office/employers?q=凯达&state=unvisited").text


def test_the_contact_is_shown_to_those_who_visit_and_hidden_from_the_auditor(app, officer, persons):
    code = register(officer)

    seen = signed_in(app, officer).get(f"/office/employers/{code}").text
    assert "邓经理" in seen
    assert "电话尾号4321" in seen
    assert "0315-7654321" not in seen
    hidden = signed_in(app, persons.auditor()).get(f"/office/employers/{code}").text
    assert "4321" not in hidden
    assert "邓经理" not in hidden
