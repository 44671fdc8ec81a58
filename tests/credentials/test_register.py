"""Certificates of an earlier register: entered as they are, under the numbers that they bear."""

from datetime import date

import pytest

from skillhub.base.db import unit_of_work
from skillhub.base.errors import NotFound
from skillhub.credentials import queries, service
from skillhub.credentials.errors import AlreadyIssued, NotEarned, NumberMalformed, NumberTaken, TooEarly
from skillhub.credentials.service import register
from skillhub.testing.factories.base import TESTS
from skillhub.testing.factories.credentials import FAILED, PASSED, Classes

DAY = date(2025, 11, 8)
NUMBERS = ("SH1302022025000101", "SH1302022025000107")


@pytest.fixture
def taught(persons):
    return Classes(persons).marked(PASSED, PASSED)


def known(taught, numbers=NUMBERS, day=DAY):
    return [register.Known(*pair, day) for pair in zip(taught.application_ids, numbers, strict=False)]


def enter(taught, told):
    with unit_of_work() as unit:
        return register.enter_in(unit, actor=TESTS, batch=taught.code, known=told)


def test_they_bear_their_own_numbers_and_days(taught):
    made = [queries.certificate(each) for each in enter(taught, known(taught))]

    assert [each.number for each in made] == list(NUMBERS)
    assert {each.issued_on for each in made} == {DAY}
    assert all(each.is_intact and each.is_valid for each in made)
    assert [each.person_id for each in made] == [each.person_id for each in taught.people]


def test_they_say_what_an_issued_one_would_say(persons):
    classes = Classes(persons)
    person = persons.trainee()
    first, second = classes.marked(people=[person]), classes.marked(people=[person])

    entered = queries.certificate(enter(first, known(first))[0]).facts
    with unit_of_work() as unit:
        issued = service.issue_in(unit, actor=TESTS, application_id=second.application_ids[0], issued_on=DAY)
    own = queries.certificate(issued).facts.frozen() | {
        "number": NUMBERS[0],
        "batch": first.code,
        "body": entered.body,
    }

    assert entered.frozen() == own


def test_the_series_goes_on_after_the_highest_number(persons, taught):
    enter(taught, known(taught))
    later = Classes(persons).marked(PASSED)

    with unit_of_work() as unit:
        made = service.issue_in(unit, actor=TESTS, application_id=later.application_ids[0])

    assert queries.certificate(made).number == "SH1302022025000108"


@pytest.mark.parametrize(
    ("numbers", "day", "error"),
    [
        (("SH1302022025000101", "SH1302022025000101"), DAY, NumberTaken),
        (("SH4401032025000101",), DAY, NumberMalformed),
        (("Y13020220250001",), DAY, NumberMalformed),
        (NUMBERS, date(2025, 11, 3), TooEarly),
    ],
)
def test_what_cannot_be_right_is_refused_whole(taught, numbers, day, error):
    with pytest.raises(error):
        enter(taught, known(taught, numbers, day))

    assert queries.of_batch(taught.batch_id) == ()


def test_who_did_not_pass_gets_none_and_neither_do_the_others(persons):
    taught = Classes(persons).marked(PASSED, FAILED)

    with pytest.raises(NotEarned):
        enter(taught, known(taught))

    assert queries.of_batch(taught.batch_id) == ()


def test_who_holds_one_already_is_named(taught):
    enter(taught, known(taught))

    with pytest.raises(AlreadyIssued) as caught:
        enter(taught, known(taught, ("SH1302022025000201",)))

    assert caught.value.facts == {"number": NUMBERS[0]}


def test_an_application_of_another_class_is_not_there(persons, taught):
    other = Classes(persons).marked(PASSED)

    with pytest.raises(NotFound):
        enter(taught, known(other))
