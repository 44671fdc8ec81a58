"""Settings of the gateways: what is right makes one, what cannot be right is refused by its name."""

import json

import pytest

from skillhub.base.post import Channel
from skillhub.config import SettingProblem, read

SMTP = {"SKILLHUB_SMTP_URL": "smtp://mail.example:587", "SKILLHUB_SMTP_SENDER": "post@skillhub.example"}
SMS = {"SKILLHUB_SMS_URL": "https://sms.example/send"}


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("sesame\n", encoding="ascii")
    path.chmod(0o600)
    return str(path)


def test_without_settings_there_is_no_gateway_and_production_waits_for_one():
    assert not read({"SKILLHUB_PROFILE": "demo"}).gateways.is_sending
    found = read({}).gateways
    assert found.by_channel == {}
    assert found.is_sending


def test_both_gateways_are_made_of_what_is_written(secret):
    written = {
        **SMTP,
        **SMS,
        "SKILLHUB_SMTP_URL": "smtps://post%40b@mail.example",
        "SKILLHUB_SMTP_PASSWORD_FILE": secret,
        "SKILLHUB_SMS_SECRET_FILE": secret,
        "SKILLHUB_SMS_BODY": json.dumps({"mobile": "{to}", "content": "{text}", "key": "{secret}"}),
        "SKILLHUB_SMS_ACCEPTED": '{"code": 0}',
        "SKILLHUB_SMS_ID_MEMBER": "msgid",
    }
    found = read(written).gateways.by_channel

    mail, sms = found[Channel.MAIL], found[Channel.SMS]
    assert (mail.host, mail.port, mail.user, mail.password) == ("mail.example", 465, "post@b", "sesame")
    assert mail.is_tls_from_the_start
    assert (sms.secret, sms.accepted, sms.id_member) == ("sesame", {"code": 0}, "msgid")
    assert sms.headers == {"Authorization": "Bearer {secret}"}


def test_http_and_plain_smtp_are_for_this_machine():
    written = {
        **SMTP,
        "SKILLHUB_SMTP_URL": "smtp://127.0.0.1:2525",
        "SKILLHUB_SMS_URL": "http://127.0.0.1:9/s",
    }

    assert set(read(written).gateways.by_channel) == {Channel.MAIL, Channel.SMS}


@pytest.mark.parametrize(
    ("name", "value", "others"),
    [
        ("SKILLHUB_SMTP_URL", "mail.example", SMTP),
        ("SKILLHUB_SMTP_URL", "http://mail.example", SMTP),
        ("SKILLHUB_SMTP_URL", "smtp://", SMTP),
        ("SKILLHUB_SMTP_URL", "smtp://mail.example:0", SMTP),
        ("SKILLHUB_SMTP_URL", "smtp://mail.example:99999", SMTP),
        ("SKILLHUB_SMTP_URL", "smtp://user:word@mail.example", SMTP),
        ("SKILLHUB_SMTP_URL", "smtp://ma il.example", SMTP),
        ("SKILLHUB_SMTP_SENDER", "", SMTP),
        ("SKILLHUB_SMTP_SENDER", "nobody", SMTP),
        ("SKILLHUB_SMTP_SENDER", "a@b.example,c@d.example", SMTP),
        ("SKILLHUB_SMTP_SENDER", "post@skillhub.example", {}),
        ("SKILLHUB_SMTP_PASSWORD_FILE", "/no/such/file", SMTP),
        ("SKILLHUB_SMS_URL", "http://sms.example/send", SMS),
        ("SKILLHUB_SMS_URL", "ftp://sms.example/send", SMS),
        ("SKILLHUB_SMS_URL", "https://user:word@sms.example/send", SMS),
        ("SKILLHUB_SMS_URL", "https://2130706433/send", SMS),
        ("SKILLHUB_SMS_BODY", "to={to}", SMS),
        ("SKILLHUB_SMS_BODY", '{"to": "{to}"}', SMS),
        ("SKILLHUB_SMS_BODY", '{"to": "{to}", "text": "{text}", "n": "{name}"}', SMS),
        ("SKILLHUB_SMS_BODY", '{"to": "{to}", "text": "{text}"}', {}),
        ("SKILLHUB_SMS_HEADERS", "[]", SMS),
        ("SKILLHUB_SMS_HEADERS", '{"X-Key": 1}', SMS),
        ("SKILLHUB_SMS_HEADERS", '{"X-Key": "{to}"}', SMS),
        ("SKILLHUB_SMS_HEADERS", '{"X Key": "a"}', SMS),
        ("SKILLHUB_SMS_HEADERS", '{"X-Key": "a\\nb"}', SMS),
        ("SKILLHUB_SMS_ACCEPTED", "0", SMS),
        ("SKILLHUB_SMS_SECRET_FILE", "/no/such/file", SMS),
        ("SKILLHUB_CA_FILE", "/no/such/file", {}),
        ("SKILLHUB_CA_FILE", __file__, {}),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(name, value, others):
    with pytest.raises(SettingProblem, match=name):
        read({**others, name: value})


def test_a_place_for_a_secret_needs_a_secret():
    with pytest.raises(SettingProblem, match="SKILLHUB_SMS_SECRET_FILE"):
        read({**SMS, "SKILLHUB_SMS_HEADERS": '{"X-Key": "{secret}"}'})


def test_a_user_needs_a_password_and_a_password_a_user(secret):
    for url, file in (("smtp://post@mail.example", ""), ("smtp://mail.example", secret)):
        with pytest.raises(SettingProblem, match="SKILLHUB_SMTP_PASSWORD_FILE"):
            read({**SMTP, "SKILLHUB_SMTP_URL": url, "SKILLHUB_SMTP_PASSWORD_FILE": file})


def test_a_secret_that_others_can_read_is_refused_without_being_shown(secret, tmp_path):
    (tmp_path / "secret").chmod(0o644)

    with pytest.raises(SettingProblem, match="chmod 600") as caught:
        read({**SMS, "SKILLHUB_SMS_SECRET_FILE": secret})
    assert "sesame" not in str(caught.value)
