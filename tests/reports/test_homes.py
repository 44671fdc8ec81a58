import re
from datetime import timedelta

import pytest

from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.courses.service import applications
from skillhub.testing.clients import submit
from skillhub.testing.factories.base import LIWAN, id_number
from skillhub.testing.factories.courses import some_batch, some_order
from skillhub.web import menus

HOMES = {
    "trainee": "/me",
    "school": "/teach",
    "trainer": "/teach",
    "officer": "/office",
    "auditor": "/office",
    "employer": "/employer",
    "desk": "/desk",
}


@pytest.mark.parametrize("role", HOMES)
def test_the_front_door_leads_each_role_to_its_home(browse, persons, role):
    answer = browse(getattr(persons, role)()).get("/")

    assert (answer.status_code, answer.location) == (302, HOMES[role])


@pytest.mark.parametrize("role", HOMES)
def test_a_home_opens_without_anything_in_it(browse, persons, role):
    page = browse(getattr(persons, role)()).get(HOMES[role])

    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert " style=" not in page.text


@pytest.mark.parametrize("role", HOMES)
def test_a_role_has_at_most_five_main_entries_and_its_home_is_the_first(app, role):
    with app.test_request_context(HOMES[role]):
        entries = menus.of(Role(role))

    assert entries[0].href == HOMES[role]
    assert entries[0].order == 0
    assert len(entries) <= 5


def test_who_holds_a_role_without_a_home_stays_at_the_front_door(browse, persons):
    page = browse(persons.operator()).get("/")

    assert page.status_code == 200
    assert "现在没有能报名的班" in page.text


def test_strangers_see_what_is_open_by_district(client, district):
    here = some_batch(seats=8)
    there = some_batch(district=LIWAN)
    page = client.get("/").text

    assert "2个班正在报名" in page
    assert page.index("荔湾区") > page.index("路南区")
    assert f'href="/batches/{here.code}"' in page
    assert f'href="/batches/{there.code}"' in page
    assert "还剩8个名额" in page


def test_strangers_see_no_class_that_was_not_approved(client, district):
    hidden = some_batch(is_published=False)

    page = client.get("/").text
    assert hidden.code not in page
    assert "现在没有能报名的班" in page


@pytest.fixture
def trainee(persons):
    return persons.trainee()


@pytest.fixture
def seated(trainee):
    """A class whose first of five lessons begins in a week."""
    batch = some_batch()
    applications.apply(actor=trainee.actor, batch=batch.code, channel="web")
    return batch


def test_a_trainee_without_a_class_is_shown_the_open_ones(browse, trainee):
    batch = some_batch()

    page = browse(trainee).get("/me").text
    assert "先挑一个班" in page
    assert f'href="/batches/{batch.code}"' in page


def test_a_trainee_sees_the_next_lesson_first(browse, trainee, seated):
    page = browse(trainee).get("/me").text

    board = page[page.index('class="board"') : page.index("</section>")]
    assert "周一（11月17日）" in board
    assert "上午9:00" in board
    assert "收纳工作室" in board
    assert "还差20课时" in page


def test_today_and_a_lesson_that_goes_on_are_said_in_words(browse, trainee, seated, frozen):
    frozen.to("2025-11-16T20:00+08:00")
    assert "下一次课：明天" in browse(trainee).get("/me").text
    frozen.to("2025-11-17T08:00+08:00")
    assert "下一次课：今天" in browse(trainee).get("/me").text
    frozen.to("2025-11-17T09:30+08:00")
    assert "正在上课" in browse(trainee).get("/me").text


def test_who_waits_is_told_the_place_in_line(browse, persons, trainee):
    batch = some_batch(seats=1)
    for each in (persons.trainee(), trainee):
        applications.apply(actor=each.actor, batch=batch.code, channel="web")

    page = browse(trainee).get("/me").text
    assert re.search(r"<h1[^>]*>候补第1位</h1>", page)


def test_after_the_class_the_trainee_learns_how_it_ended(browse, chain):
    failed = browse(chain.people[3]).get("/me").text
    assert re.search(r"<h1[^>]*>没有合格</h1>", failed)
    assert "理论40分，实操91分" in failed

    page = browse(chain.people[0]).get("/me").text
    assert 'class="btn one" href="/certificates/' in page
    assert "出示证书" in page


def test_a_school_finds_todays_lesson_and_its_register_first(browse, trainee, seated, frozen):
    frozen.to("2025-11-17T09:30+08:00")
    for reader in (seated.school, seated.trainer):
        page = browse(reader).get("/teach").text
        assert "正在上课" in page
        assert f'class="btn one" href="/teach/sessions/{seated.sessions[0]}"' in page


def test_a_school_sees_what_each_record_lacks_until_it_is_done(browse, persons, trainee, seated, frozen):
    frozen.to("2025-11-22T09:00+08:00")
    page = browse(seated.school).get("/teach").text
    assert page.count("没有点名") == 5
    assert "没有登记成绩" in page

    assert seated.code not in browse(persons.school()).get("/teach").text


