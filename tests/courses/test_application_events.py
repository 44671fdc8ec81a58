import contextlib

from sqlalchemy import literal, select

from skillhub.base import clock
from skillhub.base.db import unit_of_work
from skillhub.courses.model import Application, ApplicationEvent
from skillhub.courses.queries import applications as queries
from skillhub.courses.service import application_events, applications, batch_changes, batches
from skillhub.courses.service.batch_changes import Change


def happened(session, batch):
    """What was written about a class, in order: whose (by order number), what, and what came of it."""
    rows = session.execute(
        select(Application.order_no, ApplicationEvent.event, ApplicationEvent.state)
        .outerjoin(Application, Application.id == ApplicationEvent.application_id)
        .where(ApplicationEvent.batch_id == batch.id)
        .order_by(ApplicationEvent.id)
    )
    return [tuple(row) for row in rows]


def test_every_change_of_state_is_written_down_in_its_order(session, classes):
    batch = classes.published(seats=1)
    (first, gone), _ = classes.enrol(batch, 2)

    applications.withdraw(actor=first.actor, receipt=gone)

    assert happened(session, batch) == [
        (None, "publish", "1"),
        (1, "apply", "enrolled"),
        (2, "apply", "waitlisted"),
        (1, "withdraw", "withdrawn"),
        (2, "offer", "offered"),
    ]


def test_a_decision_of_a_clerk_is_written_down(session, classes, persons):
    batch = classes.published(seats=1)
    person = persons.trainee(has_identity=False)
    receipt = applications.apply(actor=person.actor, batch=batch.code, channel="网页")

    applications.decide(actor=batch.school.actor, receipt=receipt, decision="enrol", reason="证件齐全")

    assert happened(session, batch)[1:] == [(1, "apply", "under_review"), (1, "decide", "enrolled")]


def test_more_seats_are_written_down_before_who_moves_up_into_them(session, classes):
    batch = classes.published(seats=1)
    classes.enrol(batch, 2)

    batch_changes.change(actor=batch.school.actor, code=batch.code, version=None, change=Change(seats=2))

    assert happened(session, batch)[3:] == [
        (None, "seats", "2"),
        (2, "offer", "offered"),
    ]


def test_a_batch_that_is_cancelled_lapses_everybody(session, classes):
    batch = classes.published(seats=1)
    classes.enrol(batch, 2)

    batches.cancel(actor=batch.school.actor, code=batch.code, reason="老师生病")

    assert happened(session, batch)[3:] == [
        (None, "cancel", "cancelled"),
        (1, "lapse", "lapsed"),
        (2, "lapse", "lapsed"),
    ]


def test_nothing_is_written_down_about_an_application_that_is_rolled_back(session, classes, persons):
    batch = classes.published(seats=1)
    person = persons.trainee()

    with contextlib.suppress(RuntimeError), unit_of_work() as unit:
        applications.apply_in(
            unit, actor=person.actor, batch_id=batch.id, person_id=person.person_id, channel="网页"
        )
        raise RuntimeError

    assert happened(session, batch) == [(None, "publish", "1")]


def test_one_statement_can_write_an_event_from_the_rows_of_another(session, classes):
    batch = classes.published(seats=1)
    ((_, receipt),) = classes.enrol(batch, 1)
    found = queries.application(receipt)
    source = select(
        Application.batch_id,
        Application.id,
        literal(clock.now(), ApplicationEvent.at.type),
        literal("withdraw"),
        literal("withdrawn"),
        literal(None, ApplicationEvent.group_code.type),
    ).where(Application.id == found.id)

    with unit_of_work() as unit:
        unit.session.execute(application_events.recorded_from(source))

    assert happened(session, batch)[-1] == (1, "withdraw", "withdrawn")
