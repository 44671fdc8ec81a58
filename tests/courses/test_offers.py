from datetime import timedelta

import pytest
from sqlalchemy import select

from skillhub.base import clock, outbox
from skillhub.base.errors import NotFound
from skillhub.courses.errors.applications import ClassOver, Closed, NoOffer, NotBegun, OfferOver
from skillhub.courses.errors.batches import SessionsBegun
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import applications as queries
from skillhub.courses.rules.plans import LAST_MOMENT
from skillhub.courses.service import applications, batch_changes, batches, changes, moving, offers, rounds
from skillhub.courses.service.batch_changes import Change
from skillhub.testing.factories.base import TESTS

DAY = timedelta(days=1)


@pytest.fixture
def full(classes):
    """A class of one seat, taken, with two in line; the class begins after three days."""
    batch = classes.published(seats=1, first_in=3 * DAY)
    return batch, classes.enrol(batch, 3)


def state(receipt):
    return queries.application(receipt).state


def codes(receipt):
    return [each.code for each in queries.application(receipt).reasons]


def free_the_seat(made):
    person, receipt = made[0]
    applications.withdraw(actor=person.actor, receipt=receipt)


def kinds(person):
    return [each.kind.partition(".")[2] for each in outbox.messages(person.phone)]


def application_in(session, batch, person):
    return session.scalar(
        select(Application.receipt)
        .where(Application.batch_id == batch.id, Application.person_id == person.person_id)
        .order_by(Application.id.desc())
    )


def published(classes, batch, **more):
    """Publish the next class of the same course, as an officer does."""
    made = classes.published(course=batch.course, is_published=False, **more)
    batches.publish(actor=classes.officer.actor, code=made.code)
    return made


class TestOffer:
    def test_a_freed_seat_is_held_for_the_first_in_line_for_a_day(self, full, frozen):
        _, made = full
        free_the_seat(made)

        found = queries.application(made[1][1])
        assert (found.state, found.offer_until) == ("offered", frozen.now + DAY)
        assert queries.application(made[2][1]).position == 1
        assert kinds(made[1][0]) == ["waitlisted", "offered"]

    def test_accepting_makes_it_the_persons_own_and_twice_is_once(self, full):
        _, made = full
        free_the_seat(made)
        person, receipt = made[1]

        assert offers.accept(actor=person.actor, receipt=receipt) == receipt
        offers.accept(actor=person.actor, receipt=receipt)

        assert state(receipt) == "enrolled"
        assert kinds(person) == ["waitlisted", "offered", "enrolled"]

    def test_declining_passes_it_on_and_twice_is_once(self, full):
        _, made = full
        free_the_seat(made)
        person, receipt = made[1]

        offers.decline(actor=person.actor, receipt=receipt)
        offers.decline(actor=person.actor, receipt=receipt)

        assert (state(receipt), codes(receipt)) == ("withdrawn", ["declined"])
        assert state(made[2][1]) == "offered"

    def test_an_offer_that_nobody_answers_lapses_and_goes_to_the_next(self, full, frozen):
        _, made = full
        free_the_seat(made)
        frozen.advance(days=1)

        with pytest.raises(OfferOver):
            offers.accept(actor=made[1][0].actor, receipt=made[1][1])
        rounds.keep_lines()

        assert (state(made[1][1]), codes(made[1][1])) == ("lapsed", ["offer_lapsed"])
        assert state(made[2][1]) == "offered"
        with pytest.raises(OfferOver):
            offers.accept(actor=made[1][0].actor, receipt=made[1][1])

    def test_without_an_offer_there_is_nothing_to_answer(self, full):
        _, made = full

        with pytest.raises(NoOffer):
            offers.accept(actor=made[1][0].actor, receipt=made[1][1])
        with pytest.raises(NoOffer):
            offers.decline(actor=made[1][0].actor, receipt=made[1][1])

    def test_nobody_answers_for_a_stranger(self, full, persons):
        _, made = full
        free_the_seat(made)

        with pytest.raises(NotFound):
            offers.accept(actor=persons.trainee().actor, receipt=made[1][1])

    def test_no_offer_stands_longer_than_the_cut_off(self, classes, frozen):
        batch = classes.published(seats=1, first_in=3 * DAY, cut_off=frozen.now + timedelta(hours=25))
        made = classes.enrol(batch, 2)
        frozen.advance(hours=20)

        free_the_seat(made)

        assert queries.application(made[1][1]).offer_until == frozen.now + timedelta(hours=5)

    def test_after_the_cut_off_nothing_is_offered_and_staff_read_why(self, full, frozen):
        batch, made = full
        frozen.advance(days=2)

        free_the_seat(made)

        assert state(made[1][1]) == "waitlisted"
        assert (batch.view.taken, batch.view.waiting) == (0, 2)


