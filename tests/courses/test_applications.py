from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from skillhub.base import idempotency, outbox
from skillhub.base.access import ANONYMOUS, Actor, Role
from skillhub.base.audit import AuditEntry
from skillhub.base.db import in_unit_of_work, unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound, Unauthenticated
from skillhub.courses.errors.applications import (
    ClassOver,
    Closed,
    NotOpen,
    NotUnderReview,
    TooManyApplications,
)
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import doors
from skillhub.courses.rules import admission
from skillhub.courses.rules.admission import Known, Ruling
from skillhub.courses.service import applications as service
from skillhub.courses.service import batch_changes, messages
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.applications import Classes
from skillhub.testing.factories.base import LIWAN, TESTS
from tests.courses.browser import signed_in


@pytest.fixture
def classes(persons, organisations):
    return Classes(persons, organisations)


@pytest.fixture
def batch(classes):
    return classes.published(seats=2)


def states(session, batch):
    rows = session.execute(
        select(Application.state).where(Application.batch_id == batch.id).order_by(Application.order_no)
    )
    return [row.state for row in rows]


def counters(session, batch):
    return tuple(
        session.execute(select(Batch.taken, Batch.waiting, Batch.arrivals).where(Batch.id == batch.id)).one()
    )


def test_the_first_get_seats_and_the_rest_wait_in_order(session, classes, batch):
    receipts = [receipt for _, receipt in classes.enrol(batch, 4)]

    assert states(session, batch) == ["enrolled", "enrolled", "waitlisted", "waitlisted"]
    assert [queries.application(each).position for each in receipts] == [None, None, 1, 2]
    assert counters(session, batch) == (2, 2, 4)


def test_a_second_application_of_the_same_person_returns_the_first(session, persons, batch):
    person = persons.trainee()
    first = service.apply_or_find(actor=person.actor, batch=batch.code, channel="网页")
    again = service.apply_or_find(actor=person.actor, batch=batch.code, channel="app")

    assert (first.is_new, again.is_new) == (True, False)
    assert again.receipt == first.receipt
    assert counters(session, batch) == (1, 0, 1)


def test_a_freed_seat_goes_to_the_first_in_line_and_not_to_a_newcomer(session, classes, batch):
    (first, first_receipt), _, (third, third_receipt), _ = classes.enrol(batch, 4)

    service.withdraw(actor=first.actor, receipt=first_receipt)
    newcomer = classes.enrol(batch, 1)[0][1]

    view = queries.application(third_receipt)
    assert (view.state, [each.code for each in view.reasons]) == ("offered", ["offered"])
    assert queries.application(newcomer).position == 2
    assert counters(session, batch) == (2, 2, 5)
    assert [each.kind for each in outbox.messages(third.phone)] == [
        "application.waitlisted",
        "application.offered",
    ]


def test_withdrawing_twice_changes_nothing_more(session, classes, batch):
    (person, receipt), *_ = classes.enrol(batch, 1)

    service.withdraw(actor=person.actor, receipt=receipt)
    service.withdraw(actor=person.actor, receipt=receipt)

    assert counters(session, batch) == (0, 0, 1)
    assert [each.kind for each in outbox.messages(person.phone)] == [
        "application.enrolled",
        "application.withdrawn",
    ]


def test_who_waits_and_withdraws_lets_the_others_move_forward(session, classes, batch):
    made = classes.enrol(batch, 4)

    service.withdraw(actor=made[2][0].actor, receipt=made[2][1])

    assert queries.application(made[3][1]).position == 1
    assert counters(session, batch) == (2, 1, 4)


def test_after_withdrawing_a_new_application_stands_at_the_end(session, classes, batch):
    made = classes.enrol(batch, 3)
    person, receipt = made[0]
    service.withdraw(actor=person.actor, receipt=receipt)

    again = service.apply_or_find(actor=person.actor, batch=batch.code, channel="网页")

    assert again.is_new
    assert again.receipt != receipt
    view = queries.application(again.receipt)
    assert (view.order_no, view.state, view.position) == (4, "waitlisted", 1)


