from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from skillhub.base import idempotency, outbox
from skillhub.base.access import ANONYMOUS, Actor
from skillhub.base.audit import AuditEntry
from skillhub.base.db import in_unit_of_work, unit_of_work
from skillhub.base.errors import Forbidden, NotFound, Unauthenticated
from skillhub.courses.errors.applications import (
    ClassOver,
    Closed,
    NotOpen,
    TooManyApplications,
)
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import doors
from skillhub.courses.rules import admission
from skillhub.courses.rules.admission import Known, Ruling
from skillhub.courses.service import applications as service
from skillhub.courses.service import batch_changes, messages
from skillhub.testing.factories.base import LIWAN, TESTS
from tests.courses.standing import counters, states


@pytest.fixture
def batch(classes):
    return classes.published(seats=2)


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
