"""Issuing: what is frozen, which number it bears, who may, and what stops it."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, update

from skillhub.app import create_app
from skillhub.base import clock, ids, outbox, work
from skillhub.base.access import ANONYMOUS
from skillhub.base.audit import AuditEntry
from skillhub.base.db import db, unit_of_work
from skillhub.base.errors import Forbidden, NotFound, Unauthenticated
from skillhub.config import Config
from skillhub.courses.errors.results import ResultKept
from skillhub.courses.service import results
from skillhub.courses.service.results import Marks
from skillhub.credentials import errors, queries, service
from skillhub.credentials.model import Certificate
from skillhub.credentials.rules import facts as rules
from skillhub.credentials.service import bulk
from skillhub.testing.factories.base import LUNAN, TESTS, Persons, make_districts
from skillhub.testing.factories.credentials import FAILED, PASSED, Classes, certificates
from skillhub.testing.pytest_plugin import DAY

RARE = "\U000300f7"  # of extension G, which the font does not have


def issue(made, place=0, actor=None, **more):
    with unit_of_work() as unit:
        return service.issue_in(
            unit, actor=actor or made.school.actor, application_id=made.application_ids[place], **more
        )


def test_a_certificate_freezes_the_seven_mandatory_facts_and_what_explains_them(classes):
    made = classes.marked(PASSED, level="5")

    found = queries.certificate(issue(made))

    assert found.stored == {
        "v": 1,
        "number": "SH1302022025000001",
        "name": made.people[0].name,
        "identity_last4": found.facts.identity_last4,
        "course": "家务服务",
        "starts_on": "2025-11-03",
        "ends_on": "2025-11-04",
        "body": found.facts.body,
        "issued_on": "2025-11-10",
        "trade": "家政",
        "level": "5",
        "level_name": "五级（初级工）",
        "hours": 20,
        "theory_hours": 8,
        "practice_hours": 12,
        "theory": 82,
        "practice": 91,
        "batch": made.code,
        "district": LUNAN,
        "is_fictitious": True,
    }
    assert len(found.facts.identity_last4) == 4
    assert "虚构" in found.facts.body
    assert found.status == "valid"


def test_the_checksum_is_over_the_canonical_spelling(classes):
    found = queries.certificate(issue(classes.marked()))

    spelling = rules.canonical(found.stored)

    assert spelling.startswith(b'{"batch":"')
    assert "家务服务".encode() in spelling
    assert b": " not in spelling
    assert found.facts_sha256 == rules.checksum(found.stored)
    assert found.is_intact


def test_numbers_count_up_within_district_and_year(classes):
    made = classes.marked(PASSED, PASSED, PASSED)

    numbers = [queries.certificate(each).number for each in certificates(made)]

    assert numbers == ["SH1302022025000001", "SH1302022025000002", "SH1302022025000003"]


def test_asking_twice_gives_the_same_certificate_and_one_message(classes):
    made = classes.marked()

    first, second = issue(made), issue(made)

    assert first == second
    told = [each for each in outbox.messages(made.people[0].phone) if each.kind == "certificate.issued"]
    assert len(told) == 1
    assert queries.certificate(first).number in told[0].text


def test_issuing_is_noted_without_a_name(classes, session):
    made = classes.marked()

    public_id = issue(made)

    noted = session.scalars(select(AuditEntry).where(AuditEntry.verb == "certificate.issue")).one()
    assert noted.actor_id == made.school.person_id
    assert noted.subject == f"certificate:{public_id}"
    assert made.people[0].name not in str(noted.facts)


@pytest.mark.parametrize("role", ["trainee", "trainer", "employer", "desk", "auditor", "operator"])
def test_only_the_school_and_the_officer_issue(classes, persons, role):
    made = classes.marked()

    with pytest.raises(Forbidden):
        issue(made, actor=getattr(persons, role)().actor)

    assert queries.of_batch(made.batch_id) == ()


def test_nobody_issues_without_signing_in(classes):
    with pytest.raises(Unauthenticated):
        issue(classes.marked(), actor=ANONYMOUS)


def test_another_school_learns_nothing(classes, persons):
    with pytest.raises(NotFound):
        issue(classes.marked(), actor=persons.school().actor)


def test_an_officer_of_another_district_learns_nothing(classes, persons):
    with pytest.raises(NotFound):
        issue(classes.marked(), actor=persons.officer("440103").actor)


def test_the_districts_officer_may_issue(classes, persons):
    made = classes.marked()

    assert queries.certificate(issue(made, actor=persons.officer().actor)).number


def test_who_did_not_pass_gets_none(classes):
    made = classes.marked(PASSED, FAILED)

    with pytest.raises(errors.NotEarned):
        issue(made, place=1)


def test_who_was_not_marked_gets_none(classes, persons):
    made = classes.taught([persons.trainee()])

    with pytest.raises(errors.NotEarned):
        issue(made)


def test_no_certificate_is_dated_before_the_end_of_the_class(classes):
    made = classes.marked()

    with pytest.raises(errors.TooEarly):
        issue(made, issued_on=date(2025, 11, 3))


def test_a_cancelled_class_leads_to_none(classes, session):
    made = classes.marked()
    with unit_of_work() as unit:
        batch = Certificate.metadata.tables["batch"]
        unit.session.execute(update(batch).where(batch.c.id == made.batch_id).values(state="cancelled"))

    with pytest.raises(errors.ClassCancelled):
        issue(made)


def test_without_an_identity_document_there_is_none(classes, persons):
    made = classes.marked(people=[persons.trainee(has_identity=False)])

    with pytest.raises(errors.IdentityMissing):
        issue(made)


def named(persons, name):
    """Return a trainee with this name."""
    person = persons.trainee()
    with unit_of_work() as unit:
        table = Certificate.metadata.tables["person"]
        unit.session.execute(update(table).where(table.c.id == person.person_id).values(name=name))
    return person


def test_a_character_that_cannot_be_printed_stops_the_issue_and_is_named(classes, persons):
    made = classes.marked(people=[named(persons, f"祝{RARE}")])

    with pytest.raises(errors.CharacterMissing) as caught:
        issue(made)

    assert caught.value.code == "character_missing"
    assert caught.value.facts == {"character": RARE, "codepoint": "U+300F7"}
    assert caught.value.errors[0].field == "name"
    assert RARE in str(caught.value.errors[0].message)
    assert queries.of_batch(made.batch_id) == ()


@pytest.mark.parametrize("name", ["祎燚犇垚䶮㛃𠮷𠅤", "买买提·艾力", "阿" * 50])
def test_rare_characters_and_long_names_are_issued(classes, persons, name):
    made = classes.marked(people=[named(persons, name)])

    assert queries.certificate(issue(made)).facts.name == name


def test_a_number_from_before_is_kept_and_never_given_again(classes):
    made = classes.marked(PASSED, PASSED)

    old = issue(made, number="SH1302022025000041", issued_on=date(2025, 11, 5), actor=TESTS)
    new = issue(made, place=1)

    assert queries.certificate(old).number == "SH1302022025000041"
    assert queries.certificate(old).issued_on == date(2025, 11, 5)
    assert queries.certificate(new).number == "SH1302022025000042"
    assert not [each for each in outbox.messages(made.people[0].phone) if each.kind == "certificate.issued"]


@pytest.mark.parametrize(
    "number", ["SH4401032025000001", "Y000113020225000001", "SH130202202500001", "sh1302022025000001"]
)
def test_a_number_of_another_series_is_refused(classes, number):
    with pytest.raises(errors.NumberMalformed):
        issue(classes.marked(), number=number, actor=TESTS)


def test_one_number_stands_on_one_certificate(classes):
    made = classes.marked(PASSED, PASSED)
    issue(made, number="SH1302022025000041", actor=TESTS)

    with pytest.raises(errors.NumberTaken):
        issue(made, place=1, number="SH1302022025000041", actor=TESTS)


def test_an_application_keeps_its_first_number(classes):
    made = classes.marked()
    issue(made)

    with pytest.raises(errors.AlreadyIssued):
        issue(made, number="SH1302022025000041", actor=TESTS)


def test_a_result_under_a_certificate_cannot_change(classes):
    made = classes.marked()
    issue(made)

    with pytest.raises(ResultKept):
        results.record(actor=made.trainer.actor, batch=made.code, marks=[Marks(made.receipts[0], *FAILED)])


def test_a_class_is_issued_in_the_background_and_says_who_was_left_out(classes, persons):
    made = classes.marked(
        PASSED, PASSED, FAILED, people=[persons.trainee(), named(persons, f"祝{RARE}"), persons.trainee()]
    )

    job = service.issue_batch(actor=made.school.actor, batch=made.code)
    assert work.job(job).state == "waiting"
    work.drain()

    done = work.job(job)
    assert (done.state, done.done, done.of) == ("done", 2, 2)
    assert [(each.item, each.code) for each in done.failed] == [(made.receipts[1], "character_missing")]
    assert [each.person_id for each in queries.of_batch(made.batch_id)] == [made.people[0].person_id]


def test_a_class_larger_than_a_slice_is_issued_once_however_often_it_is_asked(classes, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_IN_SLICE", 2)
    made = classes.marked(*[PASSED] * 5)

    for _ in range(2):
        service.issue_batch(actor=made.school.actor, batch=made.code)
    work.drain()

    issued = queries.of_batch(made.batch_id)
    assert [each.number for each in issued] == [f"SH1302022025{serial:06d}" for serial in range(1, 6)]


def test_the_background_acts_with_the_rights_of_who_asked(classes, persons):
    made = classes.marked()
    job = service.issue_batch(actor=made.school.actor, batch=made.code)
    with unit_of_work() as unit:
        grants = Certificate.metadata.tables["role_grant"]
        unit.session.execute(
            update(grants).where(grants.c.person_id == made.school.person_id).values(ended_at=clock.now())
        )

    work.drain()

    assert [each.code for each in work.job(job).failed] == ["forbidden"]
    assert queries.of_batch(made.batch_id) == ()


def test_a_class_with_nobody_to_certify_says_so(classes):
    made = classes.marked(FAILED)

    with pytest.raises(errors.NothingToIssue):
        service.issue_batch(actor=made.school.actor, batch=made.code)


def test_another_school_cannot_ask_for_a_class(classes, persons):
    with pytest.raises(NotFound):
        service.issue_batch(actor=persons.school().actor, batch=classes.marked().code)


@pytest.mark.parametrize("together", ["the same person", "different people"])
def test_issues_at_the_same_moment_give_one_certificate_each(
    database_url, work_folder, keys_folder, together
):
    config = Config(profile="test", data=str(work_folder), keys=str(keys_folder), database_url=database_url)
    app = create_app(config, inline_work=True)
    with app.app_context(), clock.frozen_at(DAY):
        db.create_all()
        make_districts()
        made = Classes(Persons(LUNAN)).marked(*[PASSED] * 4)
    start = threading.Barrier(4)
    found = []

    def one(place):
        with app.app_context(), clock.frozen_at(DAY):
            start.wait()
            found.append(issue(made, place=0 if together == "the same person" else place))

    threads = [threading.Thread(target=one, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    expected = 1 if together == "the same person" else 4
    with app.app_context():
        numbers = db.session.scalars(select(Certificate.number).order_by(Certificate.number)).all()
        last = db.session.scalar(
            select(func.max(ids.NumberSeries.last)).where(ids.NumberSeries.name.like("certificate:%"))
        )
        db.session.remove()
        db.engine.dispose()
    assert len(found) == 4
    assert len(set(found)) == expected
    assert numbers == [f"SH1302022025{serial:06d}" for serial in range(1, expected + 1)]
    assert last == expected


def test_issuing_and_revoking_are_each_told_once_on_the_holders_page(classes):
    made = classes.marked()
    public_id = issue(made)
    service.revoke(actor=made.school.actor, certificate=public_id, reason="查实代考")

    own = outbox.of_person(made.people[0].person_id)

    kinds = [each.kind for each in own if each.kind.startswith("certificate.")]
    assert kinds == ["certificate.revoked", "certificate.issued"]
