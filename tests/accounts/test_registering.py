"""Registering alone: with a phone that was just confirmed, a document, consent and a real district."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from skillhub.accounts.errors import IdentityKnown, RegistrationExpired
from skillhub.accounts.model import SignInCode
from skillhub.accounts.queries import people, sign_ins
from skillhub.accounts.rules.consents import Given
from skillhub.accounts.service import people as people_service
from skillhub.accounts.service import registering, sign_in
from skillhub.base import clock
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Invalid
from skillhub.testing.factories.accounts import filing, sent_code

PHONE = "18800004321"


@pytest.fixture
def ticket(district) -> str:
    """What a code for an unknown phone gives at the pages."""
    sign_in.send_code(phone=PHONE)
    found = sign_in.sign_in(phone=PHONE, address="192.0.2.1", kind=sign_ins.PAGE, code=sent_code(PHONE))
    return found.ticket


def wrong_fields(ticket: str, **changes: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        registering.register(ticket=ticket, filing=filing(**changes))
    return {error.field: error.code for error in caught.value.errors}


def test_the_confirmed_phone_counts_and_not_a_typed_one(ticket):
    found = registering.register(ticket=ticket, filing=filing(phone="18811112222"))

    assert people.phone_of(found.person_id) == PHONE
    assert people.person(found.person_id).registered_by == registering.ONESELF
    assert not registering.is_good(ticket=ticket)


def test_document_consent_and_district_are_needed(ticket):
    assert wrong_fields(ticket, id_type=None, id_number=None) == {"id_number": "id_number_missing"}
    assert wrong_fields(ticket, consents=(Given("face", "1"),)) == {"consents": "consent_missing"}
    assert wrong_fields(ticket, district="999999") == {"district": "district_missing"}
    assert wrong_fields(ticket, district="") == {"district": "district_unknown"}
    assert registering.is_good(ticket=ticket)


def test_a_ticket_is_over_after_a_while(ticket):
    with unit_of_work() as unit:
        unit.session.execute(
            update(SignInCode).values(ticket_expires_at=clock.real_now() - timedelta(seconds=1))
        )

    for worn in (ticket, None, "", "x"):
        with pytest.raises(RegistrationExpired):
            registering.register(ticket=worn, filing=filing())


def test_a_known_document_keeps_the_ticket_and_changes_nothing(ticket, persons):
    typed = filing()
    handle = people_service.register(
        actor=persons.desk().actor,
        name=typed.name,
        id_type=typed.id_type,
        id_number=typed.id_number,
        phone=typed.phone,
        district=typed.district,
        consents=typed.consents,
    )

    with pytest.raises(IdentityKnown):
        registering.register(ticket=ticket, filing=typed)

    assert people.phone_of(people.by_handle(handle).id) == typed.phone
    assert registering.is_good(ticket=ticket)
