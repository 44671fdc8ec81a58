"""What a desk does for people, and what a clerk decides."""

import pytest

from skillhub.base import outbox
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.courses.errors.applications import (
    NotUnderReview,
)
from skillhub.courses.queries import applications as queries
from skillhub.courses.service import applications as service
from tests.courses.standing import counters


@pytest.fixture
def batch(classes):
    return classes.published(seats=2)


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
