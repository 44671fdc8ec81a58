"""The way of a message from being written to its end: sent once, tried again, given up, never lost."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from skillhub.base import outbox, post
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Conflict
from skillhub.base.outbox import health, reading, wishes
from skillhub.base.outbox.model import OutboxMessage
from skillhub.base.outbox.wishes import Choice
from skillhub.base.outbox.writing import GIVEN_UP_AFTER
from skillhub.base.post import Channel, Gateways
from tests.post.servers import HOST, closed_port


@pytest.fixture
def states(session):
    """The state of each message, in order of writing."""
    return lambda: list(session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))


@pytest.fixture
def down(app, office):
    """Takes the SMS gateway away, and gives it back when it is called with True."""
    sms = office.gateways.by_channel[Channel.SMS]

    def down(*, is_back=False):
        made = sms if is_back else replace(sms, url=f"http://{HOST}:{closed_port()}/")
        post.use(app, Gateways({**office.gateways.by_channel, Channel.SMS: made}))

    return down


def texts(server):
    return [each["text"] for each in server.received]


def test_a_message_leaves_once(office, write, sms_server, states):
    write()

    assert office.turn() == 1
    assert office.turn() == 0
    office.advance(hours=2)
    assert office.turn() == 0

    assert texts(sms_server) == ["第1条"]
    assert states() == ["sent"]


def test_every_try_is_in_the_log_with_what_the_gateway_calls_it_and_without_text_or_phone(
    office, write, sms_server, caplog
):
    sms_server.script = [(500, {}, b""), (200, {}, b'{"code": 0, "number": "g-77"}')]
    caplog.set_level(logging.DEBUG)
    write()
    office.turn()
    office.advance(minutes=20)
    office.turn()

    last, first = reading.tries()
    assert (first.outcome, first.code, first.gateway_id) == ("later", "500", None)
    assert (last.outcome, last.code, last.gateway_id) == ("taken", "200", "g-77")
    assert first.message == last.message == sms_server.ids[0]
    said = f"{reading.tries()} {caplog.text}"
    assert "188000" not in said
    assert "第1条" not in said


def test_what_a_unit_rolls_back_never_leaves(office, sms_server):
    def write_and_fail():
        with unit_of_work() as unit:
            outbox.put(unit, phone="18800000001", kind="application.enrolled", text="一")
            raise Conflict

    with pytest.raises(Conflict):
        write_and_fail()
    office.until_quiet()

    assert sms_server.received == []


def test_a_message_that_fails_is_tried_again_later_each_time_under_the_same_id(office, write, sms_server):
    sms_server.script = [(500, {}, b"")] * 4
    write()
    waited = []
    for _ in range(5):
        before = office.at
        while not office.turn(dice=1.0) and len(sms_server.received) == len(waited):
            office.advance(seconds=1)
        waited.append(office.at - before)

    assert len(set(sms_server.ids)) == 1
    assert len(sms_server.ids) == 5
    assert waited[1] < waited[2] < waited[3] < waited[4]


def test_what_is_refused_for_good_ends_and_the_next_goes_on(office, write, sms_server, states):
    sms_server.script = [(400, {}, b"")]
    write(2)
    office.until_quiet()
    office.advance(hours=1)
    office.until_quiet()

    assert states() == ["failed", "sent"]
    assert texts(sms_server) == ["第1条", "第2条"]


def test_a_gateway_that_is_away_for_an_hour_loses_nothing_and_gets_all_in_order(
    office, write, sms_server, down, states
):
    down()
    write(30)
    for _ in range(360):
        office.turn()
        office.advance(seconds=10)

    tries = len(reading.tries(limit=1000))
    assert set(states()) == {"waiting"}
    assert 10 <= tries <= 40, "it is asked now and then, and not hammered"

    down(is_back=True)
    office.advance(minutes=5)
    office.until_quiet()

    assert texts(sms_server) == [f"第{number}条" for number in range(1, 31)]
    assert set(states()) == {"sent"}


def test_a_mail_server_that_is_away_for_an_hour_gets_all_in_order(app, office, write, mail_server, states):
    mail = office.gateways.by_channel[Channel.MAIL]
    post.use(app, Gateways({Channel.MAIL: replace(mail, port=closed_port())}))
    write(10, phone=None, mail="zhou@example.cn", kind="email.code")
    for _ in range(120):
        office.turn(Channel.MAIL)
        office.advance(seconds=30)
    assert mail_server.letters == []
    assert set(states()) == {"waiting"}

    post.use(app, office.gateways)
    office.advance(minutes=5)
    office.until_quiet(Channel.MAIL)

    ids = [each["text"].split(b"Message-ID: <")[1].split(b"@")[0] for each in mail_server.letters]
    assert len(ids) == len(set(ids)) == 10
    assert set(states()) == {"sent"}


def test_a_message_that_no_gateway_can_take_does_not_hold_up_the_others(office, write, sms_server, states):
    sms_server.script = [(500, {}, b"")]
    write(3)
    office.until_quiet()

    assert states() == ["waiting", "sent", "sent"]


def test_a_gateway_that_fails_every_message_rests(office, write, sms_server):
    sms_server.usual = (500, {}, b"")
    write(40)
    office.until_quiet()

    assert len(sms_server.received) == 3
    office.advance(seconds=5)
    office.turn()
    assert len(sms_server.received) == 4


def test_what_cannot_be_sent_for_a_day_is_given_up(office, write, down, states, sms_server):
    down()
    write()
    office.turn()
    office.advance(seconds=GIVEN_UP_AFTER.total_seconds() + 1)
    down(is_back=True)
    office.until_quiet()

    assert states() == ["expired"]
    assert sms_server.received == []


def test_a_code_is_not_sent_once_it_is_over(office, write, states, sms_server):
    write(kind="sign_in.code", code="123456", good_until=office.at + timedelta(minutes=5))
    office.advance(minutes=5)
    office.until_quiet()

    assert states() == ["expired"]
    assert sms_server.received == []


def test_codes_go_before_what_waits(office, write, sms_server):
    write(2)
    write(kind="sign_in.code", text="码")
    office.until_quiet()

    assert texts(sms_server) == ["码", "第1条", "第2条"]


def test_a_worker_that_dies_after_handing_over_leaves_a_double_of_the_same_id(
    office, write, sms_server, states, monkeypatch
):
    write()
    with monkeypatch.context() as broken:
        broken.setattr("skillhub.base.outbox.notes.note", dies)
        with pytest.raises(SystemExit):
            office.turn()
    assert states() == ["sending"]
    assert office.turn() == 0, "somebody may still be at it"

    office.advance(seconds=91)
    office.until_quiet()

    assert len(sms_server.ids) == 2
    assert len(set(sms_server.ids)) == 1
    assert states() == ["sent"]


def dies(*_found, **_named):
    raise SystemExit


def test_a_change_of_state_is_told_once_however_often_it_is_written(office, write, sms_server):
    write(2, once_key="application.enrolled:7:1")
    write(1, once_key="application.enrolled:7:2")
    write(1, once_key="application.enrolled:8:1")
    office.until_quiet()

    assert len(sms_server.received) == 3


def test_who_chose_mail_gets_mail_and_codes_by_sms_all_the_same(app, office, write, sms_server, mail_server):
    wishes_of(app, {7: Choice(Channel.MAIL, Channel.PAGE, "zhou@example.cn")})
    write(person_id=7)
    write(person_id=7, kind="course.opened")
    write(kind="sign_in.code", text="码")
    office.until_quiet()
    office.until_quiet(Channel.MAIL)

    assert texts(sms_server) == ["码"]
    assert [each["RCPT"] for each in mail_server.letters] == ["<zhou@example.cn>"]
    assert [(each.kind, each.state) for each in outbox.notes_of_person(7)] == [
        ("course.opened", "kept"),
        ("application.enrolled", "sent"),
    ]


def test_a_choice_acts_on_what_waits_already(app, office, write, sms_server, down):
    down()
    write(person_id=7)
    office.turn()
    wishes_of(app, {7: Choice(Channel.PAGE)})
    with unit_of_work() as unit:
        outbox.choose_again(unit, person_id=7)
    down(is_back=True)
    office.advance(minutes=10)
    office.until_quiet()

    assert sms_server.received == []


def test_an_address_that_is_gone_when_its_turn_comes_sends_the_message_by_sms(app, office, write, sms_server):
    wishes_of(app, {7: Choice(Channel.MAIL, mail="zhou@example.cn")})
    write(person_id=7)
    office.turn(Channel.SMS)
    wishes_of(app, {})
    office.until_quiet(Channel.MAIL)
    office.until_quiet()

    assert texts(sms_server) == ["第1条"]


def test_who_has_no_phone_reads_it_on_the_own_page(office, write, sms_server):
    write(person_id=7, phone=None)
    office.until_quiet()

    assert sms_server.received == []
    (own,) = outbox.of_person(7)
    assert (own.text, own.state) == ("第1条", "kept")
    assert outbox.of_person(8) == ()


def wishes_of(app, choices):
    wishes.use(app, lambda ids: {each: choices[each] for each in ids if each in choices})


@pytest.fixture(autouse=True)
def _same_choices_afterwards(app):
    before = app.extensions[wishes.EXTENSION]
    yield
    app.extensions[wishes.EXTENSION] = before


def test_without_a_gateway_nothing_leaves_in_a_demonstration_and_it_can_be_read(app, office, write, states):
    post.use(app, Gateways())
    write(code="123456")
    office.until_quiet()

    assert states() == ["kept"]
    (message,) = outbox.messages()
    assert (message.text, message.code) == ("第1条", "123456")
    post.use(app, office.gateways)
    office.until_quiet()
    assert states() == ["kept"], "what was not to leave does not leave later"


def test_without_a_gateway_messages_wait_in_production_for_all_to_see(
    app, production, write, states, session
):
    post.use(app, Gateways(is_for_real=True))
    write(3)
    production.until_quiet()
    assert states() == ["waiting"] * 3
    assert health.trouble(session, post.in_use()) == "no sms gateway is connected, 3 messages wait"

    post.use(app, replace(production.gateways, is_for_real=True))
    production.until_quiet()
    assert states() == ["sent"] * 3
    assert health.trouble(session, post.in_use()) is None


def test_a_gateway_that_keeps_failing_is_told_with_its_code(office, write, down, session):
    down()
    write()
    for _ in range(3):
        office.turn()
        office.advance(minutes=6)

    assert health.trouble(session, post.in_use()) == (
        "the sms gateway has failed 3 times in a row (connection_refused)"
    )


def test_history_is_told_to_nobody(office, write, sms_server, states):
    with outbox.held_back():
        write(2)
    office.until_quiet()

    assert states() == ["kept", "kept"]
    assert sms_server.received == []


def test_in_production_no_code_is_kept_once_it_has_left(production, write, session, states):
    write(kind="sign_in.code", code="123456")
    production.until_quiet()

    row = session.scalars(select(OutboxMessage)).one()
    assert (row.state, row.code_sealed, row.text_sealed) == ("sent", None, b"")
    assert [each.text for each in outbox.messages()] == [""]


def test_address_and_text_are_sealed(office, write, session):
    write(person_id=7, mail="zhou@example.cn")
    row = session.scalars(select(OutboxMessage)).one()

    stored = b"".join(each for each in (row.phone_sealed, row.text_sealed, row.mail_sealed))
    assert b"188" not in stored
    assert "第1条".encode() not in stored
    assert b"zhou" not in stored
