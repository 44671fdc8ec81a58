"""The staff finds one person by what the person shows or tells; every search is on record."""

from datetime import date

import pytest
from sqlalchemy import select

from skillhub.accounts.errors import TooManySearches
from skillhub.accounts.queries import people, wishes
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import finding
from skillhub.accounts.service import people as people_service
from skillhub.accounts.service.finding import Clue
from skillhub.base.audit import AuditEntry
from skillhub.base.db import db
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.testing.clients import submit
from skillhub.testing.factories.accounts import filing, signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN


@pytest.fixture
def clerk(persons):
    return persons.desk()


@pytest.fixture
def guest(persons):
    return persons.trainee(born="19751108")


def find(clerk, **clue):
    return [each.handle for each in finding.find(actor=clerk.actor, district=LUNAN, clue=Clue(**clue))]


def searches():
    return db.session.scalars(select(AuditEntry).where(AuditEntry.verb == finding.SEARCH)).all()


def test_a_whole_number_or_the_handle_finds_the_person(clerk, guest):
    number = people.id_number_of(guest.person_id)

    for who in (
        guest.phone,
        number,
        guest.handle,
        guest.handle.upper(),
        f" {guest.phone[:3]} {guest.phone[3:]} ",
    ):
        assert find(clerk, who=who) == [guest.handle], who


def test_the_name_with_the_end_of_the_phone_finds_the_person(clerk, guest, persons):
    persons.trainee()

    assert find(clerk, name=guest.name, phone_tail=guest.phone[-4:]) == [guest.handle]
    assert find(clerk, name=guest.name, phone_tail="0000") == []


def test_the_end_of_the_document_with_the_birthday_finds_the_person(clerk, guest):
    found = people.person(guest.person_id)

    assert find(clerk, id_last4=found.id_last4.lower(), born_on=found.birth_on) == [guest.handle]
    assert find(clerk, id_last4=found.id_last4, born_on=date(1970, 1, 1)) == []


@pytest.mark.parametrize(
    ("clue", "field"),
    [
        ({}, "who"),
        ({"name": "测试"}, "phone_tail"),
        ({"id_last4": "1234"}, "born_on"),
        ({"who": "1990"}, "who"),
        ({"name": "测试", "phone_tail": "12"}, "phone_tail"),
        ({"id_last4": "1", "born_on": date(1975, 3, 8)}, "id_last4"),
    ],
)
def test_nobody_is_found_by_half_a_clue(clerk, guest, clue, field):
    with pytest.raises(Invalid) as refused:
        find(clerk, **clue)
    assert [each.field for each in refused.value.errors] == [field]


def test_people_of_other_districts_are_not_found(clerk, persons):
    stranger = persons.trainee(LIWAN)

    assert find(clerk, who=stranger.phone) == []
    with pytest.raises(NotFound):
        finding.find(actor=clerk.actor, district=LIWAN, clue=Clue(who=stranger.phone))
    with pytest.raises(Forbidden):
        finding.find(actor=persons.employer().actor, district=LUNAN, clue=Clue(who=stranger.phone))


def test_every_search_is_on_record_with_whom_it_showed_and_without_what_was_typed(clerk, guest):
    find(clerk, who=guest.phone)
    find(clerk, name=guest.name, phone_tail="0000")

    first, second = searches()
    assert (first.actor_id, first.facts) == (clerk.person_id, {"by": "phone", "found": [guest.person_id]})
    assert second.facts == {"by": "name", "found": []}


def test_nobody_goes_through_the_register_by_searching(clerk, guest):
    for _ in range(finding.MOST_SEARCHES):
        find(clerk, who=guest.phone)

    with pytest.raises(TooManySearches):
        find(clerk, who=guest.phone)


def test_the_page_opens_who_is_named_and_lists_who_may_be_meant(app, clerk, guest):
    browser = signed_in(app, clerk)

    named = submit(browser, "/desk/people", who=guest.phone)
    assert named.location == f"/people/{guest.handle}"
    meant = submit(browser, "/desk/people", name=guest.name, phone_tail=guest.phone[-4:])
    assert f"/people/{guest.handle}" in meant.text
    assert guest.name not in meant.text.replace(f'value="{guest.name}"', "")
    none = submit(browser, "/desk/people", who="18800000000")
    assert "本区没有这个人" in none.text


def test_the_wishes_of_the_district_lead_to_the_files(app, clerk, persons):
    wished = filing(wish=WishMade("course", "家务服务"))
    handle = people_service.file(actor=clerk.actor, filing=wished).handle

    page = signed_in(app, clerk).get("/office/wishes?trade=家务服务&kind=course").text
    assert f"/people/{handle}" in page
    assert wished.name not in page
    assert handle not in signed_in(app, clerk).get("/office/wishes?kind=job").text
    assert handle not in signed_in(app, persons.desk(LIWAN)).get("/office/wishes").text


def test_wishes_go_page_by_page_without_gaps(clerk, frozen):
    handles = []
    for _ in range(5):
        made = people_service.file(actor=clerk.actor, filing=filing(wish=WishMade("job", "保洁")))
        handles.append(made.handle)
    frozen.advance(days=1)

    seen, after = [], None
    while True:
        page = wishes.page(district=LUNAN, after=after, limit=2)
        seen += [each.handle for each in page.items]
        after = page.next
        if after is None:
            break
    assert seen == handles[::-1]
    assert wishes.trades(LUNAN) == (("保洁", 5),)
