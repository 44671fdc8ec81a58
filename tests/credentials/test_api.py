"""The JSON addresses: a class issued, certificates read whole or masked, one taken back."""

from __future__ import annotations

import io

import pypdf
import pytest

from skillhub.accounts.queries import organisations
from skillhub.base import outbox, work
from skillhub.base.access import Scope
from skillhub.credentials import api as addresses
from skillhub.credentials import queries
from skillhub.testing.factories.base import SomeOrganisation
from skillhub.testing.factories.credentials import PASSED, certificates

MEMBERS = {
    "id",
    "number",
    "name",
    "identity_last4",
    "course",
    "trade",
    "level",
    "hours",
    "starts_on",
    "ends_on",
    "body",
    "issued_on",
    "status",
    "reason",
    "superseded_by",
}


def test_a_school_issues_for_its_class_and_reads_the_result(api, classes):
    made = classes.marked(PASSED, PASSED)
    school = api.as_(made.school)

    asked = school.post(f"batches/{made.code}/certificates")
    work.drain()

    assert asked.status_code == 202
    assert set(asked.json) == {"job"}
    assert school.get(f"work/{asked.json['job']}").json == {
        "job": asked.json["job"],
        "state": "done",
        "done": 2,
        "of": 2,
        "failed": [],
    }
    listed = school.get(f"batches/{made.code}/certificates").json
    assert [each["name"] for each in listed["items"]] == [person.name for person in made.people]
    assert listed["next"] is None
    assert set(listed["items"][0]) == MEMBERS


def test_the_same_key_asks_for_one_job(api, classes):
    made = classes.marked()
    school = api.as_(made.school)

    first = school.post(f"batches/{made.code}/certificates", key="one")
    again = school.post(f"batches/{made.code}/certificates", key="one")

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json == again.json


@pytest.mark.parametrize("who", ["trainee", "employer", "desk", "auditor", "trainer"])
def test_nobody_else_issues(api, classes, persons, who):
    made = classes.marked()

    assert api.as_(getattr(persons, who)()).post(f"batches/{made.code}/certificates").status_code == 403


def test_a_strangers_class_does_not_exist(api, classes, persons):
    made = classes.marked()

    for stranger in (persons.school(), persons.officer("440103")):
        caller = api.as_(stranger)
        assert caller.post(f"batches/{made.code}/certificates").status_code == 404
        assert caller.get(f"batches/{made.code}/certificates").status_code == 404


def test_a_class_that_nobody_passed_is_refused_with_its_code(api, classes, persons):
    made = classes.taught([persons.trainee()])

    refused = api.as_(made.school).post(f"batches/{made.code}/certificates")

    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_issue")


def test_a_job_is_shown_to_who_asked_to_colleagues_and_to_the_district(api, classes, persons):
    made = classes.marked()
    job = api.as_(made.school).post(f"batches/{made.code}/certificates").json["job"]

    body = organisations.by_code(made.school.organisation)
    colleague = persons.school(SomeOrganisation(body.id, body.code, body.name))
    for watcher in (made.school, colleague, persons.officer()):
        assert api.as_(watcher).get(f"work/{job}").status_code == 200
    for stranger in (persons.trainee(), persons.school(), persons.officer("440103")):
        assert api.as_(stranger).get(f"work/{job}").status_code == 404
    assert api.get(f"work/{job}").status_code == 401
    assert api.as_(made.school).get("work/unknown").status_code == 404


def test_strangers_see_facts_and_status_with_the_name_masked(api, classes, persons):
    made = classes.marked()
    (public_id,) = certificates(made)
    name = made.people[0].name

    for caller in (
        api,
        api.as_(persons.trainee()),
        api.as_(persons.employer()),
        api.as_(persons.officer("440103")),
    ):
        seen = caller.get(f"certificates/{public_id}")
        assert seen.status_code == 200
        assert set(seen.json) == MEMBERS
        assert seen.json["name"] == f"{name[0]}＊{name[-1]}"
        assert name not in seen.text
        assert seen.json["status"] == "valid"


def test_holder_school_officer_and_auditor_see_the_name(api, classes, persons):
    made = classes.marked()
    (public_id,) = certificates(made)

    for reader in (made.people[0], made.school, persons.officer(), persons.auditor()):
        assert api.as_(reader).get(f"certificates/{public_id}").json["name"] == made.people[0].name


