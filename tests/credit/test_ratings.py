from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from skillhub.base.access import Role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.credit.errors import AlreadyRated, AlreadyRemoved, AlreadyReversed, NotFinished
from skillhub.credit.queries import engagements as engagement_queries
from skillhub.credit.queries import ledger
from skillhub.credit.rules.stars import Leg, Sample, is_balanced, legs, reversed_legs, shown
from skillhub.credit.service import engagements, ratings
from skillhub.credit.service import ledger as books
from skillhub.testing.factories.base import TESTS
from skillhub.testing.factories.credit import some_work


@pytest.fixture
def employer(persons):
    return persons.employer()


@pytest.fixture
def worker(persons):
    return persons.trainee()


def test_the_employer_of_finished_work_gives_its_stars_and_the_ledger_shows_why(employer, worker):
    work = some_work(employer, worker)

    ratings.rate(actor=employer.actor, engagement=work, stars=4)

    assert ledger.stars(worker.handle).mean == 4.0
    assert [(each.unit, each.amount) for each in ledger.statement_of(f"worker:{worker.handle}")] == [
        ("star", 4),
        ("rating", 1),
    ]
    assert ledger.balance(f"employer:{employer.organisation}", "star") == -4
    assert (ledger.total("star"), ledger.total("rating")) == (0, 0)


def test_stars_are_given_once(employer, worker):
    work = some_work(employer, worker)
    ratings.rate(actor=employer.actor, engagement=work, stars=4)

    with pytest.raises(AlreadyRated):
        ratings.rate(actor=employer.actor, engagement=work, stars=1)

    assert ledger.stars(worker.handle).count == 1


def test_the_database_has_the_last_word_on_a_second_rating(employer, worker):
    work = some_work(employer, worker)
    view = engagement_queries.engagement(work)
    ratings.rate(actor=employer.actor, engagement=work, stars=4)

    with pytest.raises(IntegrityError), unit_of_work() as unit:
        ratings.rate_in(unit, actor=employer.actor, engagement=view, stars=1, comment=None)

    assert ledger.balance(f"worker:{worker.handle}", "star") == 4


def test_another_employer_cannot_rate_and_learns_nothing(persons, employer, worker):
    work = some_work(employer, worker)

    with pytest.raises(NotFound):
        ratings.rate(actor=persons.employer().actor, engagement=work, stars=1)


@pytest.mark.parametrize("role", ["officer", "trainee", "school", "desk"])
def test_nobody_but_employers_rates(persons, employer, worker, role):
    work = some_work(employer, worker)

    with pytest.raises(Forbidden):
        ratings.rate(actor=getattr(persons, role)().actor, engagement=work, stars=5)


def test_stars_come_after_the_work(employer, worker):
    work = some_work(employer, worker, ended_on=date(2025, 11, 11))

    with pytest.raises(NotFinished):
        ratings.rate(actor=employer.actor, engagement=work, stars=5)


def test_the_last_day_of_work_is_late_enough(employer, worker):
    work = some_work(employer, worker, ended_on=date(2025, 11, 10))

    ratings.rate(actor=employer.actor, engagement=work, stars=5)

    assert ledger.stars(worker.handle).count == 1


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(employer, worker, stars):
    work = some_work(employer, worker)

    with pytest.raises(Invalid) as caught:
        ratings.rate(actor=employer.actor, engagement=work, stars=stars)

    assert [each.field for each in caught.value.errors] == ["stars"]


def test_work_that_was_taken_back_is_not_rated_and_not_a_hire(employer, worker):
    work = some_work(employer, worker)
    engagements.remove(actor=employer.actor, engagement=work, reason="记错了人")

    with pytest.raises(AlreadyRemoved):
        ratings.rate(actor=employer.actor, engagement=work, stars=5)

    assert not engagement_queries.engagement(work).is_hire


def test_work_is_taken_back_once(employer, worker):
    work = some_work(employer, worker)
    engagements.remove(actor=employer.actor, engagement=work, reason="记错了人")

    with pytest.raises(AlreadyRemoved):
        engagements.remove(actor=employer.actor, engagement=work, reason="记错了人")


def test_the_days_and_the_pay_must_be_possible(employer, worker):
    with pytest.raises(Invalid) as caught:
        engagements.record(
            actor=employer.actor,
            worker=worker.handle,
            employer=employer.organisation,
            order=None,
            started_on=date(2025, 10, 20),
            ended_on=date(2025, 10, 19),
            pay_fen=0,
        )

    assert {each.field for each in caught.value.errors} == {"ended_on", "pay_fen"}