class TestLine:
    def test_who_waits_stands_at_the_head_of_the_next_class(self, session, full, classes):
        batch, made = full

        later = published(classes, batch, seats=1, first_in=9 * DAY)
        newcomer = classes.enrol(later, 1)[0]

        first, second = (application_in(session, later, person) for person, _ in made[1:])
        assert (state(first), codes(first)) == ("offered", ["offered"])
        assert queries.application(second).position == 1
        assert queries.application(newcomer[1]).position == 2
        assert kinds(made[1][0]) == ["waitlisted", "carried_over", "offered"]

    def test_taking_a_seat_in_one_class_leaves_the_line_of_the_other(self, session, full, classes):
        batch, made = full
        later = published(classes, batch, seats=1, first_in=9 * DAY)
        person, waiting = made[1]

        offers.accept(actor=person.actor, receipt=application_in(session, later, person))

        assert (state(waiting), codes(waiting)) == ("withdrawn", ["placed_elsewhere"])

    def test_who_was_not_reached_is_carried_over_at_the_cut_off_ahead_of_those_who_wait(
        self, session, classes, frozen
    ):
        batch = classes.published(seats=1, first_in=3 * DAY)
        later = published(classes, batch, seats=1, first_in=9 * DAY)
        waiting = classes.enrol(later, 2)[1][1]
        made = classes.enrol(batch, 2)
        frozen.to(batch.view.cut_off + LAST_MOMENT)

        rounds.keep_lines()

        carried = application_in(session, later, made[1][0])
        assert (queries.application(carried).position, queries.application(waiting).position) == (1, 2)
        assert (state(made[1][1]), codes(made[1][1])) == ("lapsed", ["to_next_batch"])
        assert batch.view.waiting == 0

    def test_without_a_next_class_the_place_is_kept(self, session, full, classes, frozen):
        batch, made = full
        frozen.advance(days=10)
        rounds.keep_lines()
        batches.close(actor=batch.school.actor, code=batch.code)
        assert (state(made[2][1]), codes(made[2][1])) == ("lapsed", ["to_next_batch"])

        later = published(classes, batch, seats=2, first_in=9 * DAY)

        assert [state(application_in(session, later, person)) for person, _ in made[1:]] == ["offered"] * 2

    def test_a_class_called_off_sends_all_of_its_people_on_by_the_time_of_applying(
        self, session, full, classes
    ):
        batch, made = full
        batches.cancel(actor=batch.school.actor, code=batch.code, reason="老师生病")

        later = published(classes, batch, seats=1, first_in=9 * DAY)

        states = [state(application_in(session, later, person)) for person, _ in made]
        assert states == ["offered", "waitlisted", "waitlisted"]

    def test_who_declined_the_next_class_is_not_asked_for_it_again(self, session, full, classes, frozen):
        batch, made = full
        later = published(classes, batch, seats=1, first_in=9 * DAY)
        person = made[1][0]
        receipt = application_in(session, later, person)
        offers.decline(actor=person.actor, receipt=receipt)
        frozen.advance(days=2)

        rounds.keep_lines()

        assert application_in(session, later, person) == receipt
        assert state(receipt) == "withdrawn"

    def test_history_is_not_carried_over(self, session, classes, persons, frozen):
        batch = classes.published(seats=1, first_in=3 * DAY)
        classes.enrol(batch, 1)
        person = persons.trainee()
        with applications.unit_of_work() as unit:
            applications.apply_in(
                unit,
                actor=TESTS,
                batch_id=batch.id,
                person_id=person.person_id,
                channel="表格",
                historic_number="EN00001",
            )

        later = published(classes, batch, seats=1, first_in=9 * DAY)

        assert application_in(session, later, person) is None


