from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from skillhub.accounts.model import Person
from skillhub.base import append_only, signing
from skillhub.base.db import unit_of_work
from skillhub.base.seal import KeyProblem
from skillhub.courses.model import AllocationKey, AllocationLog, ApplicationEvent
from skillhub.courses.queries import allocation_logs as queries
from skillhub.courses.rules import queue_log
from skillhub.courses.service import allocation_keys, allocation_logs, applications, batches, offers, rounds

CLOSES_IN = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(app, session, tmp_path, monkeypatch):
    """Folders of this test alone: its keys belong to its database."""
    config = app.extensions["skillhub.config"]
    values = {**vars(config), "data": str(tmp_path), "keys": str(tmp_path)}
    monkeypatch.setitem(app.extensions, "skillhub.config", type(config)(**values))
    return tmp_path


@pytest.fixture
def closed(classes, frozen):
    """A class of one seat for which three have applied; enrolment has just ended."""
    batch = classes.published(seats=1, first_in=timedelta(days=3))
    people = classes.enrol(batch, 3)
    frozen.advance(days=1, seconds=6)
    return batch, people


def keys():
    return queue_log.from_document(allocation_keys.public_file(_config()).read_text("utf-8"))


def _config():
    return allocation_keys._config()  # noqa: SLF001 (where the worker keeps it)


def log_of(batch, edition=None):
    return queries.published(batch.code, edition)


def verdict(batch):
    return queue_log.verify(log_of(batch).text.encode(), keys())


def test_a_log_is_published_when_enrolment_has_closed(client, closed):
    batch, _ = closed
    assert client.get(f"/api/v1/batches/{batch.code}/allocation-log").json["code"] == "log_not_published"

    assert allocation_logs.write_due() == 1

    answer = client.get(f"/api/v1/batches/{batch.code}/allocation-log")
    assert answer.status_code == 200
    assert answer.content_type == "application/jsonl; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    found = queue_log.verify(answer.data, keys())
    assert (found.answer, found.batch, found.enrolled, found.waiting) == ("yes", batch.code, [1], [2, 3])


def test_who_has_the_log_already_is_not_sent_it_again(client, closed):
    batch, _ = closed
    allocation_logs.write_due()
    address = f"/api/v1/batches/{batch.code}/allocation-log"
    tag = client.get(address).headers["ETag"]

    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["nobody-knows", "{draft}", "{published}?edition=2"])
def test_where_there_is_no_log_there_is_nothing(client, classes, path):
    draft, published = classes.published(is_published=False), classes.published()

    path = path.format(draft=draft.code, published=published.code)
    code, _, query = path.partition("?")

    assert client.get(f"/api/v1/batches/{code}/allocation-log?{query}").status_code == 404


def test_before_closing_nothing_is_written(classes, frozen):
    batch = classes.published(seats=1)
    classes.enrol(batch, 1)
    frozen.advance(hours=23)

    assert allocation_logs.write_due() == 0
    assert log_of(batch) is None


def test_a_published_log_never_changes(session, closed, frozen):
    batch, people = closed
    allocation_logs.write_due()
    before = log_of(batch)

    with unit_of_work() as unit:
        unit.session.execute(
            update(Person).where(Person.id == people[0][0].person_id).values(name="另一个名")
        )
    frozen.advance(hours=1)
    allocation_logs.write_due()

    assert log_of(batch) == before


def test_what_happens_until_the_cut_off_comes_in_a_second_edition(closed, frozen):
    batch, people = closed
    allocation_logs.write_due()
    first = log_of(batch)
    applications.withdraw(actor=people[0][0].actor, receipt=people[0][1])
    offers.accept(actor=people[1][0].actor, receipt=people[1][1])
    allocation_logs.write_due()
    assert log_of(batch) == first, "offers are still possible"

    frozen.advance(days=1)
    allocation_logs.write_due()

    second = log_of(batch)
    assert second.edition == 2
    assert second.text.startswith(first.text[: first.text[:-1].rindex("\n") + 1])
    assert log_of(batch, edition=1) == first
    assert (verdict(batch).answer, verdict(batch).enrolled, verdict(batch).waiting) == ("yes", [2], [3])


def test_an_offer_that_nobody_has_answered_keeps_the_log_open(closed, frozen):
    batch, people = closed
    applications.withdraw(actor=people[0][0].actor, receipt=people[0][1])
    frozen.advance(days=1)
    allocation_logs.write_due()
    assert (verdict(batch).answer, log_of(batch).edition) == ("yes", 1)

    rounds.keep_lines()
    allocation_logs.write_due()

    assert (verdict(batch).answer, verdict(batch).enrolled, log_of(batch).edition) == ("yes", [], 2)
    assert '"event":"lapse"' in log_of(batch).text


