"""What is handed to a mail server and to an SMS gateway, and what their answers mean."""

import email
import email.policy
from dataclasses import replace

import pytest

from skillhub.base import egress
from skillhub.base.egress import Allowed
from skillhub.base.post import Down, Later, Never, Parcel, Taken
from skillhub.base.post.mail import MailGateway
from tests.post.servers import HOST, MailServer, SmsServer, certificate, closed_port, running, tls

PARCEL = Parcel("m-abc", "18800000001", "application.enrolled", "您已录取。")
LETTER = replace(PARCEL, to="zhou@example.cn")
NAME = "mail.example"
SESAME = "sesame"


def test_an_sms_carries_number_text_and_an_id_by_which_doubles_are_dropped(sms, sms_server):
    assert sms.send(PARCEL) == Taken("200", "g-1")

    assert sms_server.received == [{"to": "18800000001", "text": "您已录取。", "id": "m-abc"}]
    assert sms_server.headers[0]["Idempotency-Key"] == "m-abc"


def test_the_key_of_the_gateway_goes_where_the_operator_says(sms, sms_server):
    made = replace(
        sms,
        secret=SESAME,
        headers={"Authorization": "Bearer {secret}"},
        body={"key": "{secret}", "list": [{"phone": "{to}"}], "text": "{text}", "id": "{id}", "n": 1},
    )

    made.send(replace(PARCEL, text="{secret}"))

    assert sms_server.headers[0]["Authorization"] == "Bearer sesame"
    assert sms_server.received[0] == {
        "key": "sesame",
        "list": [{"phone": "18800000001"}],
        "text": "{secret}",
        "id": "m-abc",
        "n": 1,
    }
    assert "sesame" not in repr(made)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"code": 0}', Taken("200")),
        (202, b'{"code": 0, "number": "a b\\n"}', Taken("202")),
        (200, b'{"code": 7}', Later("not_accepted")),
        (200, b"<html>", Later("not_accepted")),
        (400, b"", Never("400")),
        (422, b"", Never("422")),
        (408, b"", Later("408")),
        (500, b"", Later("500")),
        (401, b"", Down("401")),
        (403, b"", Down("403")),
        (404, b"", Down("404")),
        (302, b"", Down("302")),
        (429, b"", Down("429")),
        (503, b"", Down("503")),
    ],
)
def test_what_an_sms_gateway_answers_means_one_of_four_things(sms, sms_server, status, body, outcome):
    sms_server.script = [(status, {}, body)]

    assert sms.send(PARCEL) == outcome


def test_a_gateway_may_say_how_long_it_wants_to_rest(sms, sms_server):
    sms_server.script = [(429, {"Retry-After": "120"}, b""), (503, {"Retry-After": "9999999"}, b"")]

    assert sms.send(PARCEL) == Down("429", 120.0)
    assert sms.send(PARCEL) == Down("503", 900.0)


def test_a_gateway_that_is_away_is_down_and_not_an_error(sms):
    assert replace(sms, url=f"http://{HOST}:{closed_port()}/").send(PARCEL) == Down("connection_refused")


def test_a_letter_has_headers_of_ours_alone(mail, mail_server):
    hostile = "周\r\nBcc: everybody@example.cn\r\n\r\n小梅"

    assert mail.send(replace(LETTER, text=hostile)) == Taken("250", "4ABC123")

    (sent,) = mail_server.letters
    assert sent["RCPT"] == "<zhou@example.cn>"
    letter = email.message_from_bytes(sent["text"], policy=email.policy.default)
    assert set(letter.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }
    assert letter["Message-ID"] == "<m-abc@skillhub.example>"
    assert letter["Subject"] == "零工市场：您有一条新消息"
    assert "Bcc: everybody" in letter.get_content(), "it is text, and nothing else"


def test_an_address_with_a_line_end_reaches_no_header():
    with running(MailServer()) as server:
        gateway = MailGateway(
            host=HOST, port=server.port, sender="a@b.example", allowed=Allowed(frozenset({HOST}))
        )
        with pytest.raises(ValueError, match=r"."):
            gateway.send(replace(LETTER, to="zhou@example.cn\r\nBcc: all@example.cn"))
        assert server.commands == []


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ({"RCPT": ["550 no such user"]}, Never("550")),
        ({"RCPT": ["450 mailbox busy"]}, Later("450")),
        ({"RCPT": ["421 going away"]}, Down("421")),
        ({"DATA": ["554 no"]}, Never("554")),
        ({"END": ["451 local error"]}, Later("451")),
        ({"END": ["552 too large"]}, Never("552")),
        ({"MAIL": ["550 who are you"]}, Down("550")),
        ({"MAIL": ["451 later"]}, Down("451")),
    ],
)
def test_what_a_mail_server_answers_means_one_of_four_things(mail, mail_server, script, outcome):
    mail_server.script = script

    assert mail.send(LETTER) == outcome
    assert mail_server.letters == []


def test_a_mail_server_that_is_away_is_down(mail):
    assert replace(mail, port=closed_port()).send(LETTER) == Down("connection_refused")


def test_a_mail_server_that_drips_is_cut(mail, mail_server):
    mail_server.greeting_pause = 0.3

    assert replace(mail, whole_seconds=0.5).send(LETTER) == Down("timeout")


@pytest.mark.parametrize("is_tls_from_the_start", [False, True])
def test_mail_leaves_this_machine_encrypted_to_a_server_that_shows_who_it_is(
    tmp_path, resolver, is_tls_from_the_start
):
    own = certificate(tmp_path, NAME)
    resolver[NAME] = [[HOST]]
    with running(MailServer(tls(own), is_tls_from_the_start=is_tls_from_the_start)) as server:
        gateway = MailGateway(
            host=NAME,
            port=server.port,
            sender="post@skillhub.example",
            allowed=Allowed(frozenset({NAME}), own),
            user="post",
            password=SESAME,
            is_tls_from_the_start=is_tls_from_the_start,
        )
        assert gateway.send(LETTER) == Taken("250", "4ABC123")
        assert server.letters[0]["is_encrypted"]
        assert server.letters[0]["user"] == ["post", "sesame"]
        assert "sesame" not in repr(gateway)

        stranger = replace(gateway, allowed=Allowed(frozenset({NAME})))
        assert stranger.send(LETTER) == Down("certificate")
        assert len(server.letters) == 1


def test_a_server_without_tls_gets_nothing(resolver):
    resolver[NAME] = [[HOST]]
    with running(MailServer()) as server:
        gateway = MailGateway(
            host=NAME, port=server.port, sender="a@b.example", allowed=Allowed(frozenset({NAME}))
        )
        assert gateway.send(LETTER) == Down("no_tls")
        assert not [each for each in server.commands if each.startswith(("MAIL", "AUTH"))]


def test_a_wrong_password_is_the_servers_business_and_costs_no_message(mail, mail_server):
    mail_server.script = {"AUTH": ["535 wrong"]}

    assert replace(mail, user="post", password=SESAME).send(LETTER) == Down("535")


def test_an_sms_gateway_with_an_unknown_certificate_gets_nothing(sms, tmp_path):
    with running(SmsServer(tls(certificate(tmp_path, HOST)))) as server:
        assert replace(sms, url=server.url).send(PARCEL) == Down("certificate")
        assert server.received == []
    assert egress.is_loopback(HOST)