class TestMoving:
    def test_a_moved_class_keeps_its_people_and_tells_them(self, full, frozen):
        batch, made = full

        moving.move(actor=batch.school.actor, code=batch.code, first_at=frozen.now + 5 * DAY)

        view = batch.view
        assert view.sessions[0].starts_at == frozen.now + 5 * DAY
        assert view.sessions[1].starts_at == frozen.now + 6 * DAY
        assert view.cut_off == frozen.now + 4 * DAY
        assert [state(receipt) for _, receipt in made] == ["enrolled", "waitlisted", "waitlisted"]
        assert kinds(made[0][0]) == ["enrolled", "moved"]

    def test_a_later_cut_off_lets_a_free_seat_be_offered_after_all(self, full, frozen):
        batch, made = full
        frozen.advance(days=2)
        free_the_seat(made)

        moving.move(actor=batch.school.actor, code=batch.code, first_at=frozen.now + 5 * DAY)

        assert state(made[1][1]) == "offered"

    def test_a_class_that_has_begun_is_not_moved(self, full, frozen):
        batch, _ = full
        frozen.advance(days=3)

        with pytest.raises(SessionsBegun):
            moving.move(actor=batch.school.actor, code=batch.code, first_at=frozen.now + 5 * DAY)


class TestNoShow:
    def test_who_does_not_come_loses_the_seat_and_nobody_is_offered_it(self, full, frozen):
        batch, made = full
        frozen.advance(days=3, minutes=30)

        changes.no_show(actor=batch.trainer.actor, receipt=made[0][1])
        changes.no_show(actor=batch.trainer.actor, receipt=made[0][1])

        assert (state(made[0][1]), codes(made[0][1])) == ("lapsed", ["no_show"])
        assert [state(receipt) for _, receipt in made[1:]] == ["waitlisted", "waitlisted"]
        assert batch.view.taken == 0

    def test_nobody_misses_a_class_that_has_not_begun_or_is_over(self, full, frozen):
        batch, made = full
        with pytest.raises(NotBegun):
            changes.no_show(actor=batch.trainer.actor, receipt=made[0][1])
        frozen.advance(days=5)
        with pytest.raises(ClassOver):
            changes.no_show(actor=batch.trainer.actor, receipt=made[0][1])


def test_more_seats_are_offered_in_order_and_fewer_never_take_one_away(session, full):
    batch, made = full

    def change(seats):
        batch_changes.change(
            actor=batch.school.actor, code=batch.code, version=None, change=Change(seats=seats)
        )

    change(3)
    assert [state(receipt) for _, receipt in made] == ["enrolled", "offered", "offered"]
    with pytest.raises(batch_changes.SeatsTaken):
        change(2)
    assert session.scalar(select(Batch.seats).where(Batch.id == batch.id)) == 3


def test_who_applied_in_the_last_moment_passes_nobody_in_the_line_that_goes_on(classes, frozen):
    closes_at = frozen.now + DAY
    batch = classes.published(seats=1, first_in=3 * DAY, cut_off=closes_at)
    made = classes.enrol(batch, 2)
    later = classes.published(seats=1, first_in=6 * DAY, opens_in=2 * DAY, course=batch.course)
    late, too_late = (classes.persons.trainee() for _ in range(2))
    frozen.to(closes_at)
    free_the_seat(made)
    rounds.keep_lines()

    with clock.frozen_at(closes_at - timedelta(microseconds=1)):  # and then waited for the batch's row
        receipt = applications.apply(actor=late.actor, batch=batch.code, channel="网页")
    with pytest.raises(Closed):
        applications.apply(actor=too_late.actor, batch=batch.code, channel="网页")

    assert [state(each) for each in (made[1][1], receipt)] == ["waitlisted"] * 2
    frozen.to(closes_at + LAST_MOMENT)
    rounds.keep_lines()
    in_line = queries.of_batch(later.id)
    assert [each.person_id for each in in_line] == [made[1][0].person_id, late.person_id]
    assert [each.state for each in in_line] == ["offered", "waitlisted"]
