"""Who asked for a course is told of its next batch, once, and holds nothing by it."""

from datetime import timedelta

import pytest

from skillhub.base import outbox, work
from skillhub.base.errors import NotFound
from skillhub.courses.queries import courses, subscriptions
from skillhub.courses.service import applications, batches
from skillhub.courses.service import subscriptions as service
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.base import LIWAN
from tests.courses.browser import signed_in

DAY = timedelta(days=1)


@pytest.fixture
def course(classes):
    return classes.published(seats=1).course


@pytest.fixture
def publish(classes, course):
    """Approve another batch of the course."""

    def publish(opens_in=DAY):
        batch = classes.published(course=course, opens_in=opens_in, first_in=9 * DAY, is_published=False)
        batches.publish(actor=classes.officer.actor, code=batch.code)
        work.drain()
        return batch

    return publish


def kinds(person):
    return [each.kind for each in outbox.of_person(person.person_id)]


def is_on(course, person):
    return subscriptions.is_subscribed(course_id=courses.by_code(course).id, person_id=person.person_id)


def test_a_subscriber_is_told_once_of_each_batch_with_its_hour(course, publish, persons):
    person = persons.trainee()
    service.subscribe(actor=person.actor, course=course)
    service.subscribe(actor=person.actor, course=course)

    first = publish()
    second = publish()
    service.tell({"batch": second.id}, 0)

    assert kinds(person) == ["course.next_batch"] * 2
    newest, _ = outbox.of_person(person.person_id)
    assert second.code in newest.text
    assert "提醒不占名额" in newest.text
    assert first.view.taken == second.view.taken == second.view.waiting == 0


def test_many_are_told_some_at_a_time(course, classes, persons, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE", 2)
    people = [persons.trainee() for _ in range(3)]
    for person in people:
        service.subscribe(actor=person.actor, course=course)
    batch = classes.published(course=course, first_in=9 * DAY)

    part = service.tell({"batch": batch.id}, 0)
    rest = service.tell({"batch": batch.id}, part.next)

    assert (part.done, rest.next) == (2, None)
    assert [kinds(each) for each in people] == [["course.next_batch"]] * 3


def test_who_has_ended_it_and_who_has_applied_already_are_left_alone(course, classes, persons):
    ended, applied = persons.trainee(), persons.trainee()
    for person in (ended, applied):
        service.subscribe(actor=person.actor, course=course)
    service.unsubscribe(actor=ended.actor, course=course)
    batch = classes.published(course=course, first_in=9 * DAY)
    applications.apply(actor=applied.actor, batch=batch.code, channel="网页")

    service.tell({"batch": batch.id}, 0)

    assert kinds(ended) == []
    assert kinds(applied) == ["application.enrolled"]


def test_it_can_be_asked_for_again_after_it_was_ended(course, persons):
    person = persons.trainee()
    service.subscribe(actor=person.actor, course=course)
    service.unsubscribe(actor=person.actor, course=course)
    assert not is_on(course, person)

    service.subscribe(actor=person.actor, course=course)

    assert is_on(course, person)


def test_a_desk_asks_for_people_of_its_own_district_alone(course, persons):
    desk, person, stranger = persons.desk(), persons.trainee(), persons.trainee(LIWAN)

    service.subscribe(actor=desk.actor, course=course, person=person.handle)
    with pytest.raises(NotFound):
        service.subscribe(actor=desk.actor, course=course, person=stranger.handle)

    assert is_on(course, person)
    assert not is_on(course, stranger)


def test_one_tap_asks_for_it_and_another_ends_it(client, course, persons):
    person = persons.trainee()
    browser = signed_in(client, person)
    path = f"/courses/{course}/subscription"

    for is_expected in (True, False):
        browser.post(path, data=hidden_fields(browser.get(path).text))
        assert is_on(course, person) is is_expected