def test_a_seat_freed_after_the_class_began_is_given_to_nobody(session, classes, batch, frozen):
    made = classes.enrol(batch, 3)
    frozen.advance(days=2, hours=1)

    service.withdraw(actor=made[0][0].actor, receipt=made[0][1])

    assert states(session, batch) == ["withdrawn", "enrolled", "waitlisted"]
    assert counters(session, batch) == (1, 1, 3)


def test_nobody_leaves_a_class_that_is_over(classes, batch, frozen):
    person, receipt = classes.enrol(batch, 1)[0]
    frozen.advance(days=5)

    with pytest.raises(ClassOver):
        service.withdraw(actor=person.actor, receipt=receipt)


def test_before_opening_there_is_no_receipt(session, classes, persons):
    batch = classes.published(opens_in=timedelta(minutes=10))

    with pytest.raises(NotOpen):
        service.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页")

    assert counters(session, batch) == (0, 0, 0)


def test_at_the_opening_second_people_get_in_and_at_closing_not(session, classes, persons, frozen):
    batch = classes.published(opens_in=timedelta(minutes=10))
    frozen.advance(minutes=10)
    service.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页")
    frozen.advance(days=1)

    with pytest.raises(Closed):
        service.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页")

    assert counters(session, batch) == (1, 0, 1)


def test_a_draft_is_unknown_to_applicants(classes, persons):
    batch = classes.published(is_published=False)

    with pytest.raises(NotFound):
        service.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页")


def test_without_a_checked_document_a_clerk_decides_and_no_seat_is_held(session, persons, batch):
    person = persons.trainee(has_identity=False)

    view = queries.application(service.apply(actor=person.actor, batch=batch.code, channel="网页"))

    assert (view.state, view.order_no) == ("under_review", 1)
    assert [each.code for each in view.reasons] == ["identity_unverified", "age"]  # who is older is not known
    assert counters(session, batch) == (0, 0, 1)


def test_below_sixteen_is_refused_with_the_clause_and_a_receipt(session, classes, persons, frozen):
    person = persons.trainee(born="20091001")  # registered at sixteen, on a clock that is then set back
    frozen.to("2025-09-30T09:00+08:00")
    batch = classes.published()

    receipt = service.apply(actor=person.actor, batch=batch.code, channel="网页")

    view = queries.application(receipt)
    assert (view.state, view.order_no) == ("refused", 1)
    assert [(each.code, each.clause) for each in view.reasons] == [
        ("below_16", "《中华人民共和国劳动法》第十五条")
    ]
    assert counters(session, batch) == (0, 0, 1)


@pytest.mark.parametrize(("on", "held"), [(date(2025, 9, 30), "refused"), (date(2025, 10, 1), None)])
def test_age_counts_by_the_birthday(on, held):
    known = Known(
        birth_on=date(2009, 10, 1),
        sex=None,
        groups=(),
        district="130202",
        has_identity=True,
        has_passed=False,
        clash=None,
    )
    found = admission.conditions(known, on=on, ruling=Ruling())

    assert admission.standing(found, is_unsubsidised=False, allows_unsubsidised=True).held == held


def test_the_desk_applies_for_somebody_and_is_written_down(persons, batch):
    desk, person = persons.desk(), persons.trainee()

    receipt = service.apply(actor=desk.actor, batch=batch.code, person=person.handle, channel="窗口")

    view = queries.application(receipt)
    assert (view.person_id, view.registered_by_id, view.registered_by) == (
        person.person_id,
        desk.person_id,
        "desk",
    )


def test_the_desk_of_another_district_finds_neither_batch_nor_person(persons, batch):
    person = persons.trainee()

    with pytest.raises(NotFound):
        service.apply(
            actor=persons.desk("440103").actor, batch=batch.code, person=person.handle, channel="窗口"
        )
    with pytest.raises(NotFound):
        service.apply(
            actor=persons.desk().actor,
            batch=batch.code,
            person=persons.trainee("440103").handle,
            channel="窗口",
        )


