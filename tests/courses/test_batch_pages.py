from datetime import timedelta

import pytest

from skillhub.courses.queries import batch_lists
from skillhub.courses.queries import batches as queries
from skillhub.courses.service import applications as applying
from skillhub.courses.service import batches
from skillhub.testing.clients import hidden_fields, submit
from skillhub.testing.factories.base import LIWAN
from skillhub.testing.factories.courses import some_batch, some_course, some_order
from tests.courses.browser import signed_in


@pytest.fixture
def body(organisations):
    return organisations.training_body()


@pytest.fixture
def school(persons, body):
    return persons.school(body)


@pytest.fixture
def filled(persons, body):
    rows = {}
    for number, (day, part) in enumerate((("2025-11-24", "theory"), ("2025-11-25", "practice"))):
        rows |= {
            f"sessions-{number}-day": day,
            f"sessions-{number}-starts": "09:00",
            f"sessions-{number}-ends": "12:00",
            f"sessions-{number}-part": part,
        }
    return rows | {
        "order": "",
        "course": some_course(),
        "trainer": persons.trainer(body).handle,
        "seats": "8",
        "opens_at": "2025-11-12T09:00",
        "closes_at": "2025-11-20T17:00",
        "place_name": "收纳工作室",
        "place_address": "友谊街道1号",
        "place_position": "118.17，39.63",
    }


def test_a_school_files_a_batch_with_its_sessions_as_rows(client, school, filled):
    signed_in(client, school)
    answer = submit(client, "/teach/batches/new", **filled)

    assert answer.status_code == 302
    found = batch_lists.of_bodies(actor=school.actor).items[0]
    assert [(each.part, each.hours) for each in found.sessions] == [("theory", 4), ("practice", 4)]
    assert found.opens_at.isoformat() == "2025-11-12T01:00:00+00:00"
    assert found.place.position.lon == 118.17
    page = client.get(answer.location).text
    assert "等待核准" in page
    assert "课程要求20课时，排了8课时" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"course": ""}, "请选一门课程"),
        ({"trainer": ""}, "请选一位老师"),
        ({"seats": "9999"}, "填了9999。请填1到500之间的整数。"),
        ({"closes_at": "2025-11-24T10:00"}, "报名结束晚于第一次上课"),
        ({"opens_at": "明天"}, "请填日期和时间"),
        ({"place_name": ""}, "请填写这一项"),
        ({"place_position": "39.63,118.17"}, "这个位置不在地图上"),
        ({"sessions-1-part": ""}, "这一行没有填完"),
        ({"sessions-1-day": "2025-11-24"}, "第2次课和另一次课时间重叠"),
        ({"sessions-1-ends": "08:00"}, "第2次课的下课不晚于上课"),
        ({"sessions-4-day": "2025-11-24"}, "这一行没有填完"),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_typed_is_lost(client, school, filled, change, said):
    signed_in(client, school)
    answer = submit(client, "/teach/batches/new", **(filled | change))

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="友谊街道1号"' in answer.text
    assert batch_lists.of_bodies(actor=school.actor).items == ()


def test_an_error_in_a_row_stands_in_that_row_also_after_an_empty_one(client, school, filled):
    moved = {name.replace("sessions-1-", "sessions-3-"): value for name, value in filled.items()}
    signed_in(client, school)
    answer = submit(client, "/teach/batches/new", **(moved | {"sessions-3-ends": "08:00"}))

    assert 'id="sessions-3-ends-why"' in answer.text


def test_no_row_at_all_is_said_above_the_rows(client, school, filled):
    empty = {name: value for name, value in filled.items() if not name.startswith("sessions-")}
    signed_in(client, school)
    answer = submit(client, "/teach/batches/new", **empty)

    assert answer.status_code == 422
    assert "还没有课次" in answer.text


