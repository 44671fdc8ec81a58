"""A person's own messages, and how the person wants to be told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from skillhub.accounts.model import Consent, MailAddress
from skillhub.accounts.queries import mail as queries
from skillhub.accounts.rules import mail as rules
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import mail
from skillhub.accounts.wrong import Wrong
from skillhub.base import clock, outbox, post
from skillhub.base.access import ANONYMOUS
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Invalid, TooMany, Unauthenticated
from skillhub.base.outbox.wishes import Choice
from skillhub.base.post import Channel, Gateways
from skillhub.testing.clients import hidden_fields, submit
from skillhub.testing.factories.accounts import signed_in

ADDRESS = "zhou@example.cn"
SETTINGS = "/me/messages/settings"


def code_to(address: str) -> str:
    return [each.code for each in outbox.messages() if each.to == address and each.code][-1]


def confirmed(person, address: str = ADDRESS) -> None:
    mail.ask(actor=person.actor, address=address)
    mail.confirm(actor=person.actor, code=code_to(address))


def codes(invalid) -> list[str]:
    return [each.code for each in invalid.value.errors]


def told(person, kind: str = "application.enrolled", text: str = "您已录取。") -> None:
    with unit_of_work() as unit:
        outbox.put(unit, phone=person.phone, kind=kind, text=text, person_id=person.person_id)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" Zhou.Mei+1@Example.CN ", "Zhou.Mei+1@example.cn"),
        ("ｚｈｏｕ＠ｅｘａｍｐｌｅ．ｃｎ", "zhou@example.cn"),
    ],
)
def test_an_address_is_read_as_people_type_it(typed, read):
    assert rules.address(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "zhou",
        "zhou@",
        "@example.cn",
        "zhou@example",
        "zhou mei@example.cn",
        "a@b.cn,c@d.cn",
        "a@b.cn\r\nBcc: c@d.cn",
        "zhou..mei@example.cn",
        ".zhou@example.cn",
        "<zhou@example.cn>",
        "周@example.cn",
        "a" * 120 + "@example.cn",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Wrong, match="mail_form"):
        rules.address(typed)


@pytest.mark.parametrize(("whole", "shown"), [("zhou@b.cn", "zh＊@b.cn"), ("z@b.cn", "z＊@b.cn")])
def test_an_address_is_shown_so_that_only_its_owner_knows_it(whole, shown):
    assert rules.masked(whole) == shown


def test_an_address_counts_once_its_code_has_been_typed(persons, audited, dump):
    person = persons.trainee()
    mail.ask(actor=person.actor, address=ADDRESS)
    assert queries.choice_of(person.person_id).mail is None

    mail.confirm(actor=person.actor, code=f" {code_to(ADDRESS)} ")

    assert queries.choice_of(person.person_id) == Choice(Channel.MAIL, Channel.MAIL, ADDRESS)
    assert audited()[-1] == "mail.confirm"
    assert ADDRESS not in dump("mail_address") + dump("outbox_message") + dump("audit_entry")


def test_a_code_for_an_address_works_once_for_its_person_and_not_for_long(persons):
    person, other = persons.trainee(), persons.trainee()
    mail.ask(actor=person.actor, address=ADDRESS)
    code = code_to(ADDRESS)
    with pytest.raises(Invalid):
        mail.confirm(actor=other.actor, code=code)
    mail.confirm(actor=person.actor, code=code)
    with pytest.raises(Invalid) as again:
        mail.confirm(actor=person.actor, code=code)
    assert codes(again) == ["mail_code_wrong"]

    mail.ask(actor=other.actor, address=ADDRESS)
    with unit_of_work() as unit:
        unit.session.execute(update(MailAddress).values(code_until=clock.real_now() - timedelta(seconds=1)))
    with pytest.raises(Invalid):
        mail.confirm(actor=other.actor, code=code_to(ADDRESS))


def test_guessing_a_code_ends_after_a_few_tries(persons):
    person = persons.trainee()
    mail.ask(actor=person.actor, address=ADDRESS)
    right = code_to(ADDRESS)
    for _ in range(LIMITS.mail_wrong_tries):
        with pytest.raises(Invalid):
            mail.confirm(actor=person.actor, code="x")

    with pytest.raises(Invalid):
        mail.confirm(actor=person.actor, code=right)


def test_nobody_fills_a_strangers_mailbox(persons):
    person = persons.trainee()
    for _ in range(LIMITS.mail_codes_per_person):
        mail.ask(actor=person.actor, address=ADDRESS)

    with pytest.raises(TooMany):
        mail.ask(actor=person.actor, address=ADDRESS)


def test_consent_is_kept_with_its_text_and_withdrawn_in_one_step(persons, session):
    person = persons.trainee()
    confirmed(person)
    given = session.scalars(select(Consent).where(Consent.purpose == "mail")).one()
    assert (given.person_id, given.text_version, given.withdrawn_at) == (person.person_id, "2025-11", None)

    mail.withdraw(actor=person.actor)
    mail.withdraw(actor=person.actor)

    session.refresh(given)
    assert given.withdrawn_at is not None
    assert queries.choice_of(person.person_id) == Choice()


def test_another_address_takes_the_place_of_the_first(persons):
    person = persons.trainee()
    confirmed(person)
    confirmed(person, "zhou@other.example")

    assert queries.choice_of(person.person_id).mail == "zhou@other.example"


def test_a_way_is_chosen_for_decisions_and_for_news(persons):
    person = persons.trainee()
    with pytest.raises(Invalid) as caught:
        mail.choose(actor=person.actor, decisions="mail", news="pigeon")
    assert codes(caught) == ["mail_needed", "channel_unknown"]

    mail.choose(actor=person.actor, decisions="page", news="sms")

    told(person)
    told(person, "course.opened", "新班。")
    assert [each.kind for each in outbox.messages(person.phone)] == ["course.opened"]
    assert [each.text for each in outbox.of_person(person.person_id)] == ["新班。", "您已录取。"]


def test_without_a_mail_server_nobody_is_led_to_believe_in_one(app, persons, client):
    person = persons.trainee()
    before = post.in_use()
    post.use(app, Gateways(is_for_real=True))
    try:
        with pytest.raises(Invalid) as caught:
            mail.ask(actor=person.actor, address=ADDRESS)
        page = signed_in(app, person).get(SETTINGS).text
    finally:
        post.use(app, before)

    assert codes(caught) == ["mail_closed"]
    assert "没有开通邮件" in page
    assert 'name="mail"' not in page


def test_nobody_chooses_for_nobody(session):
    for call in (
        lambda: mail.ask(actor=ANONYMOUS, address=ADDRESS),
        lambda: mail.confirm(actor=ANONYMOUS, code="1"),
        lambda: mail.withdraw(actor=ANONYMOUS),
        lambda: mail.choose(actor=ANONYMOUS, decisions="sms", news="sms"),
    ):
        with pytest.raises(Unauthenticated):
            call()


def test_the_page_shows_a_persons_own_messages_and_nobody_elses(app, persons):
    person, spouse = persons.trainee(), persons.trainee()
    told(person)
    told(spouse, text="这是别人的。")

    page = signed_in(app, person).get("/me/messages").text

    assert "您已录取。" in page
    assert "这是别人的。" not in page
    assert 'href="/me/messages/settings"' in page
    assert signed_in(app, spouse).get("/me/messages").text.count("您已录取。") == 0


def test_codes_stand_on_no_page(app, persons):
    person = persons.trainee()
    browser = signed_in(app, person)
    submit(app.test_client(), "/sign-in", phone=person.phone, act="send")

    assert "还没有消息" in browser.get("/me/messages").text


def test_an_address_is_given_and_withdrawn_on_the_page(app, persons):
    person = persons.trainee()
    browser = signed_in(app, person)

    wrong = submit(browser, SETTINGS, f"{SETTINGS}/mail", mail="zhou")
    asked = submit(browser, SETTINGS, f"{SETTINGS}/mail", mail=ADDRESS)
    typo = submit(browser, SETTINGS, f"{SETTINGS}/mail/confirmation", code="000")
    done = submit(browser, SETTINGS, f"{SETTINGS}/mail/confirmation", code=code_to(ADDRESS))

    assert (wrong.status_code, asked.status_code, typo.status_code, done.status_code) == (422, 302, 422, 302)
    assert "这不像是邮箱" in wrong.text
    assert 'value="zhou"' in wrong.text
    assert "确认码不对" in typo.text
    page = browser.get(SETTINGS).text
    assert "zh＊@example.cn" in page
    assert ADDRESS not in page
    assert submit(browser, SETTINGS, f"{SETTINGS}/mail/withdrawal").status_code == 302
    assert "zh＊" not in browser.get(SETTINGS).text


def test_asking_twice_by_a_double_click_sends_one_code(app, persons):
    browser = signed_in(app, persons.trainee())
    fields = hidden_fields(browser.get(SETTINGS).text) | {"mail": ADDRESS}

    for _ in range(2):
        assert browser.post(f"{SETTINGS}/mail", data=fields).status_code == 302

    assert len([each for each in outbox.messages() if each.to == ADDRESS]) == 1


def test_asking_too_often_is_answered_calmly(app, persons):
    person = persons.trainee()
    browser = signed_in(app, person)
    for _ in range(LIMITS.mail_codes_per_person):
        mail.ask(actor=person.actor, address=ADDRESS)

    page = submit(browser, SETTINGS, f"{SETTINGS}/mail", mail=ADDRESS)

    assert page.status_code == 422
    assert "次数太多" in page.text


def test_a_choice_is_kept_on_the_page(app, persons):
    person = persons.trainee()
    browser = signed_in(app, person)

    done = submit(browser, SETTINGS, decisions="sms", news="page")
    bent = submit(browser, SETTINGS, decisions="mail", news="page")

    assert (done.status_code, bent.status_code) == (302, 422)
    assert queries.choice_of(person.person_id) == Choice(Channel.SMS, Channel.PAGE)


@pytest.mark.parametrize(
    "path", ["", "/settings", "/settings/mail", "/settings/mail/confirmation", "/settings/mail/withdrawal"]
)
def test_who_is_not_signed_in_is_led_to_signing_in_or_refused(client, district, path):
    answers = {client.get(f"/me/messages{path}").status_code, client.post(f"/me/messages{path}").status_code}

    assert answers <= {302, 400, 401, 405}