def test_an_entry_that_does_not_balance_is_not_booked(employer):
    with pytest.raises(books.Unbalanced), unit_of_work() as unit:
        books.book_in(
            unit,
            actor=employer.actor,
            entry=books.Entry(
                kind="rating",
                subject="rating:x",
                district="130202",
                rule="stars-1",
                legs=(Leg("worker:x", "star", 5),),
            ),
        )

    assert ledger.total("star") == 0


@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
def test_a_rating_and_its_reversal_both_balance(stars):
    booked = legs("worker:w", "employer:e", stars)

    assert is_balanced(booked)
    assert is_balanced(reversed_legs(booked))
    assert is_balanced((*booked, *reversed_legs(booked)))
    assert not is_balanced(booked[:1])


def test_fewer_than_five_ratings_are_called_a_small_sample():
    assert shown(20, 4).sample is Sample.SMALL
    assert shown(25, 5).sample is Sample.OK
    assert shown(0, 0).mean is None
    assert shown(23, 5).mean == 4.6


def test_a_program_records_work_and_rates_it(api, persons, worker):
    employer = persons.employer()
    program = api.as_(employer, Role.EMPLOYER)

    work = program.post(
        "engagements",
        {
            "worker": worker.handle,
            "employer": employer.organisation,
            "started_on": "2025-10-20",
            "ended_on": "2025-10-31",
            "pay_fen": 216000,
        },
    )
    rating = program.post(f"engagements/{work.json['id']}/ratings", {"stars": 5})
    again = program.post(f"engagements/{work.json['id']}/ratings", {"stars": 5})

    assert (work.status_code, rating.status_code, again.status_code) == (201, 201, 409)
    assert again.json["code"] == "already_rated"
    assert program.get(f"engagements/{work.json['id']}").json["stars"] == 5


@pytest.fixture
def rated(employer, worker):
    """Work that has one star, and the rating's id."""
    work = some_work(employer, worker)
    return work, ratings.rate(actor=employer.actor, engagement=work, stars=1)


def reverse(rating):
    with unit_of_work() as unit:
        return ratings.reverse_in(unit, actor=TESTS, rating=rating, reason="申诉成立")


def test_a_rating_that_was_taken_back_is_booked_the_other_way_and_counts_no_more(rated, worker):
    work, rating = rated

    number = reverse(rating)

    assert ledger.stars(worker.handle) == shown(0, 0)
    assert (ledger.total("star"), ledger.total("rating")) == (0, 0)
    booked = ledger.statement_of(f"worker:{worker.handle}")
    assert [(each.unit, each.amount, each.is_reversal) for each in booked] == [
        ("star", 1, False),
        ("rating", 1, False),
        ("star", -1, True),
        ("rating", -1, True),
    ]
    assert booked[-1].entry_id == number
    assert ledger.stars_given_in("130202") == 0
    view = engagement_queries.engagement(work)
    assert (view.stars, view.is_reversed) == (None, True)


def test_a_rating_is_taken_back_once(rated, worker):
    _work, rating = rated
    reverse(rating)

    with pytest.raises(AlreadyReversed):
        reverse(rating)

    assert ledger.stars(worker.handle).count == 0
    assert len(ledger.statement_of(f"worker:{worker.handle}")) == 4


def test_work_whose_rating_was_taken_back_is_not_rated_again(rated, employer):
    work, rating = rated
    reverse(rating)

    with pytest.raises(AlreadyRated):
        ratings.rate(actor=employer.actor, engagement=work, stars=5)


def test_a_rating_that_nobody_gave_cannot_be_taken_back(employer):
    with pytest.raises(NotFound):
        reverse("r-nobody")


@given(stars=st.lists(st.integers(1, 5), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_ratings_at_once_book_what_each_alone_would(employer, persons, stars):
    workers = [persons.trainee() for _ in stars]
    works = engagement_queries.many([some_work(employer, each) for each in workers])
    views = sorted(works.values(), key=lambda each: each.id)

    with unit_of_work() as unit:
        ratings.rate_all_in(
            unit,
            actor=employer.actor,
            given=[ratings.Given(view, each, None) for view, each in zip(views, stars, strict=True)],
        )

    assert [ledger.stars(each.handle).mean for each in workers] == [float(each) for each in stars]
    assert (ledger.total("star"), ledger.total("rating")) == (0, 0)