def test_an_order_and_a_trainer_are_chosen_from_what_there_is(client, persons, organisations, school, filled):
    order = some_order()
    some_order(is_approved=False)
    stranger = persons.trainer(organisations.training_body())
    signed_in(client, school)
    page = client.get(f"/teach/batches/new?order={order}").text

    assert page.count(f'<option selected value="{order}"') == 1
    assert page.count('value="O-130202') == 1
    assert stranger.handle not in page


def test_an_officer_sees_what_was_found_and_publishes(client, persons):
    batch = some_batch(is_published=False, order=some_order(heads=8))
    signed_in(client, persons.officer())
    assert batch.code in client.get("/office/batches").text
    page = client.get(f"/office/batches/{batch.code}").text
    assert "这些时间没有排别的课" in page
    assert "订单要培训8人" in page
    assert "没法核对" in page

    path = f"/office/batches/{batch.code}"
    answer = submit(client, path, f"{path}/publication")
    assert answer.status_code == 302
    assert batch.view.state == "published"
    assert batch.code in client.get("/office/batches?state=published").text


def test_an_officer_refuses_with_a_reason(client, persons):
    batch = some_batch(is_published=False)
    signed_in(client, persons.officer())
    path = f"/office/batches/{batch.code}"
    without = submit(client, path, f"{path}/cancellation", reason="")
    assert without.status_code == 422
    assert "请写明原因" in without.text
    submit(client, path, f"{path}/cancellation", reason="教室容不下8人")

    assert batch.view.cancel_reason == "教室容不下8人"


def test_the_public_list_leads_to_what_people_can_do(client, frozen, persons):
    free = some_batch(seats=3)
    full = some_batch(seats=1)
    applying.apply(actor=persons.trainee().actor, batch=full.code, channel="网页")
    some_batch(opens_at=frozen.now + timedelta(hours=2))
    abroad = some_batch(district=LIWAN)
    page = client.get("/batches?district=130202")

    assert page.status_code == 200
    assert [word in page.text for word in ("还剩3个名额", "已报满，可候补", "还没开始")] == [True] * 3
    assert page.text.index(free.code) < page.text.index(full.code)
    assert abroad.code not in page.text
    assert abroad.code in client.get("/batches?district=").text
    assert client.get("/batches?district=999999").status_code == 404


def test_the_board_answers_before_during_and_after(client, frozen, persons):
    batch = some_batch(seats=1, opens_at=frozen.now + timedelta(minutes=15))
    path = f"/batches/{batch.code}"
    before = client.get(path)
    assert "还有15分钟" in before.text
    assert 900 < int(before.headers["Refresh"]) <= 905

    frozen.advance(minutes=15)
    opened = client.get(path)
    assert "还剩1个名额" in opened.text
    assert "Refresh" not in opened.headers
    applying.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页")
    assert "已经报满，可候补" in client.get(path).text
    frozen.advance(days=7)
    assert "报名已结束" in client.get(path).text
    batches.cancel(actor=batch.school.actor, code=batch.code, reason="场地停电")
    assert "场地停电" in client.get(path).text


def test_the_public_page_hides_the_trainers_name(client, district):
    batch = some_batch(order=some_order())
    page = client.get(f"/batches/{batch.code}").text

    assert batch.trainer.name not in page
    assert "订单班，承诺合格后提供4个岗位" in page
    assert "180.00元/天" in page


def test_a_draft_is_shown_to_who_files_and_who_approves_alone(client, app, persons):
    batch = some_batch(is_published=False)
    path = f"/batches/{batch.code}"

    assert client.get(path).status_code == 404
    assert signed_in(app.test_client(), persons.trainee()).get(path).status_code == 404
    assert "等待核准" in signed_in(app.test_client(), batch.school).get(path).text
    assert signed_in(app.test_client(), persons.officer()).get(path).status_code == 200


