"""One-time links: who may make them, what their holder must know, and what a thief of one can do."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from skillhub.accounts.errors import InvitationOver, NotToInvite, SignsInAlready
from skillhub.accounts.model import Invitation
from skillhub.accounts.queries import actors, invitations, people
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import accepting, grants, passwords, registration
from skillhub.accounts.service import invitations as service
from skillhub.base import outbox
from skillhub.base.access import ANONYMOUS, Role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound, TooMany
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS

PHONE, GOOD = "18800000001", "秋天的梧桐叶落了"


@pytest.fixture
def officer(persons):
    return persons.officer()


@pytest.fixture
def invited(officer):
    """Somebody of the desk who has a link and no password."""
    made = service.introduce(actor=officer.actor, name="钱新来", phone=PHONE, role="desk", district=LUNAN)
    return made.link


def accept(token, chosen=GOOD, phone=PHONE, address="192.0.2.1"):
    return accepting.accept(actor=ANONYMOUS, token=token, phone=phone, password=chosen, address=address)


def test_a_link_and_the_phone_together_set_a_password_once(invited):
    signed = accept(invited.token)

    assert [(grant.role, grant.district) for grant in signed.actor.grants] == [(Role.DESK, LUNAN)]
    assert passwords.has_one(person_id=signed.person_id)
    with pytest.raises(InvitationOver):
        accept(invited.token)


def test_the_link_stands_nowhere(session, invited, dump):
    assert invited.token not in dump("invitation") + dump("audit_entry")
    assert len(invited.token) >= 22, "128 bits and more"


def test_a_thief_of_the_link_needs_the_phone_and_has_few_tries(session, invited):
    for number in range(LIMITS.wrong_tries_per_account):
        with pytest.raises(Invalid):
            accept(invited.token, phone=f"1990000{number:04d}")
    with pytest.raises(TooMany):
        accept(invited.token)
    for number in range(LIMITS.invitation_wrong_tries - LIMITS.wrong_tries_per_account):
        with pytest.raises(Invalid):
            accept(invited.token, phone=f"1990000{number:04d}", address=f"192.0.2.{number + 2}")
    with pytest.raises(InvitationOver):
        accept(invited.token, address="192.0.2.99")


def test_a_weak_password_costs_no_try(invited):
    for _ in range(LIMITS.wrong_tries_per_account + 2):
        with pytest.raises(Invalid) as caught:
            accept(invited.token, "12345678")
        assert [each.field for each in caught.value.errors] == ["password"]
    assert accept(invited.token).person_id


def test_a_link_is_over_after_three_days_of_real_time(invited, frozen):
    frozen.advance(days=30)
    assert accepting.readable(actor=ANONYMOUS, token=invited.token).is_open, "no moved clock ends it"
    with unit_of_work() as unit:
        unit.session.execute(update(Invitation).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    with pytest.raises(InvitationOver):
        accept(invited.token)


def test_a_new_link_ends_the_old_one_and_so_does_taking_it_back(officer, invited):
    again = service.renew(actor=officer.actor, invitation=invited.handle)
    with pytest.raises(InvitationOver):
        accept(invited.token)
    service.revoke(actor=officer.actor, invitation=again.handle)
    service.revoke(actor=officer.actor, invitation=again.handle)
    with pytest.raises(InvitationOver):
        accept(again.token)


def test_a_role_that_ends_takes_its_link_along(officer, invited):
    person = people.by_handle(invited.person)
    grant = next(each.id for each in actors.grants_of(person.id) if each.role is Role.DESK)
    grants.end(actor=officer.actor, grant=grant)

    with pytest.raises(InvitationOver):
        accept(invited.token)


def test_who_has_a_password_gets_the_role_and_no_link(officer, invited):
    accept(invited.token)
    again = service.introduce(actor=officer.actor, name="钱新来", phone=PHONE, role="desk", district=LUNAN)

    assert again.link is None and isinstance(again.why, SignsInAlready)
    with pytest.raises(SignsInAlready):
        service.renew(actor=officer.actor, invitation=invited.handle)


def test_an_officer_makes_no_link_for_who_works_elsewhere_or_is_an_officer(officer, persons):
    """Else one officer could act as two, or in another district."""
    second, elsewhere = persons.officer(), persons.desk(LIWAN)
    for person in (second, elsewhere):
        made = service.introduce(
            actor=officer.actor, name=person.name, phone=person.phone, role="desk", district=LUNAN
        )
        if person is elsewhere:
            assert made.link is None or made.person != person.handle
        with unit_of_work() as unit, pytest.raises(NotToInvite):
            service.invite_in(
                unit, actor=officer.actor, person_id=person.person_id, role=Role.DESK, district=LUNAN
            )


@pytest.mark.parametrize("role", ["officer", "auditor", "operator", "trainee", "queen"])
def test_only_those_who_work_under_an_officer_are_invited_at_the_pages(officer, role):
    with pytest.raises(Invalid):
        service.introduce(actor=officer.actor, name="钱新来", phone=PHONE, role=role, district=LUNAN)


def test_links_of_another_district_do_not_exist(persons, invited):
    stranger = persons.officer(LIWAN)
    for act in (service.renew, service.revoke):
        with pytest.raises(NotFound):
            act(actor=stranger.actor, invitation=invited.handle)
    with pytest.raises(NotFound):
        service.introduce(actor=stranger.actor, name="甲", phone=PHONE, role="desk", district=LUNAN)
    with pytest.raises(NotFound):
        accepting.readable(actor=stranger.actor, token=invited.token)
    with pytest.raises(Forbidden):
        service.revoke(actor=persons.desk().actor, invitation=invited.handle)


def test_staff_who_are_invited_are_no_trainees(invited):
    person = people.by_handle(invited.person)

    assert [each.role for each in actors.grants_of(person.id)] == [Role.DESK]


def test_a_forgotten_password_is_taken_away_at_the_command_line_only(officer, invited):
    accept(invited.token)
    with pytest.raises(SignsInAlready):
        service.invite_again(actor=TESTS, person=invited.person)
    with pytest.raises(NotFound):
        service.invite_again(actor=officer.actor, person=invited.person, has_forgotten=True)

    again = service.invite_again(actor=TESTS, person=invited.person, has_forgotten=True)
    assert accept(again.token, "另一个很长的密码").person_id


def test_a_link_can_be_sent_to_the_phone(officer):
    service.introduce(
        actor=officer.actor,
        name="钱新来",
        phone=PHONE,
        role="desk",
        district=LUNAN,
        link="http://localhost/invitations/{token}",
    )

    (message,) = outbox.messages(PHONE)
    assert "http://localhost/invitations/" in message.text and "{token}" not in message.text
    token = message.text.split("/invitations/")[1].split("。")[0]
    assert accept(token).person_id


def test_the_page_shows_a_link_once_and_a_double_click_makes_none_more(app, session, officer):
    browser = signed_in(app, officer)
    fields = hidden_fields(browser.get("/office/invitations").text)
    fields |= {"name": "钱新来", "phone": PHONE, "role": "desk", "organisation": "", "way": "print"}

    first = browser.post("/office/invitations", data=fields)
    second = browser.post("/office/invitations", data=fields)

    assert "/invitations/" in first.text and first.headers["Cache-Control"] == "no-store"
    assert second.status_code == 302
    assert "链接只显示一次" in browser.get("/office/invitations").text
    assert len(list(session.scalars(select(Invitation.id)))) == 1


def test_the_page_of_a_link_lets_in_and_leads_home(app, invited):
    browser = app.test_client()
    there = f"/invitations/{invited.token}"
    page = browser.get(there)
    assert "钱＊来" in page.text and "钱新来" not in page.text and PHONE not in page.text

    wrong = browser.post(there, data=hidden_fields(page.text) | {"phone": "18800000009", "password": GOOD})
    assert wrong.status_code == 422 and "和登记的不一样" in wrong.text
    done = browser.post(there, data=hidden_fields(page.text) | {"phone": PHONE, "password": GOOD})
    assert (done.status_code, done.location) == (302, "/desk")
    assert "密码设好了" in browser.get(done.location).text
    over = app.test_client().get(there)
    assert over.status_code == 410 and "链接不能用了" in over.text


def test_the_list_of_a_district_holds_no_links_of_officers(app, officer, persons, invited):
    second = persons.officer()
    with unit_of_work() as unit:
        service.invite_in(unit, actor=TESTS, person_id=second.person_id, role=Role.OFFICER, district=LUNAN)
    made = next(each for each in invitations.open_ones(LUNAN) if each.role is Role.OFFICER)

    page = signed_in(app, officer).get("/office/invitations").text
    assert "钱新来" in page and second.name not in page
    with pytest.raises(NotFound):
        service.revoke(actor=officer.actor, invitation=made.handle)


def test_staff_are_found_again_by_name_and_phone(invited):
    with unit_of_work() as unit:
        found = registration.staff_in(unit, actor=TESTS, name="钱新来", phone=PHONE, district=LUNAN)

    assert people.person(found).handle == invited.person
