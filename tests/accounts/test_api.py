"""JSON addresses of signing in and of people, as a program sees them."""

from __future__ import annotations

import statistics
import time
import uuid

import pytest
from sqlalchemy import func, select

from skillhub.accounts.model import Person
from skillhub.accounts.queries import actors, people
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import grants, passwords
from skillhub.accounts.service import people as people_service
from skillhub.base.access import Role, Scope
from skillhub.base.db import db, unit_of_work
from skillhub.testing.factories.accounts import filing, resident_id, sent_code, signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS


def body(**changes: object) -> dict[str, object]:
    typed = filing()
    return {
        "name": "周小梅",
        "id_type": "居民身份证",
        "id_number": typed.id_number,
        "phone": typed.phone,
        "groups": ["登记失业"],
        "consents": [{"purpose": "basic", "text_version": "2025-10"}],
    } | changes


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


@pytest.fixture
def program(app, session):
    """Call an address without an Idempotency-Key, as sign-in allows."""
    return lambda path, json, **more: app.test_client().post(path, json=json, **more)


def test_a_code_is_answered_alike_for_known_and_unknown_phones(program, persons):
    known = program("/api/v1/sign-in/codes", {"phone": persons.trainee().phone})
    unknown = program("/api/v1/sign-in/codes", {"phone": "18800007777"})

    assert (known.status_code, unknown.status_code) == (202, 202)
    assert known.data == unknown.data


def test_over_the_limit_of_codes_the_answer_stays_the_same(program, district):
    answers = {
        program("/api/v1/sign-in/codes", {"phone": "18800007778"}).status_code
        for _ in range(LIMITS.codes_per_phone + 2)
    }

    assert answers == {202}


def test_a_program_signs_in_and_gets_every_role(program, api, persons, organisations):
    school = persons.school(organisations.training_body())
    program("/api/v1/sign-in/codes", {"phone": school.phone})

    done = program("/api/v1/sign-in", {"phone": school.phone, "code": sent_code(school.phone)})

    assert done.status_code == 201
    assert set(done.json) == {"token", "expires_at", "person", "roles"}
    assert done.json["person"] == school.handle
    assert done.json["expires_at"].endswith("Z")
    assert done.json["roles"] == [
        {"role": "trainee", "district": LUNAN, "organisation": None},
        {"role": "school", "district": LUNAN, "organisation": school.organisation},
    ]
    made = api.as_(school).post("people", body())
    bearer = {"Authorization": f"Bearer {done.json['token']}", "Idempotency-Key": str(uuid.uuid4())}
    assert made.status_code == 201
    assert program("/api/v1/people", body(), headers=bearer).status_code == 201


@pytest.mark.parametrize("phone", ["known", "unknown"])
def test_a_wrong_code_is_401_for_known_and_unknown_phones(program, persons, phone):
    number = persons.trainee().phone if phone == "known" else "18800007779"

    failed = program("/api/v1/sign-in", {"phone": number, "code": "000000"})

    assert (failed.status_code, failed.json["code"]) == (401, "sign_in_failed")
    assert failed.content_type == "application/problem+json"


def test_too_many_wrong_tries_are_429_with_retry_after(program, persons):
    phone = persons.trainee().phone
    for _ in range(LIMITS.wrong_tries_per_account):
        assert program("/api/v1/sign-in", {"phone": phone, "code": "000000"}).status_code == 401

    closed = program("/api/v1/sign-in", {"phone": phone, "code": "000000"})

    assert closed.status_code == 429
    assert int(closed.headers["Retry-After"]) > 0


def test_people_who_share_a_phone_are_409_with_masked_names(program, persons):
    desk = persons.desk()
    handles = [
        people_service.file(actor=desk.actor, filing=filing(name=name, phone="18800006666")).handle
        for name in ("孙小凤", "董成")
    ]
    program("/api/v1/sign-in/codes", {"phone": "18800006666"})
    typed = {"phone": "18800006666", "code": sent_code("18800006666")}

    several = program("/api/v1/sign-in", typed)

    assert (several.status_code, several.json["code"]) == (409, "choose_person")
    assert several.json["errors"] == [
        {"field": "person", "code": handles[0], "message": "孙＊凤"},
        {"field": "person", "code": handles[1], "message": "董＊"},
    ]
    assert program("/api/v1/sign-in", typed | {"person": handles[1]}).json["person"] == handles[1]


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"phone": "19900000001"}, 422),
        ({"phone": "19900000001", "code": "123456", "password": "12345678"}, 422),
        ({"phone": "12345", "code": "123456"}, 422),
        ({"phone": "19900000001", "code": 123456}, 400),
        ({"phone": "19900000001", "code": "123456", "role": "officer"}, 400),
    ],
)
def test_a_sign_in_that_cannot_be_read_says_which_member(program, district, typed, status):
    refused = program("/api/v1/sign-in", typed)

    assert refused.status_code == status
    assert refused.json["errors"]


def test_unknown_accounts_cost_as_much_as_known_ones(program, persons):
    def seconds(phone: str) -> float:
        start = time.process_time()  # not the wall clock: other work on the machine does not count
        program("/api/v1/sign-in", {"phone": phone, "password": "wrong but long"})
        return time.process_time() - start

    person = persons.trainee()
    with unit_of_work() as unit:
        passwords.set_in(unit, actor=TESTS, person_id=person.person_id, password="right and long")  # noqa: S106 (a test's own)
    seconds("18800005550")
    known = statistics.median(seconds(person.phone) for _ in range(5))
    unknown = statistics.median(seconds(f"1880000556{number}") for number in range(5))

    assert 0.5 < known / unknown < 2


