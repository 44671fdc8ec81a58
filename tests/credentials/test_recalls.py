"""Many certificates taken back together, by two people; keys that are changed or lost to a thief."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from skillhub.base import access, clock, outbox, work
from skillhub.base.access import Role
from skillhub.base.audit import AuditEntry
from skillhub.base.db import db, unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.credentials import errors, queries, service
from skillhub.credentials.keys import Purpose
from skillhub.credentials.model import Certificate, Credential
from skillhub.credentials.queries import credentials, issuer, recalls
from skillhub.credentials.rules.recalls import Common, Kind
from skillhub.credentials.service import keeping, lists
from skillhub.credentials.vc import verify
from skillhub.testing.clients import submit
from skillhub.testing.factories.base import LIWAN, LUNAN
from skillhub.testing.factories.credentials import PASSED, certificates
from skillhub.testing.factories.many import copied

REASON = "题目泄露，成绩不作数"


@pytest.fixture
def officers(persons):
    return persons.officer(), persons.officer()


def judged(public_id):
    found = credentials.published(queries.certificate(public_id).id)
    judgement = verify.judge(found.document, issuer.trust(), at=clock.real_now())
    return tuple(each.value.value for each in judgement.findings.values())


def statuses(*public_ids):
    return [queries.certificate(each).status for each in public_ids]


def recalled(officers, common, district=LUNAN):
    first, second = officers
    handle = service.recalls.ask(actor=first.actor, district=district, common=common, reason=REASON)
    service.recalls.confirm(actor=second.actor, recall=handle)
    work.drain()
    service.bring_up_to_date()
    return handle


def test_by_batch_all_of_a_class_and_no_other_are_taken_back(classes, officers):
    made, other = classes.marked(PASSED, PASSED), classes.marked()
    ids, kept = certificates(made), certificates(other)

    handle = recalled(officers, Common(Kind.BATCH, made.code))

    assert statuses(*ids) == ["revoked", "revoked"]
    assert statuses(*kept) == ["valid"]
    assert [judged(each)[3] for each in (*ids, *kept)] == ["no", "no", "yes"]
    assert queries.certificate(ids[0]).revocation_reason == REASON
    found = recalls.recall(officers[0].actor, handle)
    assert (found.affected, found.left, found.is_open) == (2, 0, False)


def test_by_course_all_its_classes_are_taken_back(classes, officers):
    made, other = classes.marked(course="养老护理"), classes.marked(course="家务服务")
    ids, kept = certificates(made), certificates(other)
    code = queries_of_course(made)

    recalled(officers, Common(Kind.COURSE, code))

    assert statuses(*ids, *kept) == ["revoked", "valid"]


def queries_of_course(made):
    return service.issue.batches.batch(made.code).course.code


def test_by_range_of_numbers_both_ends_are_taken_back(classes, officers):
    ids = certificates(classes.marked(*[PASSED] * 4))
    numbers = [queries.certificate(each).number for each in ids]

    recalled(officers, Common(Kind.NUMBERS, numbers[1], numbers[2]))

    assert statuses(*ids) == ["valid", "revoked", "revoked", "valid"]


def test_after_a_theft_all_that_the_key_signed_after_one_certificate_is_taken_back(classes, officers):
    before, last = certificates(classes.marked(PASSED, PASSED))
    after = certificates(classes.marked(PASSED, PASSED))
    stolen = issuer_key()
    keeping.rotate(actor=access.system("tests"), purpose=Purpose.CREDENTIAL)
    (anew,) = certificates(classes.marked())

    recalled(officers, Common(Kind.KEY, stolen, queries.certificate(last).number))

    assert statuses(before, last, *after, anew) == ["valid", "valid", "revoked", "revoked", "valid"]
    assert [judged(each) for each in (before, last, anew)] == [("yes",) * 4] * 3
    assert [judged(each)[3] for each in after] == ["no", "no"]


def issuer_key():
    return keeping.signer(Purpose.CREDENTIAL).key_id


def test_the_order_of_signing_decides_and_no_clock(classes, officers):
    first, second = certificates(classes.marked(PASSED, PASSED))
    with unit_of_work() as unit:  # a thief who can set a clock
        earlier = clock.real_now().replace(year=2001)
        unit.session.execute(
            update(Credential)
            .where(Credential.certificate_id == queries.certificate(second).id)
            .values(signed_at=earlier, frozen_at=earlier)
        )

    recalled(officers, Common(Kind.KEY, issuer_key(), queries.certificate(first).number))

    assert statuses(first, second) == ["valid", "revoked"]


@pytest.mark.parametrize("purpose", Purpose)
def test_a_new_key_signs_and_the_old_ones_go_on_being_believed(classes, purpose):
    (before,) = certificates(classes.marked())
    old = keeping.signer(purpose).key_id

    made = keeping.rotate(actor=access.system("tests"), purpose=purpose)
    (after,) = certificates(classes.marked())

    assert made.id != old
    assert keeping.signer(purpose).key_id == made.id
    assert judged(before) == judged(after) == ("yes",) * 4
    known = {each.id: each.retired_at is None for each in issuer.known_keys() if each.purpose is purpose}
    assert known == {old: False, made.id: True}
    text = credentials.published(queries.certificate(before).id).compact
    assert queries.judgements.of_file(text.encode()).unaltered.value.value == "yes"


def test_one_person_alone_takes_nothing_back(classes, officers, persons):
    made = classes.marked()
    ids = certificates(made)
    common = Common(Kind.BATCH, made.code)
    handle = service.recalls.ask(actor=officers[0].actor, district=LUNAN, common=common, reason=REASON)

    with pytest.raises(errors.SecondPersonMissing):
        service.recalls.confirm(actor=officers[0].actor, recall=handle)
    with pytest.raises(errors.SecondPersonMissing):
        service.recalls.confirm(actor=access.system("tests"), recall=handle)
    for stranger, refused in (
        (persons.officer(district=LIWAN), NotFound),
        (made.school, Forbidden),
        (persons.auditor(), Forbidden),
    ):
        with pytest.raises(refused):
            service.recalls.confirm(actor=stranger.actor, recall=handle)
    work.drain()

    assert statuses(*ids) == ["valid"]


def test_what_is_withdrawn_or_confirmed_is_decided(classes, officers):
    made = classes.marked()
    ids = certificates(made)
    common = Common(Kind.BATCH, made.code)
    handle = service.recalls.ask(actor=officers[0].actor, district=LUNAN, common=common, reason=REASON)
    service.recalls.withdraw(actor=officers[0].actor, recall=handle)

    for decide in (service.recalls.confirm, service.recalls.withdraw):
        with pytest.raises(errors.RecallDecided):
            decide(actor=officers[1].actor, recall=handle)
    work.drain()

    assert statuses(*ids) == ["valid"]


@pytest.mark.parametrize(
    ("common", "reason", "error"),
    [
        (Common(Kind.BATCH, "NO-SUCH"), REASON, errors.NothingAffected),
        (Common(Kind.COURSE, "NO-SUCH"), REASON, errors.NothingAffected),
        (Common(Kind.NUMBERS, "SH1302022020000001"), REASON, errors.NothingAffected),
        (Common(Kind.KEY, "key-2001-01"), REASON, errors.NothingAffected),
        (Common(Kind.KEY, "key-2001-01", "SH1"), REASON, errors.NothingAffected),
        (Common(Kind.NUMBERS, "SH0", "SH9"), " ", Invalid),
    ],
)
def test_what_cannot_be_right_is_not_asked_for(classes, officers, common, reason, error):
    certificates(classes.marked())

    with pytest.raises(error):
        service.recalls.ask(actor=officers[0].actor, district=LUNAN, common=common, reason=reason)


def test_the_trail_names_both_and_each_holder_is_told_once(classes, officers, session):
    made = classes.marked(PASSED, PASSED)
    ids = certificates(made)
    recalled(officers, Common(Kind.BATCH, made.code))

    verbs = dict(
        session.execute(
            select(AuditEntry.verb, func.count())
            .where(AuditEntry.verb.in_(("recall.ask", "recall.confirmed", "certificate.revoke")))
            .group_by(AuditEntry.verb)
        ).all()
    )
    assert verbs == {"recall.ask": 1, "recall.confirmed": 1, "certificate.revoke": 2}
    told = [each for each in outbox.of_person(made.people[0].person_id) if "撤销" in each.text]
    assert len(told) == 1
    assert queries.certificate(ids[0]).revoked_at is not None


def test_thousands_are_taken_back_by_statements_that_do_not_grow_with_each(classes, officers, session):
    made = classes.marked()
    (first,) = certificates(made)
    copied(first, 1200)
    service.bring_up_to_date()

    recalled(officers, Common(Kind.BATCH, made.code))

    assert session.scalar(select(func.count()).where(Certificate.status == "valid")) == 0
    bits = frozenset().union(*(lists.indexes_of(text) for text in issuer.status_lists().values()))
    assert len(bits) == 1201 == db.session.scalar(select(func.count(Credential.id)))


def test_a_role_that_ended_confirms_nothing(classes, officers, persons):
    made = classes.marked()
    certificates(made)
    common = Common(Kind.BATCH, made.code)
    handle = service.recalls.ask(actor=officers[0].actor, district=LUNAN, common=common, reason=REASON)

    with pytest.raises(Forbidden):
        service.recalls.confirm(actor=persons.trainee().actor, recall=handle)
    assert Role.OFFICER in {grant.role for grant in officers[0].actor.grants}


def test_an_officer_asks_and_another_confirms_at_the_pages(classes, officers, browser_of):
    made = classes.marked()
    ids = certificates(made)
    asking, confirming = (browser_of(each) for each in officers)

    page = submit(asking, "/office/recalls", kind="batch", what=made.code, border="", reason=REASON).location
    assert submit(asking, page, decision="confirmed").status_code == 409
    assert submit(confirming, page, decision="confirmed").status_code == 302
    work.drain()

    assert statuses(*ids) == ["revoked"]
    text = confirming.get(page).text
    assert "已全部撤销" in text
    assert officers[0].name in text
    assert officers[1].name in text


def test_the_command_asks_in_each_district_and_changes_keys(app, classes, officers):
    made = classes.marked()
    ids = certificates(made)
    run = app.test_cli_runner()
    key = issuer_key()

    done = run.invoke(args=["credentials", "recall", "--by", "key", "--what", key, "--reason", REASON])
    turned = run.invoke(args=["credentials", "rotate-key"])
    none = run.invoke(args=["credentials", "recall", "--by", "key", "--what", "key-1", "--reason", REASON])

    assert (done.exit_code, turned.exit_code, none.exit_code) == (0, 0, 1), done.output
    handle = done.output.strip().rpartition("/")[2]
    assert issuer_key() in turned.output
    assert issuer_key() != key
    assert statuses(*ids) == ["valid"]
    service.recalls.confirm(actor=officers[0].actor, recall=handle)
    work.drain()
    assert statuses(*ids) == ["revoked"]
