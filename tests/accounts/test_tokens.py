"""Tokens of programs: shown once, kept as a hash, for one role and some scopes, over when revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from skillhub.accounts.model import AccessToken
from skillhub.accounts.queries import tokens as queries
from skillhub.accounts.service import tokens
from skillhub.base import clock
from skillhub.base.access import Grant, Role, Scope
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Invalid, NotFound
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS


def make(person, role: str = "desk", **changes: object) -> tokens.MadeToken:
    about = {"actor": TESTS, "person": person.handle, "role": role, "district": LUNAN}
    values = about | {"scopes": ["read"], "days": 1}
    return tokens.create(**values | changes)


def test_a_token_speaks_for_one_role_with_its_scopes(persons):
    clerk = persons.desk()

    made = make(clerk, scopes=["read", "apply"])

    actor = queries.actor_with(made.token)
    assert actor.person_id == clerk.person_id
    assert actor.grants == (Grant(Role.DESK, LUNAN),)
    assert actor.scopes == {Scope.READ, Scope.APPLY}


def test_a_token_carries_the_organisation_of_its_role(persons, organisations):
    employer = organisations.employer()

    actor = queries.actor_with(make(persons.employer(employer), "employer").token)

    assert actor.organisations(Role.EMPLOYER) == {employer.id}


def test_a_token_is_nowhere_in_the_database(persons, dump):
    made = make(persons.desk())

    assert made.token not in dump("access_token") + dump("audit_entry")


def test_a_revoked_an_expired_and_an_unknown_token_speak_for_nobody(persons, session):
    clerk = persons.desk()
    revoked, expired = make(clerk), make(clerk)
    tokens.revoke(actor=TESTS, token=revoked.id)
    tokens.revoke(actor=TESTS, token=revoked.id)
    with unit_of_work() as unit:
        unit.session.execute(
            update(AccessToken)
            .where(AccessToken.handle == expired.id)
            .values(expires_at=clock.real_now() - timedelta(seconds=1))
        )

    assert [queries.actor_with(token) for token in (revoked.token, expired.token, "sh_x")] == [None] * 3
    assert {view.id: bool(view.revoked_at) for view in queries.tokens(clerk.handle)} == {
        revoked.id: True,
        expired.id: False,
    }
    assert len(queries.tokens()) == 2


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"role": "king"}, "role", "role_unknown"),
        ({"role": "officer"}, "role", "role_not_held"),
        ({"district": LIWAN}, "role", "role_not_held"),
        ({"scopes": []}, "scopes", "scope_missing"),
        ({"scopes": ["all"]}, "scopes", "scope_unknown"),
        ({"days": 0}, "days", "days_range"),
        ({"days": 400}, "days", "days_range"),
    ],
)
def test_a_token_that_cannot_be_made_says_why(persons, changes, field, code):
    with pytest.raises(Invalid) as caught:
        make(persons.desk(), **changes)

    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]


def test_people_make_and_revoke_tokens_for_themselves_only(persons):
    clerk, other = persons.desk(), persons.desk()
    made = make(clerk, actor=clerk.actor)

    with pytest.raises(NotFound):
        make(other, actor=clerk.actor)
    with pytest.raises(NotFound):
        tokens.revoke(actor=other.actor, token=made.id)
    with pytest.raises(NotFound):
        tokens.revoke(actor=TESTS, token=other.handle)
    tokens.revoke(actor=clerk.actor, token=made.id)
    assert queries.actor_with(made.token) is None