def test_json_addresses_never_accept_the_cookie(app, persons):
    browser = signed_in(app, persons.officer())

    refused = browser.post("/api/v1/people", json=body(), headers={"Idempotency-Key": "k"})

    assert refused.status_code == 401


def test_a_token_is_refused_once_its_role_has_ended(api, persons):
    desk = persons.desk()
    caller = api.as_(desk, Role.DESK)
    held = next(grant for grant in actors.grants_of(desk.person_id) if grant.role is Role.DESK)

    grants.end(actor=persons.officer().actor, grant=held.id)

    assert caller.post("people", body()).status_code == 401


def test_a_program_registers_a_person(api, persons):
    typed = body()

    made = api.as_(persons.desk(), Role.DESK).post("people", typed)

    assert made.status_code == 201
    assert set(made.json) == {"handle", "name", "identity_last4", "groups", "consents", "registered_at"}
    assert made.json["identity_last4"] == str(typed["id_number"])[-4:]
    assert made.json["consents"][0]["text_version"] == "2025-10"
    assert str(typed["id_number"]) not in made.text
    assert people.by_handle(made.json["handle"]).groups == ("登记失业",)


def test_the_same_person_again_is_200_and_a_repeated_call_a_replay(api, persons):
    caller, typed = api.as_(persons.desk(), Role.DESK), body()
    first = caller.post("people", typed, key="one")

    again = caller.post("people", typed, key="two")
    replay = caller.post("people", typed, key="one")

    assert (again.status_code, again.json["handle"]) == (200, first.json["handle"])
    assert "Idempotency-Replayed" not in again.headers
    assert (replay.status_code, replay.headers["Idempotency-Replayed"]) == (200, "true")
    assert replay.json == first.json


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"id_number": "500104197805120020"}, 422, "id_number"),
        ({"id_type": "学生证"}, 422, "id_type"),
        ({"phone": "023-72237676"}, 422, "phone"),
        ({"name": "王＊芳"}, 422, "name"),
        ({"consents": []}, 422, "consents"),
        ({"consents": [{"purpose": "BASIC", "text_version": "1"}]}, 422, "consents"),
        ({"wish": {"kind": "rest", "trade": "保洁"}}, 422, "wish.kind"),
        ({"groups": [""]}, 422, "groups"),
        ({"district": LIWAN}, 400, "district"),
        ({"name": 7}, 400, "name"),
    ],
)
def test_a_person_that_cannot_be_right_is_refused_by_field(api, persons, change, status, field):
    caller = api.as_(persons.desk(), Role.DESK)
    before = count()

    refused = caller.post("people", body(**change))

    assert refused.status_code == status
    assert field in {error["field"] for error in refused.json["errors"]}
    assert count() == before


@pytest.mark.parametrize(
    ("role", "status"),
    [("trainee", 403), ("employer", 403), ("auditor", 403), ("school", 201), ("officer", 201)],
)
def test_only_clerks_officers_and_schools_register(api, persons, role, status):
    person = getattr(persons, role)()

    assert api.as_(person, Role(role)).post("people", body()).status_code == status


def test_registering_needs_the_scope_and_a_key(api, persons, app):
    desk = persons.desk()

    assert (
        api.as_(desk, Role.DESK, frozenset({Scope.READ})).post("people", body()).json["code"]
        == "scope_missing"
    )
    token = api.as_(desk, Role.DESK).token
    headers = {"Authorization": f"Bearer {token}"}
    bare = app.test_client().post("/api/v1/people", json=body(), headers=headers)
    assert (bare.status_code, bare.json["code"]) == (400, "idempotency_key_missing")


def test_a_wish_is_recorded_with_the_person(api, persons):
    wish = {"kind": "both", "trade": "家务服务", "time_slot": "周末", "within_km": 3}

    made = api.as_(persons.desk(), Role.DESK).post("people", body(wish=wish))

    (kept,) = people.wishes(people.by_handle(made.json["handle"]).id)
    assert (kept.kind, kept.trade, kept.time_slot, kept.within_km) == ("both", "家务服务", "周末", 3)


def test_a_program_with_roles_in_two_districts_must_say_which(program, persons):
    desk = persons.desk()
    given = grants.give(actor=persons.officer(LIWAN).actor, person=desk.handle, role="desk", district=LIWAN)
    program("/api/v1/sign-in/codes", {"phone": desk.phone})
    token = program("/api/v1/sign-in", {"phone": desk.phone, "code": sent_code(desk.phone)}).json["token"]

    refused = program(
        "/api/v1/people", body(), headers={"Authorization": f"Bearer {token}", "Idempotency-Key": given}
    )

    assert (refused.status_code, refused.json["code"]) == (409, "many_districts")


def test_a_program_does_not_register_unknown_phones_by_signing_in(program, district):
    program("/api/v1/sign-in/codes", {"phone": "18800003333"})

    failed = program("/api/v1/sign-in", {"phone": "18800003333", "code": sent_code("18800003333")})

    assert (failed.status_code, failed.json["code"]) == (401, "sign_in_failed")


def test_a_known_document_under_another_name_is_409(api, persons):
    caller, typed = api.as_(persons.desk(), Role.DESK), body(id_number=resident_id())
    caller.post("people", typed)

    refused = caller.post("people", typed | {"name": "吴小梅"})

    assert (refused.status_code, refused.json["code"]) == (409, "identity_name_differs")
    assert "周小梅" not in refused.text
