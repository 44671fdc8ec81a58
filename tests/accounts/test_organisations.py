"""Organisations: recorded by staff of the district, with a code of their own and checked numbers."""

from __future__ import annotations

from datetime import date

import pytest

from skillhub.accounts.errors import OrganisationKnown
from skillhub.accounts.queries import organisations as queries
from skillhub.accounts.service import organisations as service
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS


def test_an_officer_records_an_employer_that_gets_a_code(persons):
    code = service.register(
        actor=persons.officer().actor,
        kind="employer",
        district=LUNAN,
        name=" 路南凯达餐饮有限公司（虚构） ",
        uscc="91130202MADE00011R",
        contact_phone="0315-7654321",
    )

    found = queries.by_code(code)
    assert code == "E-130202-0001"
    assert (found.name, found.uscc, found.kind) == (
        "路南凯达餐饮有限公司（虚构）",
        "91130202MADE00011R",
        "employer",
    )
    assert queries.contact_phone_of(found.id) == "0315-7654321"
    assert queries.many([found.id, 0]) == {found.id: found}


def test_what_cannot_be_right_is_named(persons):
    with pytest.raises(Invalid) as caught:
        service.register(
            actor=persons.officer().actor,
            kind="bank",
            district=LUNAN,
            name=" ",
            uscc="91130202MADE00011S",
            contact_phone="微信",
        )

    assert {error.field: error.code for error in caught.value.errors} == {
        "kind": "organisation_kind",
        "name": "organisation_name",
        "uscc": "uscc_letters",
        "contact_phone": "contact_form",
    }


def test_a_code_belongs_to_one_organisation(organisations):
    taken = organisations.employer().code

    with pytest.raises(OrganisationKnown):
        service.register(actor=TESTS, kind="team", district=LUNAN, name="班组", code=taken)


def test_staff_record_organisations_of_their_own_district_only(persons):
    with pytest.raises(NotFound):
        service.register(actor=persons.desk(LIWAN).actor, kind="employer", district=LUNAN, name="甲")
    with pytest.raises(Forbidden):
        service.register(actor=persons.employer().actor, kind="employer", district=LUNAN, name="甲")


def test_a_visit_is_recorded_by_staff(persons, organisations, audited):
    employer, desk = organisations.employer(is_visited=False), persons.desk()
    with unit_of_work() as unit:
        service.record_visit_in(
            unit,
            actor=desk.actor,
            organisation_id=employer.id,
            on=date(2025, 11, 7),
            by="工作人员05",
            result="属实",
        )

    found = queries.organisation(employer.id)
    assert (found.visited_on, found.visited_by, found.visit_result) == (
        date(2025, 11, 7),
        "工作人员05",
        "属实",
    )
    assert audited()[-1] == "organisation.visit"
    with unit_of_work() as unit, pytest.raises(NotFound):
        service.record_visit_in(
            unit, actor=TESTS, organisation_id=0, on=date(2025, 11, 7), by="x", result="属实"
        )


def test_a_district_lists_its_own_by_kind(organisations):
    body, employer = organisations.training_body(), organisations.employer()
    organisations.employer(LIWAN)

    assert [each.id for each in queries.of_district(LUNAN, "training_body")] == [body.id]
    assert {each.id for each in queries.of_district(LUNAN)} == {body.id, employer.id}
    assert queries.contact_phone_of(body.id) is None
    with pytest.raises(NotFound):
        queries.by_code("nowhere")
