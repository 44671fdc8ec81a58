from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from skillhub.accounts.service import organisations as organisation_service
from skillhub.base.audit import AuditEntry
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.courses.errors.orders import OrderDecided, OrderUnfinished, OrderUnvisited
from skillhub.courses.queries import orders as queries
from skillhub.courses.rules import orders as rules
from skillhub.courses.rules.attendance import Mark
from skillhub.courses.service import applications as applying
from skillhub.courses.service import attendance, batches, orders
from skillhub.districts.service import sites
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS, SomeOrganisation
from skillhub.testing.factories.courses import some_batch, some_course, some_order

WANTED = {
    "district": LUNAN,
    "trade": "家政",
    "occupation": "4-10-01-06",
    "level": None,
    "heads": 30,
    "skills": ["家务服务", "客户沟通"],
    "wage_fen": 18_000,
    "wage_unit": "day",
    "starts_on": "2025-12-15",
    "promised_jobs": 20,
    "site": None,
}


@pytest.fixture
def employer(persons, organisations):
    return persons.employer(organisations.employer(is_visited=False))


@pytest.fixture
def wanted(employer):
    return WANTED | {"employer": employer.organisation}


def placed(api, employer, wanted):
    answer = api.as_(employer).post("/api/v1/orders", wanted)
    assert answer.status_code == 201, answer.text
    return answer.json["code"]


@pytest.fixture
def asked(api, employer, wanted):
    return placed(api, employer, wanted)


def test_an_employer_places_an_order_and_sees_it_with_its_chain(api, employer, wanted):
    answer = api.as_(employer).post("/api/v1/orders", wanted)

    assert answer.status_code == 201
    assert answer.json["code"] == "O-130202-25-0001"
    assert answer.json == wanted | {
        "code": "O-130202-25-0001",
        "course": None,
        "state": "asked",
        "visited": None,
        "batches": [],
        "funnel": {"asked": 30, "enrolled": 0, "attended": 0, "certified": 0, "hired": 0},
        "rates": {"fill": 0.0, "pass": None, "placed": None},
    }
    assert api.as_(employer).get("/api/v1/orders/O-130202-25-0001").json == answer.json


def test_orders_of_one_district_and_year_are_numbered_in_a_row(api, employer, wanted):
    assert [placed(api, employer, wanted) for _ in range(3)] == [
        "O-130202-25-0001",
        "O-130202-25-0002",
        "O-130202-25-0003",
    ]


def test_a_repeated_request_places_one_order(api, employer, wanted):
    as_employer = api.as_(employer)
    first = as_employer.post("/api/v1/orders", wanted, key="one-and-the-same")
    second = as_employer.post("/api/v1/orders", wanted, key="one-and-the-same")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json == first.json
    assert [each.order.code for each in queries.placed(actor=employer.actor).items] == [first.json["code"]]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"heads": 0}, ("heads", "out_of_range")),
        ({"heads": 1_001}, ("heads", "out_of_range")),
        ({"wage_fen": 0}, ("wage_fen", "out_of_range")),
        ({"wage_fen": 10_000_001}, ("wage_fen", "out_of_range")),
        ({"wage_unit": "week"}, ("wage_unit", "not_listed")),
        ({"promised_jobs": 31}, ("promised_jobs", "more_than_heads")),
        ({"promised_jobs": 0}, ("promised_jobs", "too_few")),
        ({"starts_on": "2025-11-09"}, ("starts_on", "in_the_past")),
        ({"starts_on": "2031-01-01"}, ("starts_on", "too_far")),
        ({"trade": "  "}, ("trade", "missing")),
        ({"trade": "家" * 31}, ("trade", "too_long")),
        ({"trade": "家\u0007政"}, ("trade", "wrong_form")),
        ({"occupation": "家政"}, ("occupation", "not_a_code")),
        ({"level": "9"}, ("level", "unknown")),
        ({"skills": [""]}, ("skills", "missing")),
        ({"skills": ["缝纫"] * 21}, ("skills", "too_many")),
        ({"course": "C-000"}, ("course", "unknown")),
        ({"site": "S-000"}, ("site", "unknown")),
        ({"district": LIWAN}, ("district", "not_the_employers")),
    ],
)
def test_an_order_that_cannot_be_right_is_refused_at_its_field(api, employer, wanted, change, error):
    answer = api.as_(employer).post("/api/v1/orders", wanted | change)

    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [error]
    assert answer.json["errors"][0]["message"]
    assert queries.placed(actor=employer.actor).items == ()


