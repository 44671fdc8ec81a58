"""Applications of an earlier register: all of a batch at once, decided as newcomers are one by one."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from skillhub.base.audit import AuditEntry
from skillhub.base.db import unit_of_work
from skillhub.courses.errors.applications import AlreadyApplied, Closed, NotOpen
from skillhub.courses.model import Batch
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import batches
from skillhub.courses.rules.allocation import Mode, Quota
from skillhub.courses.service import applications, entering, rounds
from skillhub.courses.service.entering import Arrival
from skillhub.testing.factories.base import TESTS

GROUP = "登记失业人员"


@pytest.fixture
def batch(classes):
    return classes.published(seats=2)


def arrivals(batch, people, shift=timedelta(minutes=1)):
    opens_at = batches.batch_by_id(batch.id).opens_at
    return [
        Arrival(
            person_id=each.person_id,
            at=opens_at + shift * index,
            channel="公众号",
            historic_number=str(index),
        )
        for index, each in enumerate(people, start=1)
    ]


def enter(batch, told):
    with unit_of_work() as unit:
        return entering.enter_in(unit, actor=TESTS, batch_id=batch.id, arrivals=told)


def test_seats_and_line_are_given_in_the_order_of_arrival(persons, batch):
    people = [persons.trainee() for _ in range(4)]

    receipts = enter(batch, arrivals(batch, people))

    found = [queries.application(each) for each in receipts]
    assert [each.state for each in found] == ["enrolled", "enrolled", "waitlisted", "waitlisted"]
    assert [each.position for each in found] == [None, None, 1, 2]
    assert [each.order_no for each in found] == [1, 2, 3, 4]
    assert [each.person_id for each in found] == [each.person_id for each in people]
    now = batches.batch_by_id(batch.id)
    assert (now.taken, now.waiting) == (2, 2)


def test_each_application_is_on_record_when_it_arrived(session, persons, batch):
    told = arrivals(batch, [persons.trainee() for _ in range(3)])

    receipts = enter(batch, told)

    assert [queries.application(each).applied_at for each in receipts] == [each.at for each in told]
    trail = session.scalars(select(AuditEntry.at).where(AuditEntry.verb == "application.apply")).all()
    assert trail == [each.at for each in told]


def test_a_register_goes_on_where_newcomers_have_begun(persons, batch, classes):
    classes.enrol(batch, 1)

    receipts = enter(batch, arrivals(batch, [persons.trainee() for _ in range(2)]))

    assert [queries.application(each).order_no for each in receipts] == [2, 3]
    assert [queries.application(each).state for each in receipts] == ["enrolled", "waitlisted"]


def test_nobody_stands_in_a_batch_twice(persons, batch):
    person = persons.trainee()

    with pytest.raises(AlreadyApplied):
        enter(batch, arrivals(batch, [person, person]))
    enter(batch, arrivals(batch, [person]))
    with pytest.raises(AlreadyApplied):
        enter(batch, arrivals(batch, [persons.trainee(), person]))

    assert len(queries.of_batch(batch.id)) == 1


def test_what_came_outside_the_hours_is_refused_whole(persons, batch):
    people = [persons.trainee() for _ in range(2)]
    view = batches.batch_by_id(batch.id)

    with pytest.raises(NotOpen):
        enter(batch, arrivals(batch, people, shift=-timedelta(minutes=1)))
    with pytest.raises(Closed):
        enter(batch, arrivals(batch, people, shift=view.closes_at - view.opens_at))

    assert queries.of_batch(batch.id) == ()


@given(mode=st.sampled_from(Mode), seats=st.integers(1, 5), came=st.lists(st.booleans(), max_size=9))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_at_once_stand_where_they_would_have_come_to_stand_one_by_one(
    session, classes, mode, seats, came
):
    persons = classes.persons
    plan = {"seats": seats, "mode": mode}
    if mode is Mode.QUOTAS:
        plan["quotas"] = [Quota(group=GROUP, seats=(seats + 1) // 2)]
    at_once = classes.published(**plan)
    one_by_one = classes.published(**plan, first_in=timedelta(days=6))  # nobody is in two classes at once
    people = [persons.trainee(groups=[GROUP] if is_member else []) for is_member in came]

    together = enter(at_once, arrivals(at_once, people))
    alone = [applications.apply(actor=each.actor, batch=one_by_one.code, channel="公众号") for each in people]

    def stand(receipts):
        return [
            (found.state, found.order_no, found.position, found.group, found.pool)
            for found in (queries.application(each) for each in receipts)
        ]

    assert stand(together) == stand(alone)
    counters = [
        session.execute(select(Batch.taken, Batch.waiting, Batch.pools).where(Batch.id == each.id)).one()
        for each in (at_once, one_by_one)
    ]
    assert counters[0] == counters[1]


def test_after_lots_have_been_drawn_no_register_is_entered(persons, classes, frozen):
    batch = classes.published(seats=1, mode="draw", first_in=timedelta(days=3))
    told = arrivals(batch, [persons.trainee()])
    frozen.advance(days=1, seconds=5)
    rounds.keep_lines()

    with pytest.raises(Closed):
        enter(batch, told)