def test_a_trainee_cannot_apply_for_somebody_else(persons, batch):
    with pytest.raises(Forbidden):
        service.apply(
            actor=persons.trainee().actor, batch=batch.code, person=persons.trainee().handle, channel="网页"
        )


def test_nobody_applies_without_signing_in(batch):
    with pytest.raises(Unauthenticated):
        service.apply(actor=ANONYMOUS, batch=batch.code, channel="网页")


def test_an_employer_cannot_apply(persons, batch):
    employer = persons.employer()
    only_employer = Actor(employer.person_id, tuple(g for g in employer.actor.grants if g.role == "employer"))

    with pytest.raises(Forbidden):
        service.apply(actor=only_employer, batch=batch.code, channel="网页")


def test_the_eleventh_application_within_a_minute_is_too_many(persons, batch, frozen):
    person = persons.trainee()
    for _ in range(10):
        receipt = service.apply(actor=person.actor, batch=batch.code, channel="网页")
        service.withdraw(actor=person.actor, receipt=receipt)

    with pytest.raises(TooManyApplications):
        service.apply(actor=person.actor, batch=batch.code, channel="网页")
    frozen.advance(minutes=1)

    assert service.apply(actor=person.actor, batch=batch.code, channel="网页")


class TestDecision:
    @pytest.fixture
    def review(self, persons, batch):
        person = persons.trainee(has_identity=False)
        return person, service.apply(actor=person.actor, batch=batch.code, channel="网页")

    def test_enrolling_takes_a_free_seat(self, session, batch, review):
        person, receipt = review

        service.decide(actor=batch.school.actor, receipt=receipt, decision="enrol", reason="")

        assert queries.application(receipt).state == "enrolled"
        assert counters(session, batch) == (1, 0, 1)
        assert [each.kind for each in outbox.messages(person.phone)][-1] == "application.enrolled"

    def test_enrolling_into_a_full_class_waits_by_order_of_arrival(self, session, classes, batch, review):
        made = classes.enrol(batch, 3)

        service.decide(actor=batch.school.actor, receipt=review[1], decision="enrol", reason="证件已核对")

        view = queries.application(review[1])
        assert (view.state, view.position, view.order_no) == ("waitlisted", 1, 1)
        assert queries.application(made[2][1]).position == 2
        assert counters(session, batch) == (2, 2, 4)

    def test_refusing_needs_a_reason_which_the_person_reads(self, review, batch):
        with pytest.raises(Invalid) as caught:
            service.decide(actor=batch.school.actor, receipt=review[1], decision="refuse", reason=" ")
        assert [each.field for each in caught.value.errors] == ["reason"]

        service.decide(actor=batch.school.actor, receipt=review[1], decision="refuse", reason="证件过期")

        view = queries.application(review[1])
        assert view.state == "refused"
        assert [each.text for each in view.reasons] == ["证件过期"]

    def test_a_second_decision_is_refused(self, review, batch):
        service.decide(actor=batch.school.actor, receipt=review[1], decision="refuse", reason="证件过期")

        with pytest.raises(NotUnderReview):
            service.decide(actor=batch.school.actor, receipt=review[1], decision="enrol", reason="")

    def test_nobody_decides_about_oneself(self, session, persons, batch):
        officer = persons.officer()
        receipt = service.apply(actor=officer.actor, batch=batch.code, channel="网页")

        with pytest.raises(Forbidden):
            service.decide(actor=officer.actor, receipt=receipt, decision="enrol", reason="")

    def test_the_district_decides_too_but_no_other_and_no_trainee(self, persons, review, batch):
        with pytest.raises(NotFound):
            service.decide(
                actor=persons.officer("440103").actor, receipt=review[1], decision="enrol", reason=""
            )
        with pytest.raises(Forbidden):
            service.decide(actor=review[0].actor, receipt=review[1], decision="enrol", reason="")

        service.decide(actor=persons.officer().actor, receipt=review[1], decision="enrol", reason="")

        assert queries.application(review[1]).state == "enrolled"


