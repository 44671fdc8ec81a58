from urllib.parse import unquote

import pytest

from skillhub.courses.queries import orders as queries
from skillhub.testing.clients import hidden_fields, submit
from skillhub.testing.factories.base import LIWAN, LUNAN
from skillhub.testing.factories.courses import some_course, some_order
from tests.courses.browser import signed_in

FILLED = {
    "course": "",
    "trade": "家政",
    "heads": "8",
    "promised_jobs": "4",
    "wage_yuan": "180",
    "wage_unit": "day",
    "starts_on": "2025-12-15",
    "skills": "家务服务、客户沟通",
}


@pytest.fixture
def employer(persons, organisations):
    return persons.employer(organisations.employer(is_visited=False))


def test_an_employer_orders_people_in_one_form(client, employer):
    signed_in(client, employer)
    answer = submit(client, "/employer/orders/new", **FILLED)

    assert answer.status_code == 302
    found = queries.placed(actor=employer.actor).items[0].order
    assert (found.heads, found.wage_fen, found.skills) == (8, 18_000, ("家务服务", "客户沟通"))
    listed = client.get(answer.location)
    assert found.code in listed.text
    assert "待审核" in listed.text
    assert "等工作人员来看岗位" in listed.text


def test_sending_the_same_form_twice_places_one_order(client, employer):
    signed_in(client, employer)
    sent = hidden_fields(client.get("/employer/orders/new").text) | FILLED
    first = client.post("/employer/orders/new", data=sent)
    second = client.post("/employer/orders/new", data=sent)

    assert (first.status_code, second.status_code) == (302, 302)
    assert len(queries.placed(actor=employer.actor).items) == 1


def test_a_course_brings_its_trade_and_occupation(client, employer):
    course = some_course()
    signed_in(client, employer)
    submit(client, "/employer/orders/new", **(FILLED | {"course": course, "trade": ""}))
    found = queries.placed(actor=employer.actor).items[0].order

    assert (found.course, found.trade, found.occupation) == (course, "家政", "4-10-01-06")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"heads": "0"}, "填了0。请填1到1000之间的整数。"),
        ({"heads": "许多"}, "请填整数"),
        ({"heads": ""}, "请填整数"),
        ({"promised_jobs": "9"}, "承诺了9个岗位，只培训8人。"),
        ({"wage_yuan": "面议"}, "请填数字"),
        ({"wage_yuan": "0"}, "请填大于0"),
        ({"starts_on": "2025-01-01"}, "填的2025-01-01已经过去。"),
        ({"trade": ""}, "这一项没有填。"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field_and_nothing_is_lost(client, employer, change, said):
    signed_in(client, employer)
    answer = submit(client, "/employer/orders/new", **(FILLED | change))

    assert answer.status_code == 422
    assert said in answer.text
    assert "家务服务、客户沟通" in answer.text
    assert queries.placed(actor=employer.actor).items == ()


def test_an_officer_visits_and_approves_on_one_page(client, persons, employer):
    code = some_order(employer=employer, is_approved=False)
    officer = persons.officer()
    signed_in(client, officer)
    queue = client.get("/office/orders")
    assert code in queue.text
    assert "还没有去看" in queue.text

    page = f"/office/orders/{code}"
    early = submit(client, page, f"{page}/decision", decision="approved", reason="")
    assert early.status_code == 409
    assert "先到用人单位看岗位" in early.text
    visited = submit(client, page, f"{page}/visit", on="2025-11-09", result="属实")
    assert visited.status_code == 302
    decided = submit(client, page, f"{page}/decision", decision="approved", reason="")
    assert decided.status_code == 302
    shown = client.get(page)
    assert "已核准" in shown.text
    assert officer.name in shown.text
    assert queries.order(code).state == "approved"


def test_a_refusal_without_a_reason_comes_back(client, persons, employer):
    code = some_order(employer=employer, is_approved=False)
    signed_in(client, persons.officer())
    page = f"/office/orders/{code}"
    answer = submit(client, page, f"{page}/decision", decision="refused", reason="")

    assert answer.status_code == 422
    assert "不予核准要写明原因" in answer.text
    assert queries.order(code).state == "asked"


def test_an_order_is_completed_with_one_tap(client, persons):
    code = some_order()
    signed_in(client, persons.officer())
    page = f"/office/orders/{code}"
    answer = submit(client, page, f"{page}/completion")

    assert answer.status_code == 302
    assert "已办结" in client.get(page).text


def test_an_auditor_reads_and_decides_nothing(client, persons, employer):
    code = some_order(employer=employer, is_approved=False)
    signed_in(client, persons.auditor())
    page = client.get(f"/office/orders/{code}")

    assert page.status_code == 200
    assert "提交决定" not in page.text
    assert client.get("/office/orders").status_code == 200


def test_pages_open_for_those_whom_they_concern(client, persons, employer, app):
    code = some_order(employer=employer, is_approved=False)
    paths = ["/employer/orders", "/employer/orders/new", "/office/orders", f"/office/orders/{code}"]
    expected = {
        "nobody": [302, 302, 302, 302],
        "trainee": [403, 403, 403, 403],
        "employer": [200, 200, 403, 403],
        "officer": [403, 403, 200, 200],
        "officer elsewhere": [403, 403, 200, 404],
    }
    people = {
        "trainee": persons.trainee(),
        "employer": employer,
        "officer": persons.officer(),
        "officer elsewhere": persons.officer(district=LIWAN),
    }

    found = {"nobody": [client.get(path).status_code for path in paths]}
    for name, person in people.items():
        browser = signed_in(app.test_client(), person)
        found[name] = [browser.get(path).status_code for path in paths]
    assert found == expected
    assert "/sign-in?next=/employer/orders" in unquote(client.get("/employer/orders").location)


def test_the_queue_shows_the_district_and_counts_each_state(client, persons):
    some_order()
    some_order(is_approved=False)
    some_order(district=LIWAN)
    signed_in(client, persons.officer())
    page = client.get("/office/orders?state=approved").text

    assert page.count('<th scope="row">') == 1
    assert f'data-district="{LUNAN}"' in page
