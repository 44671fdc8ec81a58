"""Fixtures of these tests: servers of the other side, a resolver, a clock that is moved, a postman."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from skillhub.base import clock, egress, ids, post
from skillhub.base.db import unit_of_work
from skillhub.base.outbox import put
from skillhub.base.outbox.delivery import Postman
from skillhub.base.post import Channel, Gateways
from skillhub.base.post.mail import MailGateway
from skillhub.base.post.sms import SmsGateway
from tests.post.servers import HOST, MailServer, SmsServer, running

BODY = {"to": "{to}", "text": "{text}", "id": "{id}"}
HERE = egress.Allowed(frozenset({HOST}))


@pytest.fixture
def sms_server():
    with running(SmsServer()) as server:
        yield server


@pytest.fixture
def mail_server():
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def sms(sms_server):
    return SmsGateway(
        url=sms_server.url,
        headers={},
        body=BODY,
        allowed=HERE,
        accepted={"code": 0},
        id_member="number",
    )


@pytest.fixture
def mail(mail_server):
    return MailGateway(host=HOST, port=mail_server.port, sender="post@skillhub.example", allowed=HERE)


@pytest.fixture
def resolver(monkeypatch):
    """Names that the tests make up, each with the answers of its next look-ups (the last one stays)."""
    names: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def answer(host, port, *rest, **named):
        if host not in names:
            return real(host, port, *rest, **named)
        found = names[host].pop(0) if len(names[host]) > 1 else names[host][0]
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port)) for each in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return names


@dataclass
class Office:
    """A post office of a test: both gateways, and a clock that stands until it is moved."""

    gateways: Gateways
    at: datetime = field(default_factory=lambda: clock.real_now() + timedelta(minutes=1))

    def turn(self, channel=Channel.SMS, *, dice=0.0):
        postman = Postman(post.in_use(), now=lambda: self.at, dice=lambda: dice)
        return postman.turn(channel)

    def advance(self, **step):
        self.at += timedelta(**step)

    def until_quiet(self, channel=Channel.SMS):
        while self.turn(channel):
            pass


@pytest.fixture
def office(app, session, sms, mail):
    """The application has both gateways; what is written from now on leaves."""
    before = post.in_use()
    made = Gateways({Channel.SMS: sms, Channel.MAIL: mail})
    post.use(app, made)
    yield Office(made)
    post.use(app, before)


@pytest.fixture
def production(app, office):
    """The same, for real: without a gateway messages wait."""
    post.use(app, replace(office.gateways, is_for_real=True))
    return office


@pytest.fixture
def write():
    """Writes messages; each has a phone of its own unless one is given."""

    def write(count=1, **values):
        for _ in range(count):
            with unit_of_work() as unit:
                number = ids.next_number(unit, "tests")
                told = {"phone": f"188{number:08d}", "kind": "application.enrolled", "text": f"第{number}条"}
                put(unit, **told | values)

    return write