def test_every_wrong_field_is_named_at_once(api, employer, wanted):
    answer = api.as_(employer).post("/api/v1/orders", wanted | {"heads": 0, "wage_fen": -1, "trade": ""})

    assert {each["field"] for each in answer.json["errors"]} == {"heads", "wage_fen", "trade"}


def test_an_unknown_member_and_a_wrong_type_are_400(api, employer, wanted):
    as_employer = api.as_(employer)
    assert as_employer.post("/api/v1/orders", wanted | {"head": 3}).status_code == 400
    assert as_employer.post("/api/v1/orders", wanted | {"heads": "30"}).status_code == 400
    assert as_employer.post("/api/v1/orders", wanted | {"heads": True}).status_code == 400


def test_a_level_may_be_typed_by_its_name_and_is_kept_as_its_code(api, employer, wanted):
    assert api.as_(employer).post("/api/v1/orders", wanted | {"level": "五级"}).json["level"] == "5"


def test_an_order_for_a_course_has_the_trade_of_the_course(api, employer, wanted):
    course = some_course()
    as_employer = api.as_(employer)

    assert as_employer.post("/api/v1/orders", wanted | {"course": course}).json["course"] == course
    wrong = as_employer.post("/api/v1/orders", wanted | {"course": course, "trade": "烹饪"})
    assert [each["field"] for each in wrong.json["errors"]] == ["trade"]


def test_a_team_places_an_order_as_a_firm_does(session, persons, district):
    with unit_of_work() as unit:
        team = organisation_service.register_in(
            unit, actor=TESTS, code="E-TEAM", kind="team", district=LUNAN, name="大学生收纳团队（虚构）"
        )
    leader = persons.employer(SomeOrganisation(team, "E-TEAM", "大学生收纳团队（虚构）"))

    code = some_order(employer=leader, is_approved=False)

    assert queries.face(queries.order(code)).employer.kind == "team"


def test_nobody_places_an_order_for_another_employer(api, employer, persons, organisations, wanted):
    other = persons.employer(organisations.employer())

    assert api.as_(other).post("/api/v1/orders", wanted).status_code == 404
    assert api.as_(other).post("/api/v1/orders", wanted | {"employer": "E-XXXX"}).status_code == 404
    assert api.as_(persons.officer()).post("/api/v1/orders", wanted).status_code == 403
    assert api.post("/api/v1/orders", wanted).status_code == 401


def test_a_token_without_the_right_scope_places_nothing(api, employer, wanted):
    reader = api.as_(employer, scopes=frozenset({"read"}))

    assert reader.post("/api/v1/orders", wanted).status_code == 403


def test_who_may_read_an_order(api, employer, persons, organisations, wanted):
    path = "/api/v1/orders/" + placed(api, employer, wanted)
    readers = [employer, persons.officer(), persons.auditor(), persons.desk()]
    others = [
        persons.officer(district=LIWAN),
        persons.employer(organisations.employer()),
        persons.school(organisations.training_body()),
    ]

    assert [api.as_(each).get(path).status_code for each in readers] == [200] * 4
    assert [api.as_(each).get(path).status_code for each in others] == [404] * 3
    assert api.as_(persons.operator()).get(path).status_code == 403
    assert api.get(path).status_code == 401


def test_a_school_sees_an_order_once_it_can_file_a_class_for_it(session, persons, organisations, district):
    school = persons.school(organisations.training_body())
    code = some_order()

    assert queries.visible(actor=school.actor, code=code).state == "approved"
    assert [each.order.code for each in queries.approved(LUNAN)] == [code]


def test_an_order_is_visited_then_approved(api, employer, persons, wanted):
    code = placed(api, employer, wanted)
    officer = persons.officer()
    as_officer = api.as_(officer)

    early = as_officer.post(f"/api/v1/orders/{code}/approval", {"decision": "approved", "reason": None})
    assert (early.status_code, early.json["code"]) == (409, "order_unvisited")
    assert "探岗" in early.json["detail"]

    visit = as_officer.post(f"/api/v1/orders/{code}/visit", {"on": "2025-11-08", "result": "属实"})
    assert visit.json["visited"] == {"by": officer.name, "on": "2025-11-08", "result": "属实"}

    approval = as_officer.post(f"/api/v1/orders/{code}/approval", {"decision": "approved"})
    assert (approval.status_code, approval.json["state"]) == (200, "approved")


