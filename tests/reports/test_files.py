import re

import pytest
from sqlalchemy import select

from skillhub.accounts.queries import people
from skillhub.activities.service import doors, planning
from skillhub.base.audit import AuditEntry
from skillhub.base.db import db
from skillhub.courses.queries import orders
from skillhub.credentials.queries import certificates
from skillhub.reports.queries import funnels
from skillhub.testing.factories.base import LIWAN, LUNAN
from tests.activities.conftest import STARTS, a_plan

HANDLES = re.compile(r"/people/(p-\w+)")


def openings(person):
    statement = select(AuditEntry).where(
        AuditEntry.verb == "person.file.read", AuditEntry.subject == f"person:{person.person_id}"
    )
    return db.session.scalars(statement).all()


@pytest.fixture
def worker(chain):
    return chain.people[0]


@pytest.mark.parametrize("role", ["officer", "desk", "auditor"])
def test_the_staff_of_the_district_reads_the_whole_chain(browse, persons, chain, worker, role):
    page = browse(getattr(persons, role)()).get(f"/people/{worker.handle}")

    assert page.status_code == 200
    for told in (worker.name, chain.batch.code, "82", "SH", "测试机构"):
        assert told in page.text


def test_every_opening_is_put_on_record_with_who_did_it(browse, persons, chain, worker):
    officer, clerk = persons.officer(), persons.desk()
    browse(officer).get(f"/people/{worker.handle}")
    browse(clerk).get(f"/people/{worker.handle}")
    browse(worker).get("/me/file")

    assert [each.actor_id for each in openings(worker)] == [
        officer.person_id,
        clerk.person_id,
        worker.person_id,
    ]


def test_who_is_turned_away_leaves_no_record_of_an_opening(browse, persons, worker):
    assert browse(persons.officer(LIWAN)).get(f"/people/{worker.handle}").status_code == 404
    assert openings(worker) == []


def test_the_document_and_the_phone_are_never_shown_whole(browse, persons, worker):
    page = browse(persons.officer()).get(f"/people/{worker.handle}")

    assert f"{worker.phone[:3]}＊＊＊＊{worker.phone[-4:]}" in page.text
    assert worker.phone not in page.text
    number = people.id_number_of(worker.person_id)
    assert number is not None
    assert number not in page.text
    assert f"尾号{number[-4:]}" in page.text


def test_a_school_reads_what_came_of_its_own_classes_and_nothing_else(browse, persons, chain, worker):
    own = browse(chain.batch.school).get(f"/people/{worker.handle}")
    assert chain.batch.code in own.text

    assert browse(persons.school()).get(f"/people/{worker.handle}").status_code == 404


def test_a_person_reads_the_own_file_and_nobody_elses(browse, chain, worker):
    browser = browse(worker)
    page = browser.get("/me/file")

    assert worker.name in page.text
    assert "这是您自己的档案" in page.text
    assert browser.get(f"/people/{worker.handle}").status_code == 200
    assert browser.get(f"/people/{chain.people[1].handle}").status_code == 404


def test_employers_and_trainers_open_no_files(browse, chain, worker):
    for reader in (chain.employer, chain.batch.trainer):
        page = browse(reader).get(f"/people/{worker.handle}")
        assert page.status_code in (403, 404)
        assert worker.name not in page.text


def test_a_file_that_does_not_exist_is_not_found(browse, persons):
    assert browse(persons.officer()).get("/people/p-nobody").status_code == 404


def test_the_file_names_the_events_to_which_the_person_came(browse, persons, chain, worker, frozen):
    officer = persons.officer()
    code = planning.announce(actor=officer.actor, district=LUNAN, plan=a_plan())
    frozen.to(STARTS)
    doors.sign_in(actor=officer.actor, activity=code, person=worker.handle, method="document")

    assert "秋季创业训练营" in browse(officer).get(f"/people/{worker.handle}").text
    assert "秋季创业训练营" in browse(worker).get("/me/file").text
    assert "秋季创业训练营" not in browse(chain.batch.school).get(f"/people/{worker.handle}").text


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_the_file_is_reached_from_the_roster_the_certificate_and_the_order(
    browse, persons, chain, worker, role
):
    browser = browse(getattr(persons, role)())
    (certificate, *_) = certificates.of_batch(chain.batch.id)
    holder = people.person(certificate.person_id).handle

    for path, handle in (
        (f"/teach/batches/{chain.batch.code}/roster", worker.handle),
        (f"/certificates/{certificate.public_id}", holder),
        (f"/orders/{chain.order}?show=hired", chain.hired[0].handle),
    ):
        assert f"/people/{handle}" in browser.get(path).text, path


def test_who_may_not_open_the_file_is_shown_no_way_to_it(browse, chain, worker):
    trainer = browse(chain.batch.trainer)

    assert f"/people/{worker.handle}" not in trainer.get(f"/teach/batches/{chain.batch.code}/roster").text
    holder = chain.certified[0]
    (certificate,) = certificates.certificates_of(holder.person_id)
    assert "/people/" not in browse(holder).get(f"/certificates/{certificate.public_id}").text


def test_the_old_way_to_a_file_that_left_no_record_is_gone(browse, persons, worker):
    assert browse(persons.school()).get(f"/desk/people/{worker.handle}").status_code == 404


@pytest.mark.parametrize("stage", ["enrolled", "attended", "certified", "hired"])
def test_each_number_of_the_funnel_agrees_with_the_list_behind_it(browse, persons, chain, stage):
    officer = browse(persons.officer())
    funnel = funnels.funnel(orders.order(chain.order).id)

    page = officer.get(f"/orders/{chain.order}?show={stage}").text

    listed = set(HANDLES.findall(page))
    assert len(listed) == getattr(funnel, stage) == len(getattr(chain, stage))
    assert listed == {each.handle for each in getattr(chain, stage)}
    for handle in listed:
        assert officer.get(f"/people/{handle}").status_code == 200
