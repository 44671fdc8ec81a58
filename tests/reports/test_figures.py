"""A district's figures: things, persons and person-times apart, each number with exactly its records."""

import re
from datetime import date

import pytest

from skillhub.accounts.model import Person
from skillhub.accounts.queries import people
from skillhub.base.db import unit_of_work
from skillhub.base.periods import Period
from skillhub.credit.service import engagements
from skillhub.reports.queries import cohorts, figures, records
from skillhub.reports.queries.figures import Figure, Number
from skillhub.reports.queries.records import Listed
from skillhub.testing.factories.base import LIWAN, LUNAN

ALL = Period()
FIRST_DAY = Period(date(2025, 11, 3), date(2025, 11, 3))
EARLIER = Period(last=date(2025, 11, 2))
WHOLE_NUMBER = re.compile(r"[1-9]\d{16}[\dX]")
LINKED = [each.value for each in Listed]


def listed(which, period=ALL):
    return records.page(which, LUNAN, period, after=None).items


def test_things_persons_and_person_times_are_counted_apart(chain):
    counted = figures.numbers(LUNAN, ALL)

    assert counted[Figure.BATCHES] == Number(count=1, persons=5)
    assert counted[Figure.LESSONS] == Number(count=2, persons=4, person_times=8)
    assert counted[Figure.CERTIFICATES] == Number(count=3, persons=3)
    assert counted[Figure.WORK] == Number(persons=2, person_times=2)
    assert counted[Figure.INCOME] == Number(fen=108_000)


def test_a_period_counts_its_own_days_alone(chain):
    one_day = figures.numbers(LUNAN, FIRST_DAY)
    before = figures.numbers(LUNAN, EARLIER)

    assert one_day[Figure.LESSONS] == Number(count=1, persons=4, person_times=4)
    assert one_day[Figure.BATCHES] == Number(count=0, persons=0), "its last day is another one"
    assert before[Figure.LESSONS] == Number(count=0, persons=0, person_times=0)
    assert before[Figure.INCOME] == Number(fen=0)


def test_every_number_has_exactly_its_records(chain):
    counted = figures.numbers(LUNAN, ALL)

    assert len(listed(Listed.BATCHES)) == counted[Figure.BATCHES].count
    assert len(listed(Listed.ENROLLED)) == counted[Figure.BATCHES].persons
    assert sum(each.lessons for each in listed(Listed.LESSONS)) == counted[Figure.LESSONS].count
    assert sum(each.times for each in listed(Listed.LESSONS)) == counted[Figure.LESSONS].person_times
    assert {each.name for each in listed(Listed.ATTENDED)} == {
        people.person(each.person_id).name for each in chain.attended
    }
    assert len(listed(Listed.CERTIFICATES)) == len(listed(Listed.CERTIFIED)) == 3
    assert len(listed(Listed.HIRED)) == counted[Figure.WORK].persons
    assert sum(each.fen for each in listed(Listed.WORK)) == counted[Figure.INCOME].fen
    assert len(listed(Listed.EMPLOYERS)) == counted[Figure.EMPLOYERS].count
    assert len(listed(Listed.PEOPLE)) == counted[Figure.PEOPLE].persons
    assert len(listed(Listed.ORDERS)) == counted[Figure.ORDERS].count == 1


def test_what_was_taken_back_leaves_the_numbers_and_the_lists(chain):
    engagements.remove(actor=chain.employer.actor, engagement=chain.hires[0], reason="记错了")

    assert figures.numbers(LUNAN, ALL)[Figure.WORK] == Number(persons=1, person_times=1)
    assert len(listed(Listed.HIRED)) == len(listed(Listed.WORK)) == 1


def test_a_long_list_goes_on_where_the_page_before_ended(persons):
    for _ in range(records.SHOWN + 2):
        persons.trainee()

    first = records.page(Listed.PEOPLE, LUNAN, ALL, after=None)
    second = records.page(Listed.PEOPLE, LUNAN, ALL, after=first.next)

    assert len(first.items) == records.SHOWN
    assert len(first.items) + len(second.items) == figures.numbers(LUNAN, ALL)[Figure.PEOPLE].persons
    assert not {each.key for each in first.items} & {each.key for each in second.items}
    assert second.next is None


def test_the_page_shows_the_numbers_and_each_leads_to_its_list(browse, persons, chain):
    page = browse(persons.officer()).get("/office/figures")

    assert page.status_code == 200
    assert 'href="/office/figures/lessons?district=130202">8<' in page.text
    assert "2025-11" in page.text, "the months behind the chart"


@pytest.mark.parametrize("which", LINKED)
def test_every_list_opens_for_officers_and_auditors(browse, persons, chain, which):
    for reader in (persons.officer(), persons.auditor()):
        page = browse(reader).get(f"/office/figures/{which}?from=2025-01-01")

        assert page.status_code == 200
        assert page.text.count("<h1") == 1
        assert not WHOLE_NUMBER.search(page.text)


def test_a_day_that_is_none_is_named_and_everything_is_shown(browse, persons, chain):
    page = browse(persons.officer()).get("/office/figures?from=2025-13-01&to=2025-11-30")

    assert page.status_code == 422
    assert "填了“2025-13-01”" in page.text
    assert 'href="/office/figures/lessons?district=130202&amp;to=2025-11-30">8<' in page.text


def test_an_end_before_the_start_is_named(browse, persons):
    page = browse(persons.officer()).get("/office/figures?from=2025-11-30&to=2025-11-01")

    assert page.status_code == 422
    assert "结束日期早于开始日期" in page.text


@pytest.mark.parametrize("address", ["/office/figures", "/office/figures/people", "/office/cohort"])
def test_another_district_is_not_there(browse, persons, address):
    assert browse(persons.officer()).get(f"{address}?district={LIWAN}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/office/figures/wages",
        "/office/cohort?group=%E6%97%A0",
        "/office/cohort?course=X",
        "/office/cohort?show=x",
    ],
)
def test_what_is_not_counted_is_not_there(browse, persons, address):
    assert browse(persons.officer()).get(address).status_code == 404


@pytest.fixture
def grouped(chain, session):
    """Everybody of the chain bears a group tag."""
    with unit_of_work() as unit:
        for each in chain.people:
            unit.session.get(Person, each.person_id).groups = ["家政登记"]
    return chain


def test_a_cohort_narrows_from_the_register_to_work(grouped):
    course = grouped.batch.view.course.code
    found = cohorts.cohort(LUNAN, group="家政登记", course=course)

    assert [len(found.at(step)) for step in cohorts.Step] == [5, 3, 2]
    assert found.placed < found.trained < found.registered


def test_a_cohort_in_a_place_where_nobody_works_ends_with_nobody(grouped):
    course = grouped.batch.view.course.code

    assert not cohorts.cohort(LUNAN, group="家政登记", course=course, places=("北京市",)).placed


def test_the_page_of_a_cohort_lists_who_stands_behind_a_step(browse, persons, grouped):
    course = grouped.batch.view.course.code
    page = browse(persons.officer()).get(f"/office/cohort?group=家政登记&course={course}&show=placed")

    assert page.status_code == 200
    names = {people.person(each.person_id).name for each in grouped.people}
    hired = {people.person(each.person_id).name for each in grouped.hired}
    assert {name for name in names if f">{name}<" in page.text} == hired