def test_a_visited_employer_needs_no_visit_for_each_order(session, persons, organisations, district):
    officer = persons.officer()
    code = some_order(employer=persons.employer(organisations.employer(is_visited=True)), is_approved=False)

    orders.decide(actor=officer.actor, code=code, decision="approved")

    face = queries.face(queries.order(code))
    assert face.order.visit is None
    assert face.visit.by == "工作人员01"


def test_the_second_decision_is_told_what_the_first_was(api, persons, employer, wanted):
    code = placed(api, employer, wanted)
    as_officer = api.as_(persons.officer())
    refusal = {"decision": "refused", "reason": "岗位在区外"}

    assert as_officer.post(f"/api/v1/orders/{code}/approval", refusal).json["state"] == "refused"
    again = as_officer.post(f"/api/v1/orders/{code}/approval", refusal)
    assert (again.status_code, again.json["code"]) == (409, "order_state")
    assert "未核准" in again.json["detail"]
    visit = as_officer.post(f"/api/v1/orders/{code}/visit", {"on": "2025-11-08", "result": "属实"})
    assert visit.status_code == 409


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"decision": "refused"}, "reason"),
        ({"decision": "refused", "reason": " "}, "reason"),
        ({"decision": "refused", "reason": "长" * 501}, "reason"),
        ({"decision": "maybe", "reason": "x"}, "decision"),
    ],
)
def test_a_decision_that_cannot_be_right_is_refused_at_its_field(api, asked, persons, sent, field):
    code = asked
    answer = api.as_(persons.officer()).post(f"/api/v1/orders/{code}/approval", sent)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == [field]
    assert queries.order(code).state == "asked"


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"on": "2025-11-11", "result": "属实"}, "on"), ({"on": "2025-11-08", "result": ""}, "result")],
)
def test_a_visit_that_cannot_be_right_is_refused_at_its_field(api, asked, persons, sent, field):
    code = asked
    answer = api.as_(persons.officer()).post(f"/api/v1/orders/{code}/visit", sent)

    assert [each["field"] for each in answer.json["errors"]] == [field]
    assert queries.order(code).visit is None


def test_only_an_officer_of_the_district_decides(api, employer, persons, wanted):
    path = f"/api/v1/orders/{placed(api, employer, wanted)}/approval"
    sent = {"decision": "refused", "reason": "岗位在区外"}

    assert api.as_(persons.officer(district=LIWAN)).post(path, sent).status_code == 404
    assert api.as_(persons.auditor()).post(path, sent).status_code == 403
    assert api.as_(employer).post(path, sent).status_code == 403
    assert (
        api.as_(persons.officer()).post("/api/v1/orders/O-130202-25-9999/approval", sent).status_code == 404
    )


def test_an_order_is_complete_when_none_of_its_classes_runs(session, persons, district):
    officer = persons.officer()
    code = some_order()
    batch = some_batch(order=code)

    with pytest.raises(OrderUnfinished):
        orders.complete(actor=officer.actor, code=code)
    assert queries.order(code).state == "approved"

    assert queries.batches_of([queries.order(code).id]) == {queries.order(code).id: (batch.code,)}


def test_an_order_without_classes_can_be_completed_once(session, persons, district):
    officer = persons.officer()
    code = some_order()
    orders.complete(actor=officer.actor, code=code)

    with pytest.raises(OrderDecided):
        orders.complete(actor=officer.actor, code=code)


def test_history_keeps_its_code_its_past_days_and_its_wage_in_words(session, employer):
    with unit_of_work() as unit:
        code = orders.place_in(
            unit,
            actor=TESTS,
            code="O-LN-01",
            district=LUNAN,
            employer=employer.organisation,
            trade="家政",
            heads=30,
            wage_fen=None,
            wage_unit=None,
            wage_text="180元/天",
            starts_on=date(2025, 4, 15),
            promised_jobs=20,
        )

    assert (code, queries.order(code).wage_text) == ("O-LN-01", "180元/天")