def test_a_person_keeps_the_name_of_the_first_edition(session, closed, frozen):
    batch, people = closed
    allocation_logs.write_due()
    with unit_of_work() as unit:
        unit.session.execute(update(Person).where(Person.id == people[0][0].person_id).values(name="欧阳修"))
    applications.withdraw(actor=people[0][0].actor, receipt=people[0][1])
    frozen.advance(days=1)

    allocation_logs.write_due()

    assert verdict(batch).answer == "yes"


def test_nothing_follows_the_final_edition(closed, frozen):
    batch, people = closed
    frozen.advance(days=1)
    allocation_logs.write_due()
    before = log_of(batch)
    applications.withdraw(actor=people[0][0].actor, receipt=people[0][1])

    allocation_logs.write_due()

    assert log_of(batch) == before


def test_a_cancelled_batch_shows_that_everybody_lost_the_seat(classes, frozen):
    batch = classes.published(seats=1)
    classes.enrol(batch, 2)
    batches.cancel(actor=batch.school.actor, code=batch.code, reason="老师生病")
    frozen.advance(seconds=6)

    allocation_logs.write_due()

    assert (verdict(batch).answer, verdict(batch).enrolled) == ("yes", [])


def test_a_class_to_which_nobody_came_has_an_empty_log(classes, frozen):
    batch = classes.published(seats=1)
    frozen.advance(days=1, seconds=6)

    allocation_logs.write_due()

    assert (verdict(batch).answer, verdict(batch).enrolled) == ("yes", [])


def test_a_worker_killed_before_signing_signs_the_same_lines_later(session, closed, monkeypatch):
    batch, _ = closed
    with monkeypatch.context() as patched:
        patched.setattr(allocation_keys, "current", _die)
        with pytest.raises(SystemExit):
            allocation_logs.write_due()
    assert log_of(batch) is None, "what is not signed is not published"
    lines = session.scalar(select(AllocationLog.lines))

    allocation_logs.write_due()

    assert log_of(batch).text.startswith(lines)
    assert verdict(batch).answer == "yes"


def _die():
    raise SystemExit


def test_applications_from_before_events_were_kept_are_claimed_by_no_log(client, session, closed):
    batch, _ = closed
    with unit_of_work() as unit, append_only.lifted(unit):
        unit.session.execute(delete(ApplicationEvent).where(ApplicationEvent.batch_id == batch.id))

    assert allocation_logs.write_due() == 0
    assert client.get(f"/api/v1/batches/{batch.code}/allocation-log").status_code == 404


def test_old_logs_stay_valid_when_the_key_changes(client, closed, classes, frozen):
    batch, _ = closed
    allocation_logs.write_due()
    renewed = allocation_keys.renew()
    later = classes.published(seats=1)
    frozen.advance(days=1, seconds=6)

    allocation_logs.write_due()

    assert renewed.key_id == "allocation-log-2025-11-2"
    assert (verdict(batch).answer, verdict(batch).key_id) == ("yes", "allocation-log-2025-11")
    assert (verdict(later).answer, verdict(later).key_id) == ("yes", renewed.key_id)
    published = client.get("/.well-known/skillhub-keys.json")
    assert queue_log.from_document(published.text) == keys()
    assert "Set-Cookie" not in published.headers


def test_the_key_is_a_file_that_only_its_owner_reads(closed, folder):
    allocation_logs.write_due()

    assert (folder / "allocation-log-2025-11.key").stat().st_mode & 0o777 == 0o600


def test_a_lost_key_is_asked_for_and_never_replaced_in_silence(closed, folder):
    allocation_logs.write_due()
    (folder / "allocation-log-2025-11.key").unlink()

    with pytest.raises(KeyProblem, match=r"allocation-log-2025-11\.key"):
        allocation_keys.current()


def test_a_key_that_is_not_the_published_one_signs_nothing(closed, folder):
    allocation_logs.write_due()
    (folder / "allocation-log-2025-11.key").unlink()
    signing.make(folder, "allocation-log-2025-11")

    with pytest.raises(KeyProblem, match="不是一对"):
        allocation_keys.current()


def test_the_newest_head_is_the_beacon_of_the_next_draw(session, closed):
    assert queries.latest_root() is None
    batch, _ = closed

    allocation_logs.write_due()

    assert queries.latest_root() == log_of(batch).root
    assert session.scalar(select(AllocationKey.made_at)).tzinfo is UTC


def test_the_page_of_a_class_leads_to_its_log_once_there_is_one(client, closed):
    batch, _ = closed
    address = f"/api/v1/batches/{batch.code}/allocation-log"
    assert address not in client.get(f"/batches/{batch.code}").text

    allocation_logs.write_due()

    assert address in client.get(f"/batches/{batch.code}").text


def test_instants_are_written_in_one_way():
    assert queue_log.instant(datetime(2025, 11, 10, 1, tzinfo=UTC)) == "2025-11-10T01:00:00.000000Z"
