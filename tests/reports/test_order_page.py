import re

import pytest

from skillhub.credit.service import engagements
from skillhub.testing.factories.base import LIWAN, TESTS
from skillhub.testing.factories.courses import some_order


def rows(page):
    """Return the names listed below a number."""
    table = page.text[page.text.index('id="people"') : page.text.index("要什么人</h2>")]
    return [
        re.sub(r"<span.*", "", re.sub(r"<a [^>]*>", "", row))
        for row in re.findall(r'<th scope="row">(.*?)</th>', table)
    ]


def listed(browser, order, stage):
    return rows(browser.get(f"/orders/{order}?show={stage}"))


def test_the_page_says_how_many_came_how_far_and_at_what_rate(browse, chain):
    page = browse(chain.employer).get(f"/orders/{chain.order}")

    assert page.status_code == 200
    figures = re.findall(r"<b>(\d+)</b>", page.text)
    assert figures == ["8", "5", "4", "3", "2"]
    assert re.findall(r"(\d+\.\d)%", page.text) == ["62.5", "60.0", "66.7"]
    assert "要8人" in page.text
    assert "2人上了岗" in page.text


@pytest.mark.parametrize("stage", ["enrolled", "attended", "certified", "hired"])
def test_each_number_lists_exactly_the_people_whom_it_counts(browse, chain, stage):
    assert listed(browse(chain.employer), chain.order, stage) == [each.name for each in getattr(chain, stage)]


def test_removing_one_hire_changes_the_number_and_its_list(browse, chain):
    engagements.remove(actor=TESTS, engagement=chain.hires[0], reason="没有来")

    browser = browse(chain.employer)
    assert re.findall(r"<b>(\d+)</b>", browser.get(f"/orders/{chain.order}").text) == [
        "8",
        "5",
        "4",
        "3",
        "1",
    ]
    assert listed(browser, chain.order, "hired") == [chain.hired[1].name]


def test_the_json_address_shows_the_same_figures(api, chain):
    told = api.as_(chain.employer).get(f"/api/v1/orders/{chain.order}").json

    assert told["funnel"] == {"asked": 8, "enrolled": 5, "attended": 4, "certified": 3, "hired": 2}
    assert told["rates"] == {"fill": 62.5, "pass": 60.0, "placed": 66.7}


@pytest.mark.parametrize("role", ["officer", "school"])
def test_who_decides_or_teaches_reads_the_names_and_opens_the_files(browse, persons, chain, role):
    reader = chain.batch.school if role == "school" else persons.officer()
    browser = browse(reader)

    assert listed(browser, chain.order, "hired") == [each.name for each in chain.hired]
    assert f"/people/{chain.hired[0].handle}" in browser.get(f"/orders/{chain.order}?show=hired").text


@pytest.mark.parametrize("role", ["auditor", "desk", "school"])
def test_others_of_the_district_see_masked_names(browse, persons, chain, role):
    page = browse(getattr(persons, role)()).get(f"/orders/{chain.order}?show=hired")

    assert len(rows(page)) == 2
    assert all("＊" in each for each in rows(page))
    assert not any(each.name in page.text for each in chain.people)


def test_a_school_that_taught_nobody_here_opens_no_file(browse, persons, chain):
    page = browse(persons.school()).get(f"/orders/{chain.order}?show=hired")

    assert "/people/" not in page.text
    assert "证件尾号" not in page.text


def test_the_order_of_others_is_not_there(browse, persons, chain):
    assert browse(persons.employer()).get(f"/orders/{chain.order}").status_code == 404
    assert browse(persons.officer(LIWAN)).get(f"/orders/{chain.order}").status_code == 404
    assert browse(persons.trainee()).get(f"/orders/{chain.order}").status_code == 403


def test_an_unknown_number_is_not_answered_with_another_list(browse, chain):
    assert browse(chain.employer).get(f"/orders/{chain.order}?show=fired").status_code == 404


def test_the_employer_confirms_who_has_come_to_work(browse, chain):
    page = browse(chain.employer).get(f"/orders/{chain.order}")

    assert f'href="/employer/orders/{chain.order}/hires/new"' in page.text
    assert "确认上岗：1人等着" in page.text


def test_the_line_stands_at_the_step_that_comes_next(browse, persons):
    employer = persons.employer()
    asked = some_order(employer=employer, is_approved=False)
    approved = some_order(employer=employer)
    browser = browse(employer)

    assert re.search(r'aria-current="step">核准', browser.get(f"/orders/{asked}").text)
    page = browser.get(f"/orders/{approved}")
    assert re.search(r'aria-current="step">开班', page.text)
    assert "还没有人报名" in page.text


def test_a_school_can_file_a_class_for_an_approved_order(browse, persons):
    order = some_order()

    assert f'href="/teach/batches/new?order={order}"' in browse(persons.school()).get(f"/orders/{order}").text