def test_the_holder_downloads_the_paper(api, classes):
    made = classes.marked()
    (public_id,) = certificates(made)

    answer = api.as_(made.people[0]).get(f"certificates/{public_id}.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    read = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert made.people[0].name in read
    assert f"http://localhost/verify/{public_id}" in read


def test_strangers_get_no_paper(api, classes, persons):
    made = classes.marked()
    (public_id,) = certificates(made)

    assert api.get(f"certificates/{public_id}.pdf").status_code == 401
    assert api.as_(persons.employer()).get(f"certificates/{public_id}.pdf").status_code == 403
    for stranger in (persons.trainee(), persons.school(), persons.officer("440103")):
        assert api.as_(stranger).get(f"certificates/{public_id}.pdf").status_code == 404


def test_the_picture_is_a_small_png_for_those_who_may_print(api, classes, persons):
    made = classes.marked()
    (public_id,) = certificates(made)

    answer = api.as_(made.people[0]).get(f"certificates/{public_id}.png")

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data.startswith(b"\x89PNG")
    assert len(answer.data) <= 300_000
    assert api.as_(persons.trainee()).get(f"certificates/{public_id}.png").status_code == 404


def test_a_trainee_lists_the_own_certificates(api, classes, persons):
    made = classes.marked()
    certificates(made)

    mine = api.as_(made.people[0]).get("me/certificates").json
    assert [each["course"] for each in mine["items"]] == ["家务服务"]
    assert api.as_(persons.trainee()).get("me/certificates").json == {"items": [], "next": None}


def test_lists_come_in_pages(api, classes, monkeypatch):
    monkeypatch.setattr(addresses, "ITEMS", 2)
    made = classes.marked(*[PASSED] * 3)
    certificates(made)
    school = api.as_(made.school)

    first = school.get(f"batches/{made.code}/certificates").json
    second = school.get(f"batches/{made.code}/certificates?after={first['next']}").json

    numbers = [each["number"] for each in first["items"] + second["items"]]
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert len(set(numbers)) == 3


def test_a_school_takes_a_certificate_back_and_everybody_sees_why(api, classes):
    made = classes.marked()
    (public_id,) = certificates(made)

    done = api.as_(made.school).post(f"certificates/{public_id}/revocation", {"reason": "  成绩登记错误。 "})

    assert (done.status_code, done.json["status"], done.json["reason"]) == (200, "revoked", "成绩登记错误。")
    assert done.json["name"] == made.people[0].name
    public = api.get(f"certificates/{public_id}").json
    assert (public["status"], public["reason"]) == ("revoked", "成绩登记错误。")
    told = [each for each in outbox.messages(made.people[0].phone) if each.kind == "certificate.revoked"]
    assert "成绩登记错误" in told[0].text
    assert queries.certificate(public_id).is_intact


def test_a_certificate_is_taken_back_once(api, classes, persons):
    made = classes.marked()
    (public_id,) = certificates(made)
    api.as_(made.school).post(f"certificates/{public_id}/revocation", {"reason": "成绩登记错误"})

    again = api.as_(persons.officer()).post(f"certificates/{public_id}/revocation", {"reason": "重复"})

    assert (again.status_code, again.json["code"]) == (409, "already_revoked")
    assert queries.certificate(public_id).revocation_reason == "成绩登记错误"


@pytest.mark.parametrize(("reason", "code"), [("", "missing"), ("  ", "missing"), ("长" * 201, "too_long")])
def test_a_reason_is_needed(api, classes, reason, code):
    made = classes.marked()
    (public_id,) = certificates(made)

    refused = api.as_(made.school).post(f"certificates/{public_id}/revocation", {"reason": reason})

    assert refused.status_code == 422
    assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [("reason", code)]
    assert queries.certificate(public_id).status == "valid"


def test_who_may_not_take_back_is_refused_before_the_body_is_read(api, classes, persons):
    made = classes.marked()
    (public_id,) = certificates(made)
    path = f"certificates/{public_id}/revocation"

    assert api.as_(made.people[0]).post(path, {}).status_code == 403
    assert api.as_(persons.auditor()).post(path, {}).status_code == 403
    assert api.as_(persons.school()).post(path, {}).status_code == 404
    assert api.as_(persons.officer("440103")).post(path, {}).status_code == 404
    assert (
        api.as_(persons.officer(), scopes=frozenset({Scope.READ})).post(path, {}).json["code"]
        == "scope_missing"
    )
    assert queries.certificate(public_id).status == "valid"
