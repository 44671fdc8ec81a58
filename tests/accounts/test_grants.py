"""Roles: given within one's district, never to oneself, officers and auditors by two, ended at once."""

from __future__ import annotations

import pytest

from skillhub.accounts.errors import NotBySamePerson, NotForOneself
from skillhub.accounts.queries import actors, sign_ins, tokens
from skillhub.accounts.service import grants, sign_in
from skillhub.accounts.service import tokens as token_service
from skillhub.base.access import Grant, Role, Scope
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS


def give(by, to, role: str, district: str = LUNAN, organisation: str | None = None) -> int:
    return int(
        grants.give(actor=by.actor, person=to.handle, role=role, district=district, organisation=organisation)
    )


def roles(person) -> set[Role]:
    return {grant.role for grant in actors.actor_of(person.person_id).grants}


def wrong_fields(call) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        call()
    return {error.field: error.code for error in caught.value.errors}


def test_an_officer_makes_a_clerk_who_may_act_at_once(persons):
    person = persons.trainee()

    give(persons.officer(), person, "desk")

    assert Role.DESK in roles(person)


def test_the_same_role_again_is_the_grant_that_there_is(persons):
    officer, person = persons.officer(), persons.trainee()

    assert give(officer, person, "desk") == give(officer, person, "desk")
    assert len([grant for grant in actors.grants_of(person.person_id) if grant.role is Role.DESK]) == 1


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_officers_and_auditors_wait_for_a_second_officer(persons, role):
    first, second, person = persons.officer(), persons.officer(), persons.trainee()
    proposed = give(first, person, role)

    assert Role(role) not in roles(person)
    with pytest.raises(NotBySamePerson):
        grants.confirm(actor=first.actor, grant=proposed)
    grants.confirm(actor=second.actor, grant=proposed)
    assert Role(role) in roles(person)
    grants.confirm(actor=second.actor, grant=proposed)


def test_who_is_to_be_officer_does_not_confirm_it(persons):
    first, person = persons.officer(), persons.officer(LIWAN)
    proposed = give(first, person, "officer")

    with pytest.raises(NotFound):
        grants.confirm(actor=person.actor, grant=proposed)


def test_an_operator_gives_the_role_of_officer_and_no_other(persons):
    operator, person = persons.operator(), persons.trainee()

    proposed = give(operator, person, "officer")

    grants.confirm(actor=persons.officer().actor, grant=proposed)
    assert Role.OFFICER in roles(person)
    for role in ("desk", "auditor", "operator"):
        with pytest.raises(Forbidden):
            give(operator, person, role)


def test_nobody_gives_a_role_to_themselves(persons):
    officer = persons.officer()

    with pytest.raises(NotForOneself):
        give(officer, officer, "auditor")


def test_an_officer_gives_nothing_in_another_district(persons):
    with pytest.raises(NotFound):
        give(persons.officer(), persons.trainee(), "desk", LIWAN)


@pytest.mark.parametrize("role", ["trainee", "desk", "school", "employer", "trainer", "auditor"])
def test_who_is_no_officer_gives_no_role(persons, role):
    with pytest.raises(Forbidden):
        give(getattr(persons, role)(), persons.trainee(), "desk")


def test_a_role_of_an_organisation_needs_the_right_one(persons, organisations):
    officer, person = persons.officer(), persons.trainee()
    employer, elsewhere = organisations.employer(), organisations.training_body(LIWAN)

    def try_with(role: str, organisation: str | None) -> dict[str, str]:
        return wrong_fields(lambda: give(officer, person, role, organisation=organisation))

    assert try_with("school", None) == {"organisation": "organisation_missing"}
    assert try_with("school", employer.code) == {"organisation": "organisation_unknown"}
    assert try_with("school", elsewhere.code) == {"organisation": "organisation_unknown"}
    assert try_with("school", "nowhere") == {"organisation": "organisation_unknown"}
    assert try_with("desk", employer.code) == {"organisation": "organisation_needless"}
    give(officer, person, "employer", organisation=employer.code)
    assert Grant(Role.EMPLOYER, LUNAN, employer.id) in actors.actor_of(person.person_id).grants


def test_unknown_people_and_roles_are_named(persons):
    officer = persons.officer()

    assert wrong_fields(
        lambda: grants.give(actor=officer.actor, person="p-nobody", role="desk", district=LUNAN)
    ) == {"person": "person_unknown"}
    assert wrong_fields(lambda: give(officer, persons.trainee(), "king")) == {"role": "role_unknown"}


def test_an_ended_role_ends_sign_ins_and_its_tokens_at_once(persons, audited):
    officer, clerk = persons.officer(), persons.desk()
    made = token_service.create(
        actor=clerk.actor, person=clerk.handle, role="desk", district=LUNAN, scopes=[Scope.READ], days=1
    )
    with unit_of_work() as unit:
        signed_in = sign_in.start_in(unit, person_id=clerk.person_id, kind=sign_ins.PAGE)
    held = next(grant for grant in actors.grants_of(clerk.person_id) if grant.role is Role.DESK)

    grants.end(actor=officer.actor, grant=held.id)

    assert tokens.actor_with(made.token) is None
    assert sign_ins.sign_in_with(signed_in.token, sign_ins.PAGE) is None
    assert roles(clerk) == {Role.TRAINEE}
    assert audited()[-1] == "role.end"
    grants.end(actor=officer.actor, grant=held.id)
    assert audited().count("role.end") == 1


def test_an_ended_role_may_be_given_again(persons):
    officer, person = persons.officer(), persons.trainee()
    grants.end(actor=officer.actor, grant=give(officer, person, "desk"))

    give(officer, person, "desk")

    assert Role.DESK in roles(person)


def test_an_officer_does_not_end_the_own_role_nor_one_elsewhere(persons):
    officer, other = persons.officer(), persons.desk(LIWAN)
    own, elsewhere = (
        next(grant.id for grant in actors.grants_of(each.person_id) if grant.role is not Role.TRAINEE)
        for each in (officer, other)
    )

    with pytest.raises(NotForOneself):
        grants.end(actor=officer.actor, grant=own)
    with pytest.raises(NotFound):
        grants.end(actor=officer.actor, grant=elsewhere)
    with pytest.raises(NotFound):
        grants.end(actor=officer.actor, grant=0)


def test_a_role_other_than_operator_needs_a_district(persons):
    person = persons.trainee()

    with unit_of_work() as unit, pytest.raises(Invalid):
        grants.grant_in(unit, actor=TESTS, person_id=person.person_id, role=Role.DESK, district=None)


def test_the_list_of_staff_shows_who_waits(persons):
    officer, person = persons.officer(), persons.trainee()
    give(officer, person, "auditor")

    listed = {(row.handle, row.role, row.is_confirmed) for row in actors.staff(LUNAN)}

    assert (person.handle, Role.AUDITOR, False) in listed
    assert (officer.handle, Role.OFFICER, True) in listed
    assert actors.holders(Role.OFFICER, district=LUNAN) == (officer.person_id,)
    assert actors.holders(Role.OFFICER, organisation=1) == ()
