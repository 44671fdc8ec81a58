import pytest
from sqlalchemy import select

from skillhub.accounts.queries import people
from skillhub.base.audit import AuditEntry
from skillhub.base.db import db
from skillhub.testing.factories.base import LIWAN


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
