"""What tests of accounts need beside people with roles: registrations as typed, and signed-in browsers."""

from __future__ import annotations

import itertools
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient

from skillhub.accounts.queries import sign_ins
from skillhub.accounts.rules.consents import BASIC, CURRENT, Given
from skillhub.accounts.rules.identity import check_character
from skillhub.accounts.service import sign_in
from skillhub.accounts.service.registration import Filing
from skillhub.base import outbox
from skillhub.base.db import unit_of_work
from skillhub.testing.factories.base import SomePerson

CONSENT = Given(BASIC, CURRENT[BASIC].version)
_serial = itertools.count(1)


def resident_id(serial: int = 996, born: str = "19780512", prefix: str = "500104") -> str:
    """Return a fictitious resident's number with a right check character; odd serials are men's."""
    first = f"{prefix}{born}{serial:03d}"
    return first + check_character(first)


def filing(**changes: object) -> Filing:
    """Return a registration that can be carried out, with some fields typed otherwise."""
    number = next(_serial)
    year, month, day = 1960 + number // 336 % 40, number // 28 % 12 + 1, number % 28 + 1
    typed = Filing(
        name="周小梅",
        id_type="居民身份证",
        id_number=resident_id(born=f"{year}{month:02d}{day:02d}"),
        phone=f"1880{number:07d}",
        district="130202",
        consents=(CONSENT,),
    )
    return replace(typed, **changes)  # type: ignore[arg-type]  # a test names fields of the dataclass


def sent_code(phone: str) -> str:
    """Return the latest code that was sent to a phone."""
    codes = [message.code for message in outbox.messages(phone) if message.code]
    if not codes:
        raise LookupError(f"no code was sent to {phone[:3]}…")
    return codes[-1]


def signed_in(app: Flask, person: SomePerson) -> FlaskClient:
    """Return a browser in which a person is signed in, without the detour over the page."""
    with unit_of_work() as unit:
        made = sign_in.start_in(unit, person_id=person.person_id, kind=sign_ins.PAGE)
    browser = app.test_client()
    browser.set_cookie("skillhub-session", made.token, domain="localhost")
    return browser
