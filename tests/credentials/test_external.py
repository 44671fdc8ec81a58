"""Certificates that others issued: told, looked up by somebody else, and never mixed with our own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from skillhub.base.audit import AuditEntry
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.credentials import errors, queries, service
from skillhub.credentials.queries import external
from skillhub.credentials.rules import external as rules
from skillhub.credentials.rules import numbers
from skillhub.testing.clients import submit
from skillhub.testing.factories.base import LIWAN
from skillhub.testing.factories.credentials import certificates

NUMBER = "S000044000001255000001"
WHERE = "技能人才评价证书全国联网查询网站"


def told(person, number=NUMBER, issued_on=date(2025, 6, 1), **more):
    values = {"number": number, "issuer": "市家庭服务业协会", "trade": "家政服务员"} | more
    return service.external.record_own(actor=person.actor, issued_on=issued_on, **values)


def only(person):
    (found,) = external.of_person(person.person_id)
    return found


def test_what_a_worker_tells_is_unverified_until_staff_have_looked_it_up(persons, session):
    worker, clerk = persons.trainee(), persons.desk()

    handle = told(worker, number="ｓ0000 44000001-255000001")

    assert (only(worker).number, only(worker).level, only(worker).state) == (NUMBER, "5", "unverified")
    service.external.confirm(actor=clerk.actor, certificate=handle, looked_up=WHERE)
    found = only(worker)
    assert (found.state, found.looked_up, found.decided_by) == ("confirmed", WHERE, clerk.person_id)
    assert found.decided_at is not None
    with pytest.raises(errors.AlreadyLookedUp):
        service.external.refute(actor=clerk.actor, certificate=handle, looked_up=WHERE)
    noted = session.scalars(select(AuditEntry).where(AuditEntry.verb.like("external_certificate.%"))).all()
    assert [each.verb.partition(".")[2] for each in noted] == ["record", "confirmed"]
    assert NUMBER not in str([each.facts for each in noted])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "missing"),
        ("S00004400000125500000", "not_theirs"),
        ("S000044000001259000001", "not_theirs"),
        ("1234", "not_theirs"),
        ("SH1302022025000001", "our_own"),
    ],
)
def test_a_number_that_is_not_theirs_is_refused_and_ours_never_enters(persons, number, code):
    worker = persons.trainee()

    with pytest.raises(Invalid) as refused:
        told(worker, number=number)

    assert [(each.field, each.code) for each in refused.value.errors] == [("number", code)]
    assert external.of_person(worker.person_id) == ()


@given(st.integers(0, 10**6 - 1), st.integers(0, 9999), st.integers(0, 999_999))
def test_no_number_of_ours_is_ever_taken_for_one_of_theirs(district, year, serial):
    ours = str(numbers.Number(f"{district:06d}", year, serial))

    assert numbers.read(ours) is not None
    assert rules.read(ours) is None


def test_the_day_must_fit_the_number_and_cannot_lie_ahead(persons):
    worker = persons.trainee()

    for day, code in ((date(2024, 6, 1), "not_the_year"), (date(2025, 11, 11), "in_future")):
        with pytest.raises(Invalid) as refused:
            told(worker, issued_on=day)
        assert [each.code for each in refused.value.errors] == [code]


def test_it_is_recorded_once_and_confirmed_for_one_person_only(persons):
    first, second, clerk = persons.trainee(), persons.trainee(), persons.desk()
    genuine, wrong = told(first), told(second)

    with pytest.raises(errors.RecordedAlready):
        told(first)
    service.external.confirm(actor=clerk.actor, certificate=genuine, looked_up=WHERE)
    with pytest.raises(errors.ConfirmedForAnother):
        service.external.confirm(actor=clerk.actor, certificate=wrong, looked_up=WHERE)
    service.external.refute(actor=clerk.actor, certificate=wrong, looked_up=WHERE)

    assert (only(first).state, only(second).state) == ("confirmed", "refuted")
    told(second)  # a refuted record stands in nobody's way


def test_nobody_confirms_the_own_and_other_districts_know_nothing_of_it(persons):
    worker = persons.trainee()
    handle = told(worker)

    with pytest.raises(NotFound):
        service.external.confirm(
            actor=persons.officer(district=LIWAN).actor, certificate=handle, looked_up=WHERE
        )
    for other in (persons.auditor(), worker, persons.school()):
        with pytest.raises(Forbidden):
            service.external.confirm(actor=other.actor, certificate=handle, looked_up=WHERE)
    assert only(worker).state == "unverified"


def test_pages_keep_them_apart_from_our_own(browser_of, classes, persons):
    made = classes.marked()
    certificates(made)
    worker, clerk = made.people[0], persons.desk()
    own = browser_of(worker)

    wrong = submit(
        own, "/me/external-certificates", number="1", issuer="甲", trade="乙", issued_on="2025-06-01"
    )
    sent = submit(
        own,
        "/me/external-certificates",
        number=NUMBER,
        issuer="市家庭服务业协会",
        trade="家政服务员",
        issued_on="2025-06-01",
    )
    listed = browser_of(clerk).get("/office/external-certificates").text
    page = f"/office/external-certificates/{only(worker).handle}"
    done = submit(browser_of(clerk), page, decision="confirmed", looked_up=WHERE)

    assert (wrong.status_code, sent.status_code, done.status_code) == (422, 302, 302)
    assert 'value="乙"' in wrong.text
    assert page in listed
    ours, theirs = own.get("/me/certificates").text.split("别处发的技能证书</h2>")
    assert (NUMBER in ours, NUMBER in theirs, WHERE in theirs) == (False, True, True)
    assert WHERE in browser_of(clerk).get(f"/people/{worker.handle}").text
    assert [each.number[:2] for each in queries.certificates_of(worker.person_id)] == ["SH"]


def test_a_clerk_records_from_the_original_and_goes_on_to_look_it_up(browser_of, persons):
    worker, clerk = persons.trainee(), persons.desk()

    sent = submit(
        browser_of(clerk),
        f"/people/{worker.handle}/external-certificates",
        number=NUMBER,
        issuer="市家庭服务业协会",
        trade="家政服务员",
        issued_on="2025-06-01",
    )

    assert sent.location.endswith(only(worker).handle)
    assert only(worker).state == "unverified"