def test_more_seats_are_offered_to_those_who_wait(session, classes, batch):
    made = classes.enrol(batch, 4)

    batch_changes.change(
        actor=batch.school.actor, code=batch.code, version=None, change=batch_changes.Change(seats=3)
    )

    assert queries.application(made[2][1]).state == "offered"
    assert queries.application(made[3][1]).position == 1
    assert counters(session, batch) == (3, 1, 4)


def test_a_cancelled_batch_ends_every_application_with_the_reason(session, classes, batch):
    made = classes.enrol(batch, 3)

    with unit_of_work() as unit:
        ended = service.lapse_in(unit, actor=TESTS, batch_id=batch.id, reason="batch_cancelled")

    assert ended == 3
    assert set(states(session, batch)) == {"lapsed"}
    assert counters(session, batch) == (0, 0, 3)
    assert queries.application(made[0][1]).reasons[0].text == "这一期取消了，报名作废。"


def test_history_is_loaded_under_its_own_clock_without_messages(session, persons, batch, frozen):
    person = persons.trainee()
    before = len(list(outbox.messages()))
    frozen.advance(hours=3)

    with unit_of_work() as unit:
        receipt = service.apply_in(
            unit,
            actor=TESTS,
            batch_id=batch.id,
            person_id=person.person_id,
            channel="微信群",
            registered_by="网格员代办",
            historic_number="EN00001",
        )

    view = queries.application(receipt)
    assert (view.historic_number, view.registered_by, view.applied_at) == (
        "EN00001",
        "网格员代办",
        frozen.now,
    )
    assert len(list(outbox.messages())) == before


def test_an_application_takes_few_statements_from_the_first_look_to_the_last_word(session, persons, classes):
    batch = classes.published(district=LIWAN)  # a district without rules of its own
    warm, person, told = persons.trainee(LIWAN), persons.trainee(LIWAN), []
    service.apply(actor=warm.actor, batch=batch.code, channel="网页")  # what is kept for seconds is read now

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            told.append((statement.split()[0], in_unit_of_work()))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    with idempotency.carrying_out(idempotency.Call("person:1", "key", "POST /", "0" * 64)):
        service.apply(actor=person.actor, batch=batch.code, channel="网页")
    event.remove(session.get_bind(), "before_cursor_execute", note)

    if session.get_bind().dialect.name == "sqlite":
        assert told == [("SELECT", False), ("UPDATE", True), *[("INSERT", True)] * 4]
    else:
        assert told == [("SELECT", False), ("WITH", True)]


def test_every_step_leaves_a_line_of_audit(session, classes, batch):
    person, receipt = classes.enrol(batch, 1)[0]
    service.withdraw(actor=person.actor, receipt=receipt)
    subject = f"application:{queries.application(receipt).id}"

    verbs = session.scalars(
        select(AuditEntry.verb).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
    ).all()

    assert verbs == ["application.apply", "application.withdraw"]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["apply", "withdraw"]), st.integers(0, 5)), min_size=1, max_size=25
    )
)
def test_whatever_people_do_seats_counters_and_order_agree(session, classes, crowd, frozen, steps):
    batch = classes.published(seats=2)
    held, order = {}, []
    for verb, who in steps:
        person = crowd[who]
        frozen.advance(minutes=1)
        if verb == "apply":
            receipt = service.apply(actor=person.actor, batch=batch.code, channel="网页")
            if receipt not in order:
                order.append(receipt)
            held[who] = receipt
        elif who in held:
            service.withdraw(actor=person.actor, receipt=held[who])
        _check_agreement(session, batch, order)