def test_a_school_changes_seats_closes_and_cancels(client, frozen, district):
    batch = some_batch()
    path = f"/teach/batches/{batch.code}"
    signed_in(client, batch.school)
    assert submit(client, path, f"{path}/seats", seats="12").status_code == 302
    assert submit(client, path, f"{path}/seats", seats="0").status_code == 422
    early = submit(client, path, f"{path}/closing")
    assert early.status_code == 409
    frozen.advance(days=12)
    assert submit(client, path, f"{path}/closing").status_code == 302
    assert (batch.view.seats, batch.view.state) == (12, "closed")

    other = some_batch(school=batch.school)
    path = f"/teach/batches/{other.code}"
    assert submit(client, path, f"{path}/cancellation", reason=" ").status_code == 422
    assert submit(client, path, f"{path}/cancellation", reason="停电").status_code == 302
    assert other.view.state == "cancelled"
    assert "取消原因：停电" in client.get(path).text


def test_the_page_of_a_batch_leads_to_its_papers(client, district):
    batch = some_batch()
    signed_in(client, batch.school)
    page = client.get(f"/teach/batches/{batch.code}").text

    assert f"/teach/batches/{batch.code}/roster" in page
    assert f"/teach/batches/{batch.code}/results" in page
    assert f"/teach/sessions/{batch.sessions[0]}" in page


def test_pages_open_for_those_whom_they_concern(client, app, persons, organisations):
    batch = some_batch()
    paths = [
        "/teach/batches",
        "/teach/batches/new",
        f"/teach/batches/{batch.code}",
        "/office/batches",
        f"/office/batches/{batch.code}",
        "/courses/new",
    ]
    people = {
        "school": (batch.school, [200, 200, 200, 403, 403, 200]),
        "school elsewhere": (persons.school(organisations.training_body()), [200, 200, 404, 403, 403, 200]),
        "trainer": (batch.trainer, [200, 403, 200, 403, 403, 403]),
        "officer": (persons.officer(), [403, 403, 403, 200, 200, 200]),
        "officer elsewhere": (persons.officer(district=LIWAN), [403, 403, 403, 200, 404, 200]),
        "auditor": (persons.auditor(), [403, 403, 403, 200, 200, 403]),
        "trainee": (persons.trainee(), [403, 403, 403, 403, 403, 403]),
    }

    for name, (person, expected) in people.items():
        browser = signed_in(app.test_client(), person)
        assert [browser.get(path).status_code for path in paths] == expected, name
    assert [client.get(path).status_code for path in paths] == [302] * len(paths)


def test_a_trainer_sees_the_batches_that_are_taught(client, frozen, district):
    batch = some_batch()
    later = frozen.now + timedelta(days=30)
    draft = some_batch(is_published=False, school=batch.school, trainer=batch.trainer, first_at=later)
    signed_in(client, batch.trainer)
    page = client.get("/teach/batches").text

    assert batch.code in page
    assert draft.code not in page
    assert client.get(f"/teach/batches/{draft.code}").status_code == 404


def test_a_course_is_put_on_file_by_a_form(client, school):
    signed_in(client, school)
    sent = {
        "name": "整理收纳",
        "trade": "家政",
        "occupation": "",
        "level": "5",
        "theory_hours": "8",
        "practice_hours": "12",
    }
    sent |= hidden_fields(client.get("/courses/new").text)
    answer = client.post("/courses/new", data=sent)

    assert answer.status_code == 302
    assert "整理收纳" in client.get("/courses?district=130202").text
    wrong = submit(client, "/courses/new", **(sent | {"idempotency_key": "k-2", "theory_hours": "-1"}))
    assert wrong.status_code == 422
    assert "填了-1。" in wrong.text


def test_the_pages_can_be_read_in_english_without_breaking(client, district):
    batch = some_batch()
    client.get("/language/en")

    assert client.get(f"/batches/{batch.code}").status_code == 200
    assert client.get("/batches").status_code == 200


def test_a_batch_that_is_over_knows_it(frozen, district):
    batch = some_batch()
    frozen.advance(days=12)

    assert queries.batch(batch.code).is_taught
