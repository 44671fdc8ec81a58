"""Classes to issue certificates for, and browsers at which somebody is signed in."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.accounts import cookies
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.service import sign_in
from skillhub.base.db import unit_of_work
from skillhub.testing.factories.credentials import Classes
from tests.credentials.vc import House


@pytest.fixture
def classes(persons):
    return Classes(persons)


@pytest.fixture
def browser_of(app, session):
    """Return a maker of browsers: each is signed in as one person."""

    def browser(person):
        with unit_of_work() as unit:
            signed_in = sign_in.start_in(unit, person_id=person.person_id, kind=sign_ins.PAGE)
        client = app.test_client()
        client.set_cookie(cookies.name(), signed_in.token)
        return client

    return browser


@pytest.fixture
def house():
    """An issuer with a key of its own."""
    return House(Ed25519PrivateKey.generate())
