"""Pages of signing in, registering and roles: what a browser without script sees and may do."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from skillhub.accounts.model import Person, SignInSession
from skillhub.accounts.queries import actors, people, sign_ins
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import passwords
from skillhub.accounts.service import people as people_service
from skillhub.base import clock, outbox
from skillhub.base.access import Role
from skillhub.base.db import unit_of_work
from skillhub.testing.clients import hidden_fields, submit
from skillhub.testing.factories.accounts import filing, resident_id, sent_code, signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS

COOKIE = "skillhub-session"
SPRING, AUTUMN = "春天 的花开了很多", "秋天 的叶落了很多"


def send_code(client, phone: str, path: str = "/sign-in"):
    return submit(client, path, phone=phone, act="send")


def enter(client, phone: str, path: str = "/sign-in"):
    send_code(client, phone, path)
    return submit(client, path, phone=phone, code=sent_code(phone), act="enter")


def test_somebody_signs_in_with_phone_and_code(client, persons):
    person = persons.trainee()

    page = send_code(client, person.phone)
    done = enter(client, person.phone)

    assert page.status_code == 200
    assert "验证码已用短信发出" in page.text
    assert done.status_code == 302
    assert person.name in client.get("/sites").text


def test_the_page_says_the_same_for_known_and_unknown_phones(client, persons):
    def words(phone: str) -> list[str]:
        lines = send_code(client, phone).text.replace(phone, "").splitlines()
        return [line for line in lines if "csrf" not in line and "idempotency" not in line]

    assert words(persons.trainee().phone) == words("18800001111")


def test_somebody_signs_in_with_a_password(client, persons):
    person = persons.trainee()
    with unit_of_work() as unit:
        passwords.set_in(unit, actor=TESTS, person_id=person.person_id, password=SPRING)

    wrong = submit(client, "/sign-in", phone=person.phone, password=SPRING.replace(" ", ""), act="enter")
    right = submit(client, "/sign-in", phone=person.phone, password=SPRING, act="enter")

    assert wrong.status_code == 401
    assert "不对" in wrong.text
    assert right.status_code == 302


def test_too_many_wrong_codes_are_answered_calmly(client, persons):
    person = persons.trainee()
    for _ in range(LIMITS.wrong_tries_per_account):
        assert submit(client, "/sign-in", phone=person.phone, code="000000", act="enter").status_code == 401

    closed = submit(client, "/sign-in", phone=person.phone, code="000000", act="enter")

    assert closed.status_code == 429
    assert closed.headers["Retry-After"]


def test_a_wrong_phone_is_named_above_its_field(client, district):
    page = send_code(client, "023-72237676")

    assert page.status_code == 422
    assert "这是座机号码" in page.text


def test_people_who_share_a_phone_choose(client, persons):
    desk = persons.desk()
    for name in ("孙小凤", "董成"):
        people_service.file(actor=desk.actor, filing=filing(name=name, phone="18855550000"))
    send_code(client, "18855550000")
    code = sent_code("18855550000")

    choice = submit(client, "/sign-in", phone="18855550000", code=code, act="enter")
    handle = people.with_phone("18855550000")[1].handle
    done = client.post("/sign-in", data=hidden_fields(choice.text) | {"person": handle})

    assert "孙＊凤" in choice.text
    assert "孙小凤" not in choice.text
    assert done.status_code == 302
    assert "董成" in client.get("/sites").text


def two_on_one_phone(persons, phone: str):
    desk = persons.desk()
    for name in ("孙小凤", "董成"):
        people_service.file(actor=desk.actor, filing=filing(name=name, phone=phone))
    return people.with_phone(phone)


@pytest.mark.parametrize(
    ("language", "asks", "again"),
    [("zh-CN", "您是哪一位？", "请再输入一次密码"), ("en", "Who are you?", "type the password once more")],
)
def test_a_shared_password_asks_who_it_is_and_is_typed_again(client, persons, language, asks, again):
    one, two = two_on_one_phone(persons, "18855550001")
    with unit_of_work() as unit:
        for each in (one, two):
            passwords.set_in(unit, actor=TESTS, person_id=each.id, password=SPRING)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    choice = submit(client, "/sign-in", phone="18855550001", password=SPRING, act="enter")
    fields = hidden_fields(choice.text)
    wrong = client.post("/sign-in", data=fields | {"password": AUTUMN, "person": two.handle})
    done = client.post("/sign-in", data=fields | {"password": SPRING, "person": two.handle})

    assert choice.status_code == 409
    assert asks in choice.text
    assert again in choice.text
    assert SPRING not in choice.text, "a password is never sent back"
    assert f'name="person" value="{two.handle}">董＊</button>' in choice.text
    assert (wrong.status_code, done.status_code) == (401, 302)


def test_the_page_refuses_a_stranger_as_choice_and_a_code_that_was_used_up(client, persons):
    one, two = two_on_one_phone(persons, "18855550002")
    stranger = persons.trainee()
    send_code(client, "18855550002")
    code = sent_code("18855550002")
    choice = submit(client, "/sign-in", phone="18855550002", code=code, act="enter")
    fields = hidden_fields(choice.text)

    refused = client.post("/sign-in", data=fields | {"person": stranger.handle})
    again = client.post("/sign-in", data=fields)
    done = client.post("/sign-in", data=fields | {"person": one.handle})
    client.delete_cookie(COOKIE)
    replayed = client.post(
        "/sign-in", data=hidden_fields(client.get("/sign-in").text) | fields | {"person": two.handle}
    )

    assert refused.status_code == 401
    assert again.status_code == 409, "asking does not use the code up"
    assert done.status_code == 302
    assert replayed.status_code in (400, 401)
    assert client.get_cookie(COOKIE) is None


def test_the_cookie_is_kept_from_scripts_and_other_sites(client, persons):
    done = enter(client, persons.officer().phone)

    (cookie,) = (each for each in done.headers.getlist("Set-Cookie") if each.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Expires" not in cookie


def test_with_https_the_cookie_is_kept_to_this_host(app, client, persons, monkeypatch):
    config = dataclasses.replace(app.extensions["skillhub.config"], public_url="https://jobs.example")
    monkeypatch.setitem(app.extensions, "skillhub.config", config)

    done = enter(client, persons.trainee().phone)

    (cookie,) = (each for each in done.headers.getlist("Set-Cookie") if "skillhub-session=" in each)
    assert cookie.startswith("__Host-skillhub-session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_each_sign_in_has_a_new_token_and_signing_out_ends_it(client, persons):
    person = persons.trainee()
    enter(client, person.phone)
    first = client.get_cookie(COOKIE).value
    out = client.post("/sign-out", data=hidden_fields(client.get("/sites").text))
    enter(client, person.phone)

    assert out.status_code == 302
    assert "storage" in out.headers["Clear-Site-Data"]
    assert client.get_cookie(COOKIE).value != first
    assert sign_ins.sign_in_with(first, sign_ins.PAGE) is None


def test_who_is_signed_in_goes_on_from_the_sign_in_page(client, persons):
    enter(client, persons.trainee().phone)

    assert client.get("/sign-in?next=/sites").location == "/sites"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aSet-Cookie:x", "javascript:x"],
)
def test_signing_in_never_leads_to_another_host(client, persons, target):
    done = enter(client, persons.trainee().phone, f"/sign-in?next={target}")

    assert done.location.startswith("/")
    assert "evil" not in done.location


def test_signing_in_leads_back_to_the_page_that_asked_for_it(client, persons):
    assert enter(client, persons.trainee().phone, "/sign-in?next=/sites?district=130202").location.startswith(
        "/sites"
    )


def test_a_request_now_and_then_keeps_a_sign_in_alive(app, persons, session):
    browser = signed_in(app, persons.officer())
    past = clock.real_now() - timedelta(minutes=5)
    with unit_of_work() as unit:
        unit.session.execute(update(SignInSession).values(seen_at=past))

    browser.get("/sites")

    assert session.scalar(select(SignInSession.seen_at)) > past


def test_a_cookie_that_is_over_is_nobody(app, persons):
    browser = signed_in(app, persons.officer())
    with unit_of_work() as unit:
        unit.session.execute(update(SignInSession).values(ended_at=clock.real_now()))

    assert browser.get("/desk/people/new").location.startswith("/sign-in")


def test_signing_in_keeps_the_language(client, persons):
    client.get("/language/en")

    enter(client, persons.trainee().phone)

    assert 'lang="en"' in client.get("/sites").text


def test_without_its_token_no_form_is_taken(client, persons):
    phone = persons.trainee().phone

    assert client.post("/sign-in", data={"phone": phone, "act": "send"}).status_code == 400
    assert client.post("/sign-out").status_code == 400
    assert not list(outbox.messages(phone))


def test_a_new_person_registers_after_the_code_and_is_signed_in(client, district, session):
    led = enter(client, "18844440000", "/sign-in?next=/sites")
    form = client.get(led.location)
    typed = {
        "name": "吴　小梅",
        "id_type": "resident_id",
        "id_number": resident_id(),
        "district": LUNAN,
        "trade": "家务服务",
        "consents": "y",
    }

    done = submit(client, led.location, **typed)

    person = people.with_phone("18844440000")[0]
    assert "加密保存" in form.text
    assert done.location == "/sites"
    assert "吴小梅" in client.get("/sites").text
    assert (person.name, person.district) == ("吴小梅", LUNAN)
    assert actors.actor_of(person.id).has(Role.TRAINEE)
    assert [wish.trade for wish in people.wishes(person.id)] == ["家务服务"]
    assert [given.purpose for given in people.consents(person.id)] == ["basic"]
    assert client.get("/register").location.startswith("/sign-in")


def test_registering_names_every_wrong_field_and_keeps_the_rest(client, district):
    led = enter(client, "18844440001")

    page = submit(client, led.location, name="王*芳", id_type="resident_id", id_number="123", district=LUNAN)

    assert page.status_code == 422
    for words in ("姓名里有遮挡的字", "身份证号是18位", "还没有记下本人的同意"):
        assert words in page.text
    assert 'value="123"' in page.text


def test_nobody_takes_over_a_file_by_knowing_its_document(client, persons, session):
    person = persons.trainee()
    number = people.id_number_of(person.person_id)
    led = enter(client, "18844440002")
    before = session.scalars(select(Person.id)).all()

    page = submit(
        client,
        led.location,
        name=person.name,
        id_type="resident_id",
        id_number=number,
        district=LUNAN,
        consents="y",
    )

    assert page.status_code == 409
    assert people.with_phone("18844440002") == ()
    assert session.scalars(select(Person.id)).all() == before


def test_registering_needs_a_phone_that_was_just_confirmed(client, district):
    assert client.get("/register").location.startswith("/sign-in")


def test_a_clerk_registers_somebody_on_one_page(app, persons):
    desk = persons.desk()
    browser = signed_in(app, desk)
    typed = filing()

    done = submit(
        browser,
        "/desk/people/new",
        name="周小梅",
        phone=typed.phone,
        id_type="resident_id",
        id_number=typed.id_number,
        groups="登记失业，残疾人",
        wish="course",
        trade="家务服务",
        consents="y",
    )

    shown = browser.get(done.location).text
    for words in (
        "周小梅",
        f"尾号{typed.id_number[-4:]}",
        "登记失业、残疾人",
        "家务服务",
        desk.name,
        "已登记",
    ):
        assert words in shown
    assert typed.id_number not in shown


def test_a_double_click_registers_once(app, persons, session):
    browser = signed_in(app, persons.school())
    typed = filing()
    values = hidden_fields(browser.get("/desk/people/new").text) | {
        "name": "周小梅",
        "phone": typed.phone,
        "id_type": "resident_id",
        "id_number": typed.id_number,
        "wish": "course",
        "trade": "保洁",
        "consents": "y",
    }

    first, second = (browser.post("/desk/people/new", data=values) for _ in range(2))

    assert first.location == second.location
    (person,) = people.with_phone(typed.phone)
    assert len(people.wishes(person.id)) == 1


def test_a_registration_without_consent_is_refused_with_what_to_do(app, persons):
    page = submit(
        signed_in(app, persons.officer()),
        "/desk/people/new",
        name="周小梅",
        phone="18833330000",
        id_type="resident_id",
        id_number=resident_id(),
        wish="course",
    )

    assert page.status_code == 422
    assert "本人同意后再登记" in page.text
    assert people.with_phone("18833330000") == ()


def test_an_empty_registration_says_everything_that_is_missing_at_once(app, persons):
    page = submit(signed_in(app, persons.desk()), "/desk/people/new", id_type="resident_id", wish="course")

    assert page.status_code == 422
    for words in ("没有填手机号", "没有填姓名", "没有填证件号码", "还没有记下本人的同意"):
        assert words in page.text


def test_the_desk_is_closed_to_others(app, persons, client):
    handle = persons.trainee().handle

    assert client.get("/desk/people/new").location.startswith("/sign-in")
    assert signed_in(app, persons.employer()).get("/desk/people/new").status_code == 403
    assert signed_in(app, persons.desk(LIWAN)).get(f"/people/{handle}").status_code == 404
    assert signed_in(app, persons.desk()).get(f"/people/{handle}").status_code == 200


def test_an_officer_gives_confirms_and_ends_roles_on_the_page(app, persons):
    first, second, person = persons.officer(), persons.officer(), persons.trainee()
    one, two = signed_in(app, first), signed_in(app, second)
    path = "/office/people-roles"

    submit(one, path, person=person.handle, role="auditor")
    (grant,) = (grant.id for grant in actors.grants_of(person.person_id) if grant.role is Role.AUDITOR)
    assert "等第二人确认" in one.get(path).text
    assert f"{path}/{grant}/confirm" not in one.get(path).text
    submit(two, path, to=f"{path}/{grant}/confirm")
    assert actors.actor_of(person.person_id).has(Role.AUDITOR)
    submit(two, path, to=f"{path}/{grant}/end")
    assert not actors.actor_of(person.person_id).has(Role.AUDITOR)


def test_a_wrong_role_is_named_on_the_page(app, persons):
    page = submit(signed_in(app, persons.officer()), "/office/people-roles", person="p-x", role="desk")

    assert page.status_code == 422
    assert "没有找到这个人" in page.text
    assert signed_in(app, persons.desk()).get("/office/people-roles").status_code == 403


def test_a_person_sets_and_changes_the_own_password(app, client, persons):
    browser = signed_in(app, persons.trainee())

    assert client.get("/me/password").location.startswith("/sign-in")
    assert "至少8位" in submit(browser, "/me/password", password=AUTUMN[:5]).text
    assert submit(browser, "/me/password", password=SPRING).status_code == 302
    wrong = submit(browser, "/me/password", current="wrong", password=AUTUMN)
    assert "现在的密码不对" in wrong.text
    assert submit(browser, "/me/password", current=SPRING, password=AUTUMN).status_code == 302