def test_whoever_may_not_is_refused_by_the_service_too(session, employer, persons):
    with pytest.raises(Forbidden):
        orders.decide(actor=employer.actor, code="O-LN-01", decision="approved")
    with pytest.raises(Invalid):
        some_order(employer=employer, heads=0)
    code = some_order(employer=employer, is_approved=False)
    with pytest.raises(OrderUnvisited):
        orders.decide(actor=persons.officer().actor, code=code, decision="approved")


def test_every_step_leaves_a_row_behind(session, persons, employer):
    code = some_order(employer=employer, is_approved=False)
    officer = persons.officer()
    orders.record_visit(actor=officer.actor, code=code, on=date(2025, 11, 9), result="属实")
    orders.decide(actor=officer.actor, code=code, decision="approved")

    rows = session.execute(
        select(AuditEntry.verb, AuditEntry.actor_id, AuditEntry.district_code)
        .where(AuditEntry.verb.startswith("order."))
        .order_by(AuditEntry.id)
    ).all()
    assert rows == [
        ("order.place", employer.person_id, LUNAN),
        ("order.visit", officer.person_id, LUNAN),
        ("order.approve", officer.person_id, LUNAN),
    ]


def test_the_queue_is_cut_into_pages_that_miss_nothing(session, persons, employer):
    codes = [some_order(employer=employer, is_approved=False) for _ in range(5)]
    officer = persons.officer()
    first = queries.queue(actor=officer.actor, limit=2)
    second = queries.queue(actor=officer.actor, limit=2, after=first.next)
    third = queries.queue(actor=officer.actor, limit=2, after=second.next)

    found = [each.order.code for page in (first, second, third) for each in page.items]
    assert found == codes
    assert third.next is None
    assert queries.queue(actor=persons.officer(district=LIWAN).actor).items == ()


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [(28, 30, 93.3), (25, 28, 89.3), (18, 25, 72.0), (1, 2000, 0.1), (0, 7, 0.0), (3, 0, None)],
)
def test_rates_have_one_decimal_and_none_is_made_of_nothing(part, whole, rate):
    assert rules.percent(part, whole) == rate


def test_an_order_names_the_site_where_it_was_placed(api, employer, wanted):
    with unit_of_work() as unit:
        for district, code in ((LUNAN, "S-LN-1"), (LIWAN, "S-LW-1")):
            sites.add_in(
                unit,
                actor=TESTS,
                code=code,
                district=district,
                name="零工市场",
                kind="market",
                tier=1,
                address="某路",
            )
    as_employer = api.as_(employer)

    assert as_employer.post("/api/v1/orders", wanted | {"site": "S-LN-1"}).json["site"] == "S-LN-1"
    abroad = as_employer.post("/api/v1/orders", wanted | {"site": "S-LW-1"})
    assert [each["field"] for each in abroad.json["errors"]] == ["site"]


def test_our_own_jobs_place_no_order_for_a_training_body_either(session, organisations, employer):
    body = organisations.training_body()
    stranger = replace(employer, organisation=body.code, actor=TESTS)

    with pytest.raises(NotFound):
        some_order(employer=stranger)


def test_the_funnel_knows_who_held_a_seat_and_who_came(session, persons, frozen):
    order = some_order()
    batch, other = some_batch(order=order, seats=3), some_batch(order=order, seats=3)
    people = [persons.trainee() for _ in range(3)]
    receipts = [applying.apply(actor=each.actor, batch=batch.code, channel="web") for each in people]
    applying.apply(actor=people[0].actor, batch=other.code, channel="web")
    applying.withdraw(actor=people[2].actor, receipt=receipts[2])
    frozen.to(batch.view.sessions[0].ends_at)
    marks = [
        Mark(receipt=receipts[0], state="late", minutes=150),
        Mark(receipt=receipts[1], state="absent", minutes=0),
    ]
    attendance.record(actor=batch.trainer.actor, session=batch.sessions[0], marks=marks)

    found = queries.funnel(queries.order(order).id)
    assert (found.asked, found.enrolled, found.attended) == (8, 2, 1)
    assert found.rates.fill == 25.0


def test_what_is_known_of_an_order_by_its_id(session, district):
    code = some_order()
    number = queries.order(code).id
    kept, gone = some_batch(order=code), some_batch(order=code)
    batches.cancel(actor=gone.school.actor, code=gone.code, reason="停电")

    assert queries.code_of(number) == code
    assert queries.order_by_id(number).code == code
    assert queries.batch_ids(number) == (kept.id,)
    with pytest.raises(NotFound):
        queries.code_of(0)