def _check_agreement(session, batch, order):
    rows = session.execute(
        select(Application.receipt, Application.state, Application.order_no)
        .where(Application.batch_id == batch.id)
        .order_by(Application.order_no)
    ).all()
    seated = [row.order_no for row in rows if row.state in ("enrolled", "offered")]
    waiting = [row.order_no for row in rows if row.state == "waitlisted"]
    assert [row.receipt for row in rows] == order
    assert [row.order_no for row in rows] == list(range(1, len(order) + 1))
    assert counters(session, batch) == (len(seated), len(waiting), len(order))
    assert len(seated) <= 2
    assert not waiting or len(seated) == 2  # no seat stays free while somebody waits
    assert not waiting or max(seated) < min(waiting)  # nobody passes


@pytest.fixture
def crowd(persons):
    return [persons.trainee() for _ in range(6)]


class TestJson:
    def test_applying_answers_the_whole_shape(self, api, persons, batch):
        response = api.as_(persons.trainee()).post(f"batches/{batch.code}/applications", {"channel": "app"})

        assert response.status_code == 201
        body = response.json
        assert set(body) == {
            "receipt",
            "batch",
            "state",
            "position",
            "order_no",
            "reasons",
            "decided_at",
            "offer_until",
        }
        assert (body["batch"], body["state"], body["position"], body["order_no"]) == (
            batch.code,
            "enrolled",
            None,
            1,
        )
        assert len(body["receipt"]) >= 22
        assert body["decided_at"] == "2025-11-10T01:00:00Z"

    def test_a_second_tap_answers_200_and_a_repeated_key_says_so(self, api, persons, batch):
        caller = api.as_(persons.trainee())
        path = f"batches/{batch.code}/applications"
        first = caller.post(path, {"channel": "app"}, key="one")
        again = caller.post(path, {"channel": "app"}, key="one")
        other = caller.post(path, {"channel": "app"}, key="two")

        assert [each.status_code for each in (first, again, other)] == [201, 200, 200]
        assert again.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in other.headers
        assert first.json == again.json == other.json

    def test_too_early_and_too_late_have_their_codes(self, api, classes, persons, frozen):
        caller = api.as_(persons.trainee())
        batch = classes.published(opens_in=timedelta(hours=1))
        early = caller.post(f"batches/{batch.code}/applications", {"channel": "app"})
        frozen.advance(days=1, hours=2)
        late = caller.post(f"batches/{batch.code}/applications", {"channel": "app"})

        assert [(each.status_code, each.json["code"]) for each in (early, late)] == [
            (409, "not_open"),
            (409, "closed"),
        ]

    def test_withdrawing_answers_200_twice(self, api, persons, batch):
        caller = api.as_(persons.trainee())
        receipt = caller.post(f"batches/{batch.code}/applications", {"channel": "app"}).json["receipt"]

        first, again = (caller.delete(f"applications/{receipt}") for _ in range(2))

        assert [(each.status_code, each.json["state"]) for each in (first, again)] == [
            (200, "withdrawn"),
            (200, "withdrawn"),
        ]

    def test_a_receipt_is_for_its_person_and_the_staff_of_that_class(self, api, persons, batch):
        owner = api.as_(persons.trainee())
        receipt = owner.post(f"batches/{batch.code}/applications", {"channel": "app"}).json["receipt"]
        path = f"applications/{receipt}"

        seen = [
            owner,
            api.as_(batch.school, Role.SCHOOL),
            api.as_(batch.trainer, Role.TRAINER),
            api.as_(persons.desk(), Role.DESK),
        ]
        hidden = [
            api.as_(persons.trainee()),
            api.as_(persons.school(), Role.SCHOOL),
            api.as_(persons.officer("440103"), Role.OFFICER),
        ]
        assert [each.get(path).status_code for each in seen] == [200] * 4
        assert [each.get(path).status_code for each in hidden] == [404] * 3
        assert api.as_(persons.employer(), Role.EMPLOYER).get(path).status_code == 403
        assert api.get(path).status_code == 401

    def test_a_decision_needs_the_right_role_and_a_known_word(self, api, persons, batch):
        person = persons.trainee(has_identity=False)
        receipt = (
            api.as_(person).post(f"batches/{batch.code}/applications", {"channel": "app"}).json["receipt"]
        )
        path = f"applications/{receipt}/decision"
        school = api.as_(batch.school, Role.SCHOOL)

        assert api.as_(person).post(path, {"decision": "enrol", "reason": ""}).status_code == 403
        assert school.post(path, {"decision": "maybe", "reason": ""}).status_code == 422
        assert school.post(path, {"decision": "refuse", "reason": ""}).json["errors"][0]["field"] == "reason"
        done = school.post(path, {"decision": "enrol", "reason": ""})
        assert (done.status_code, done.json["state"]) == (200, "enrolled")

    def test_an_unknown_member_is_refused(self, api, persons, batch):
        response = api.as_(persons.trainee()).post(
            f"batches/{batch.code}/applications", {"channel": "app", "state": "enrolled"}
        )

        assert (response.status_code, response.json["errors"][0]["field"]) == (400, "state")