def test_a_school_is_led_from_certificates_to_the_claim(browse, chain):
    page = browse(chain.batch.school).get("/teach").text

    assert f'href="/teach/batches/{chain.batch.code}/claim"' in page
    assert "没有登记成绩" not in page


def test_a_class_that_waits_for_approval_is_shown_to_school_and_officer(browse, persons):
    batch = some_batch(is_published=False)

    assert "等区里核准" in browse(batch.school).get("/teach").text
    page = browse(persons.officer()).get("/office").text
    assert f'href="/office/batches/{batch.code}"' in page
    assert "待办　1件" in page


def test_the_queue_holds_what_waits_of_all_kinds_the_longest_first(browse, persons, frozen):
    order = some_order(is_approved=False)
    frozen.advance(days=2)
    batch = some_batch(is_published=False)
    open_class = some_batch()
    frozen.advance(days=1)
    nameless = persons.trainee(has_identity=False)
    applications.apply(actor=nameless.actor, batch=open_class.code, channel="web")

    browser = browse(persons.officer())
    page = browser.get("/office").text
    assert page.index("培训订单</th>") < page.index("开班申请</th>") < page.index("报名审核</th>")
    assert "3天" in page
    assert f'href="/office/orders/{order}"' in page
    assert nameless.name not in page

    only = browser.get("/office?kind=batches").text
    assert f'href="/office/batches/{batch.code}"' in only
    assert f'href="/office/orders/{order}"' not in only


def test_the_auditor_reads_the_queue_and_is_offered_no_act(browse, persons):
    order = some_order(is_approved=False)

    page = browse(persons.auditor()).get("/office").text
    assert f'href="/office/orders/{order}">看<' in page
    assert ">核准<" not in page


def test_an_office_knows_nothing_of_another_district(browse, persons):
    order = some_order(is_approved=False)

    page = browse(persons.officer(LIWAN)).get("/office").text
    assert order not in page
    assert "待办　0件" in page


def test_the_office_shows_the_districts_funnel_as_a_chart_with_its_table(browse, persons, chain):
    page = browse(persons.officer()).get("/office").text

    assert "5人报上名，2人上了岗" in page
    assert 'aria-label="报上名5人，来上课4人，拿到证3人，上了岗2人"' in page
    assert "看数据表" in page
    assert f'href="/orders/{chain.order}?show=hired#people"' in page


def test_an_employer_is_led_to_confirm_then_to_rate(browse, chain, persons):
    page = browse(chain.employer).get("/employer").text

    assert "1人可以上岗" in page
    assert chain.certified[2].name in page
    assert f'class="btn one" href="/employer/orders/{chain.order}/hires/new"' in page
    for each in chain.hires:
        assert f'href="/employer/hires/{each}/rating"' in page
    assert chain.order not in browse(persons.employer()).get("/employer").text


def test_an_employer_without_orders_is_asked_for_the_first(browse, persons):
    page = browse(persons.employer()).get("/employer").text

    assert 'class="btn one" href="/employer/orders/new"' in page
    assert "要培训好的人" in page


def test_a_clerk_finds_one_person_by_the_whole_number_and_opens_the_file(browse, persons, trainee):
    answer = submit(browse(persons.desk()), "/desk", who=trainee.phone)

    assert (answer.status_code, answer.location) == (302, f"/people/{trainee.handle}")


def test_a_clerk_finds_nobody_by_a_part_of_a_number(browse, persons, trainee):
    answer = submit(browse(persons.desk()), "/desk", who=trainee.phone[-4:])

    assert answer.status_code == 422
    assert "请输入完整的11位手机号" in answer.text


def test_a_clerk_does_not_find_people_of_another_district(browse, persons):
    stranger = persons.trainee(LIWAN)

    answer = submit(browse(persons.desk()), "/desk", who=stranger.phone)
    assert answer.status_code == 200
    assert "本区没有这个人" in answer.text
    assert stranger.handle not in answer.text


def test_a_clerk_can_enrol_somebody_in_what_is_open_and_in_nothing_else(browse, persons):
    open_now = some_batch()
    later = some_batch(opens_at=clock.now() + timedelta(days=1))

    page = browse(persons.desk()).get("/desk").text
    assert f'href="/desk/batches/{open_now.code}/enrol"' in page
    assert f'href="/desk/batches/{later.code}/enrol"' not in page


def test_no_home_shows_a_whole_document_number(browse, persons, chain):
    numbers = {id_number(each) for each in range(1000)}
    readers = (persons.officer(), persons.desk(), persons.auditor(), chain.employer, chain.batch.school)
    for reader in (*readers, chain.people[0]):
        found = set(re.findall(r"\d{17}[\dX]", browse(reader).get("/", follow_redirects=True).text))
        assert not found & numbers
