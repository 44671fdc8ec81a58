"""Signs a test's browser in as somebody."""

from flask.testing import FlaskClient

from skillhub.accounts import cookies
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.service import sign_in
from skillhub.base.db import unit_of_work
from skillhub.testing.factories.base import SomePerson


def signed_in(client: FlaskClient, person: SomePerson) -> FlaskClient:
    """Return the browser with this person's sign-in in it."""
    with unit_of_work() as unit:
        started = sign_in.start_in(unit, person_id=person.person_id, kind=sign_ins.PAGE)
    client.set_cookie(cookies.name(), started.token)
    return client