class TestPages:
    def test_one_tap_leads_to_the_receipt(self, client, session, persons, batch):
        person = persons.trainee()
        browser = signed_in(client, person)
        fields = panel_fields(browser, batch)

        sent = browser.post(f"/batches/{batch.code}/apply", data=fields)
        again = browser.post(f"/batches/{batch.code}/apply", data=fields)
        page = browser.get(sent.location)

        assert sent.status_code == again.status_code == 302
        assert sent.location == again.location
        assert counters(session, batch) == (1, 0, 1)
        assert page.status_code == 200
        assert "已录取" in page.text
        assert person.name in page.text
        assert "第1个收到" in page.text

    def test_the_batch_page_says_what_the_reader_can_do(self, client, app, persons, batch, frozen):
        stranger = app.test_client().get(f"/batches/{batch.code}").text
        browser = signed_in(client, persons.trainee())
        before = browser.get(f"/batches/{batch.code}").text
        browser.post(f"/batches/{batch.code}/apply", data=hidden_fields(before))
        after = browser.get(f"/batches/{batch.code}").text

        assert f"/sign-in?next=/batches/{batch.code}" in stranger
        assert f'action="/batches/{batch.code}/apply"' in before
        assert "您已报名：已录取" in after
        assert f'action="/batches/{batch.code}/apply"' not in after

    def test_who_waits_reads_the_place_in_line(self, client, classes, batch):
        classes.enrol(batch, 3)
        person, receipt = classes.enrol(batch, 1)[0]

        page = signed_in(client, person).get(f"/applications/{receipt}").text

        assert "候补第2位" in page
        assert "您前面还有1位候补" in page
        assert "退出候补" in page

    def test_leaving_asks_once_more(self, client, session, classes, batch):
        person, receipt = classes.enrol(batch, 1)[0]
        browser = signed_in(client, person)
        path = f"/applications/{receipt}/withdraw"
        question = browser.get(path)

        answer = browser.post(path, data=hidden_fields(question.text))

        assert "要退出吗" in question.text
        assert answer.status_code == 302
        assert states(session, batch) == ["withdrawn"]
        assert "已退出" in browser.get(f"/applications/{receipt}").text

    def test_all_applications_of_a_person_are_listed(self, client, persons, classes, batch):
        person, receipt = classes.enrol(batch, 1)[0]
        empty = signed_in(client, persons.trainee()).get("/me/applications").text

        page = signed_in(client, person).get("/me/applications").text

        assert "您还没有报过名" in empty
        assert receipt in page

    def test_the_roster_shows_names_to_the_class_and_masks_them_for_the_auditor(
        self, client, app, persons, classes, batch
    ):
        person, _ = classes.enrol(batch, 1)[0]
        path = f"/teach/batches/{batch.code}/roster"

        for reader in (batch.trainer, batch.school, persons.officer()):
            assert person.name in signed_in(app.test_client(), reader).get(path).text
        audited = signed_in(client, persons.auditor()).get(path)
        assert audited.status_code == 200
        assert person.name not in audited.text
        assert signed_in(app.test_client(), persons.trainer()).get(path).status_code == 404
        assert signed_in(app.test_client(), person).get(path).status_code == 403

    def test_a_clerk_decides_on_a_page_and_must_give_a_reason(self, client, persons, batch):
        person = persons.trainee(has_identity=False)
        receipt = service.apply(actor=person.actor, batch=batch.code, channel="网页")
        browser = signed_in(client, batch.school)
        path = f"/applications/{receipt}/decision"
        link = browser.get(f"/teach/batches/{batch.code}/roster").text
        fields = hidden_fields(browser.get(path).text)

        without = browser.post(path, data=fields | {"decision": "refuse", "reason": ""})
        done = browser.post(
            path, data=hidden_fields(browser.get(path).text) | {"decision": "refuse", "reason": "证件过期"}
        )

        assert path in link
        assert without.status_code == 422
        assert "请写明原因" in without.text
        assert done.status_code == 302
        assert queries.application(receipt).state == "refused"

    def test_the_desk_finds_by_the_whole_number_and_enrols(self, client, persons, batch):
        person, desk = persons.trainee(), persons.desk()
        browser = signed_in(client, desk)
        path = f"/desk/batches/{batch.code}/enrol"
        fields = hidden_fields(browser.get(path).text)

        part = browser.post(path, data=fields | {"who": person.phone[:7]})
        found = browser.post(path, data=fields | {"who": f"{person.phone[:3]} {person.phone[3:]}"})
        form = found.text.split("替他报名")[0].rsplit("<form", 1)[1]
        silent = browser.post(path, data=hidden_fields(form))
        sent = browser.post(path, data=hidden_fields(form) | {"consent": "by_phone"})

        assert silent.status_code == 422
        assert part.status_code == 422
        assert person.name not in found.text
        assert sent.status_code == 302
        view = queries.application(sent.location.rsplit("/", 1)[1])
        assert (view.person_id, view.registered_by, view.consent) == (person.person_id, "desk", "by_phone")

    def test_the_desk_finds_nobody_of_another_district(self, client, persons, batch):
        elsewhere = persons.trainee("440103")
        browser = signed_in(client, persons.desk())
        path = f"/desk/batches/{batch.code}/enrol"

        found = browser.post(path, data=hidden_fields(browser.get(path).text) | {"who": elsewhere.phone})

        assert "本区没有这个人" in found.text

    def test_a_receipt_of_somebody_else_is_not_found(self, client, persons, classes, batch):
        _, receipt = classes.enrol(batch, 1)[0]

        browser = signed_in(client, persons.trainee())

        assert browser.get(f"/applications/{receipt}").status_code == 404
        assert browser.get(f"/applications/{receipt}/withdraw").status_code == 404


def panel_fields(browser, batch):
    """The hidden fields of the one tap, taken from another page of the same browser."""
    return hidden_fields(browser.get(f"/batches/{batch.code}").text)


def test_a_change_of_state_is_told_once_on_phone_and_page(session, persons, batch):
    """Written again by a retry or a repetition, it is the same message."""
    person = persons.trainee()
    receipt = service.apply(actor=person.actor, batch=batch.code, channel="网页")
    found = queries.application(receipt)
    for _ in range(2):
        with unit_of_work() as unit:
            messages.tell(
                unit,
                phone=person.phone,
                door=doors.door_by_id(found.batch_id),
                state="enrolled",
                person_id=person.person_id,
                application_id=found.id,
            )
    service.withdraw(actor=person.actor, receipt=receipt)
    service.withdraw(actor=person.actor, receipt=receipt)

    assert [each.kind for each in outbox.messages(person.phone)] == [
        "application.enrolled",
        "application.withdrawn",
    ]
    assert [each.kind for each in outbox.of_person(person.person_id)] == [
        "application.withdrawn",
        "application.enrolled",
    ]
