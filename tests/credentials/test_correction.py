"""A wrong name or course: another version under the same number, and what becomes of the one before."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy import event, select

from skillhub.app import create_app
from skillhub.base import clock, outbox, schema, seal
from skillhub.base.access import system
from skillhub.base.audit import AuditEntry
from skillhub.base.db import db, unit_of_work
from skillhub.base.errors import Invalid, NotFound
from skillhub.courses.queries import applications
from skillhub.credentials import errors, paper, queries, service
from skillhub.credentials.queries import credentials, issuer, judgements
from skillhub.credentials.rules import facts as rules
from skillhub.credentials.service import lists
from skillhub.subsidy.queries import facts as subsidy_facts
from skillhub.testing.clients import submit
from skillhub.testing.factories.base import LIWAN, LUNAN, Persons, make_districts
from skillhub.testing.factories.credentials import PASSED, Classes, certificates
from skillhub.testing.pytest_plugin import DAY
from tests.credentials.signer import config

TOO_LATE, PATIENCE_SECONDS = 3, 60
NAME, REASON = "买买提·艾力", "姓名写错一个字"


@pytest.fixture
def made(classes):
    return classes.marked(PASSED)


@pytest.fixture
def first(made):
    (one,) = certificates(made)
    return queries.certificate(one)


def correct(found, actor, name=NAME, course=None, reason=REASON):
    return queries.certificate(
        service.correct(
            actor=actor,
            certificate=found.public_id,
            name=name,
            course=course or found.facts.course,
            reason=reason,
        )
    )


def test_the_next_version_has_the_same_number_and_day_and_only_what_was_wrong_is_different(made, first):
    with clock.frozen_at(DAY + timedelta(days=3)):
        newer = correct(first, made.school.actor, course="家务服务（含收纳）")

    different = {key for key, value in newer.stored.items() if first.stored.get(key) != value}
    assert different == {"name", "course", "version", "corrected_on"}
    assert (newer.facts.name, newer.facts.course) == (NAME, "家务服务（含收纳）")
    assert (newer.number, newer.issued_on, newer.version) == (first.number, first.issued_on, 2)
    assert newer.is_valid
    assert newer.is_intact
    before = queries.certificate(first.public_id)
    assert (before.status, before.superseded_by, before.revocation_reason) == (
        "superseded",
        newer.public_id,
        REASON,
    )
    assert before.stored == first.stored
    assert queries.by_number(first.number) == newer
    assert queries.of_application(first.application_id) == newer


def test_a_first_version_is_frozen_as_it_was_before_there_were_versions(first):
    assert not set(rules.OF_CORRECTIONS) & set(first.stored)


def test_every_answer_about_the_old_one_points_to_the_new_one(made, first, client, api, browser_of):
    newer = correct(first, made.school.actor)
    service.bring_up_to_date()
    old = credentials.published(first.id)

    for copy in (old.document, old.compact.encode()):
        found = judgements.of_file(copy)
        assert (found.unaltered.value, found.not_revoked.value) == ("yes", "no")
        assert found.not_revoked.why == "superseded"
    judged = judgements.of_certificate(newer)
    assert [each.value for each in judged.findings.values()] == ["yes"] * 4
    assert lists.indexes_of(issuer.status_list(1)) == {old.list_index}
    page = client.get(f"/verify/{first.public_id}").text
    assert f"/verify/{newer.public_id}" in page
    assert REASON in page
    assert "已换发新证" in page
    told = api.get(f"certificates/{first.public_id}").json
    assert (told["status"], told["superseded_by"]) == ("superseded", newer.public_id)
    assert api.get(f"certificates/{newer.public_id}").json["status"] == "valid"
    own = browser_of(made.people[0]).get(f"/certificates/{first.public_id}").text
    assert f"/certificates/{newer.public_id}" in own


def test_the_paper_and_the_signed_credential_say_which_version_they_are(made, first):
    with clock.frozen_at(DAY + timedelta(days=3)):
        newer = correct(first, made.school.actor)
    service.bring_up_to_date()

    told = "第2版（2025年11月13日），以前的版本不再有效"
    text = pypdf.PdfReader(io.BytesIO(paper.drawn(newer))).pages[0].extract_text()
    assert told in text
    assert NAME in text
    assert told in credentials.published(newer.id).document.decode()
    assert "版" not in pypdf.PdfReader(io.BytesIO(paper.drawn(first))).pages[0].extract_text()


def test_it_is_told_to_the_holder_once_and_noted_without_a_name(made, first, session):
    newer = correct(first, made.school.actor)

    told = [each for each in outbox.messages(made.people[0].phone) if each.kind == "certificate.superseded"]
    assert [REASON in each.text and "第2版" in each.text for each in told] == [True]
    noted = session.scalars(select(AuditEntry).where(AuditEntry.verb == "certificate.correct")).one()
    assert (noted.facts["newer"], noted.facts["corrected"]) == (newer.public_id, ["name"])
    assert NAME not in str(noted.facts)
    assert first.facts.name not in str(noted.facts)


def test_what_rests_on_the_certificate_rests_on_the_new_version(made, first):
    (application,) = applications.of_batch(made.batch_id)
    before = subsidy_facts.of_application(application, on=DAY.date())["certificate"]
    with clock.frozen_at(DAY + timedelta(days=40)):
        correct(first, made.school.actor)

    assert subsidy_facts.of_application(application, on=DAY.date())["certificate"] == before
    assert queries.resting_on([first.application_id]) == {first.application_id}
    assert queries.count_of_batch(made.batch_id) == 1


def test_versions_follow_each_other_and_only_the_newest_can_be_corrected(made, first):
    second = correct(first, made.school.actor)
    third = correct(second, made.school.actor, name="艾力")

    with pytest.raises(errors.NotCorrectable):
        correct(first, made.school.actor)
    service.revoke(actor=made.school.actor, certificate=third.public_id, reason="代考")
    with pytest.raises(errors.NotCorrectable):
        correct(third, made.school.actor)
    found = queries.of_batch(made.batch_id)
    assert [(each.version, each.status) for each in found] == [
        (1, "superseded"),
        (2, "superseded"),
        (3, "revoked"),
    ]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "长" * 61}),
        ("name", {"name": "祝\U000300f7"}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": "长" * 201}),
        ("course", {"course": "长" * 101}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(made, first, field, values):
    with pytest.raises(Invalid) as refused:
        correct(first, made.school.actor, **({"name": NAME} | values))

    assert [each.field for each in refused.value.errors] == [field]
    with pytest.raises(errors.NothingCorrected):
        correct(first, made.school.actor, name=first.facts.name)
    assert queries.of_batch(made.batch_id) == (first,)


def test_only_its_school_and_the_officers_of_its_district_correct(made, first, persons):
    with pytest.raises(NotFound):
        correct(first, persons.officer(district=LIWAN).actor)
    assert correct(first, persons.officer().actor).version == 2


def test_giving_the_new_one_up_erases_the_old_copies_too(made, first):
    newer = correct(first, made.school.actor)
    service.bring_up_to_date()
    service.erase(actor=made.people[0].actor, certificate=newer.public_id)

    assert credentials.is_erased(first.id)
    assert credentials.is_erased(newer.id)
    assert queries.certificate(first.public_id).status == "superseded"


def test_a_school_corrects_at_the_page_and_keeps_what_it_typed_when_something_is_wrong(
    made, first, browser_of
):
    school, path = browser_of(made.school), f"/certificates/{first.public_id}/correction"

    wrong = submit(school, path, name=NAME, course="家务服务", reason="")
    done = submit(school, path, name=NAME, course="家务服务", reason=REASON)

    assert wrong.status_code == 422
    assert NAME in wrong.text
    assert first.facts.name in school.get(f"/certificates/{first.public_id}").text
    assert NAME in school.get(done.location).text


def in_a_process(app, certificate, name, *, dies=False):
    """Correct a certificate in a process of its own, which may be killed just before it commits."""

    def work():
        with app.app_context(), clock.frozen_at(DAY):
            if dies:
                event.listen(db.engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
            try:
                correct(queries.certificate(certificate), system("tests"), name=name)
            except errors.NotCorrectable:
                os._exit(TOO_LATE)
            os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    return process


@pytest.mark.processes
@pytest.mark.fault
def test_killed_before_its_commit_it_changes_nothing_and_of_two_at_once_one_comes_too_late(
    database_url, tmp_path
):
    seal.make(tmp_path / "keys")
    schema.upgrade(database_url)
    app = create_app(config(database_url, str(tmp_path)), inline_work=True)
    with app.app_context(), clock.frozen_at(DAY):
        make_districts()
        made = Classes(Persons(LUNAN)).marked()
        with unit_of_work() as unit:
            one = service.issue_in(unit, actor=made.school.actor, application_id=made.application_ids[0])

        def statuses():
            found = [each.status for each in queries.of_batch(made.batch_id)]
            db.session.remove()
            db.engine.dispose()  # no process shares a connection with another
            return found

        assert statuses() == ["valid"]
        killed = in_a_process(app, one, "甲", dies=True)
        killed.join(PATIENCE_SECONDS)
        assert killed.exitcode == -signal.SIGKILL
        assert statuses() == ["valid"]
        both = [in_a_process(app, one, name) for name in ("甲", "乙")]
        for process in both:
            process.join(PATIENCE_SECONDS)
        assert sorted(process.exitcode for process in both) == [0, TOO_LATE]
        assert statuses() == ["superseded", "valid"]
