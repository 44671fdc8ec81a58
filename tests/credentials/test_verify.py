"""The pages: what strangers are told of a certificate, what its holder sees, how a school issues."""

from __future__ import annotations

import io
import json
import re
from urllib.parse import unquote

import pypdf
import pytest
from sqlalchemy import update

from skillhub.base import work
from skillhub.base.db import unit_of_work
from skillhub.credentials import queries, service
from skillhub.credentials.model import Certificate
from skillhub.testing.clients import submit
from skillhub.testing.factories.credentials import FAILED, PASSED, certificates


def words_of(answer):
    """Return the words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
def made(classes):
    return classes.marked()


@pytest.fixture
def public_id(made):
    (one,) = certificates(made)
    return one


def alter(public_id, **changes):
    """Change what is stored, as somebody with the database's password could."""
    found = queries.certificate(public_id)
    with unit_of_work() as unit:
        unit.session.execute(
            update(Certificate).where(Certificate.id == found.id).values(facts=dict(found.stored) | changes)
        )


def test_a_stranger_is_told_status_and_facts_with_the_name_masked(client, made, public_id):
    answer = client.get(f"/verify/{public_id}")

    said = words_of(answer)
    facts = queries.certificate(public_id).facts
    assert answer.status_code == 200
    for value in (
        facts.number,
        f"尾号{facts.identity_last4}",
        facts.course,
        facts.body,
        "2025年11月10日",
        facts.batch,
    ):
        assert value in said
    assert made.people[0].name not in answer.text
    assert "有效" in said
    assert 'class="is ok">有效' in answer.text
    assert "已撤销" not in said


def test_the_four_answers_stand_apart(client, public_id):
    answer = client.get(f"/verify/{public_id}")

    for asked in ("内容没有被改过", "由本系统签发", "已经生效", "没有被撤销"):
        row = re.search(rf"{asked}.*?</tr>", answer.text, re.DOTALL).group()
        assert 'class="is ok">是' in row
    assert "demo.skillhub.example" in answer.text


def test_nothing_is_ticked_before_there_is_a_signature(client, made):
    with unit_of_work() as unit:
        (public_id,) = [
            service.issue_in(unit, actor=made.school.actor, application_id=each)
            for each in made.application_ids
        ]

    answer = client.get(f"/verify/{public_id}")

    row = re.search(r"内容没有被改过.*?</tr>", answer.text, re.DOTALL).group()
    assert 'class="is none">没查到' in row
    assert "is ok" not in row


def test_an_unknown_certificate_is_not_found_in_words(client, district):
    answer = client.get("/verify/c0000000000000000000000")

    assert answer.status_code == 404
    assert "没查到" in words_of(answer)


def test_a_revoked_certificate_says_so_first_with_day_and_reason(client, made, public_id, frozen):
    frozen.to("2025-12-01T10:00:00+08:00")
    service.revoke(actor=made.school.actor, certificate=public_id, reason="成绩登记错误")

    said = words_of(client.get(f"/verify/{public_id}"))

    assert said.index("已撤销") < said.index("和手里的纸对一对")
    assert "2025年12月1日" in said
    assert "成绩登记错误" in said
    assert "有效" not in said.replace("不再有效", "")


def test_altered_facts_are_shown_to_nobody(client, api, browser_of, made, public_id):
    alter(public_id, name="别人", theory=100)

    page = client.get(f"/verify/{public_id}")
    assert "现在不能采信" in words_of(page)
    assert "别人" not in page.text
    assert "家务服务" not in page.text
    holder = browser_of(made.people[0])
    assert holder.get(f"/certificates/{public_id}").status_code == 409
    assert holder.get(f"/certificates/{public_id}.pdf").status_code == 409
    assert api.get(f"certificates/{public_id}").json["code"] == "facts_altered"


def test_facts_of_another_certificate_are_noticed(client, classes):
    made = classes.marked(PASSED, PASSED)
    first, second = (queries.certificate(each) for each in certificates(made))
    with unit_of_work() as unit:
        unit.session.execute(
            update(Certificate)
            .where(Certificate.id == second.id)
            .values(facts=dict(first.stored), facts_sha256=first.facts_sha256)
        )

    assert "现在不能采信" in words_of(client.get(f"/verify/{second.public_id}"))


def test_a_stranger_reads_the_page_in_english(client, public_id):
    answer = client.get(f"/verify/{public_id}", headers={"Accept-Language": "en"})

    assert answer.status_code == 200
    assert '<html lang="en"' in answer.text


def test_the_holder_sees_it_whole_and_downloads_it(browser_of, made, public_id):
    holder = browser_of(made.people[0])

    page = holder.get(f"/certificates/{public_id}")
    paper = holder.get(f"/certificates/{public_id}.pdf")

    assert made.people[0].name in page.text
    assert f"/certificates/{public_id}.pdf" in page.text
    assert f"/verify/{public_id}" in page.text
    assert paper.mimetype == "application/pdf"
    named = unquote(paper.headers["Content-Disposition"])
    assert named.startswith("attachment")
    assert f"培训合格证书-{made.people[0].name}-{queries.certificate(public_id).number}.pdf" in named
    assert made.people[0].name in pypdf.PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
    assert paper.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/certificates/{}", "/certificates/{}.pdf"])
def test_others_do_not_get_it(client, browser_of, persons, public_id, path):
    address = path.format(public_id)

    assert client.get(address).status_code == 302
    assert browser_of(persons.trainee()).get(address).status_code == 404
    assert browser_of(persons.officer("440103")).get(address).status_code == 404


def test_a_trainee_lists_the_own_certificates(browser_of, persons, made, public_id):
    assert queries.certificate(public_id).number in browser_of(made.people[0]).get("/me/certificates").text
    assert "还没有证书" in browser_of(persons.trainee()).get("/me/certificates").text


def test_a_school_sees_who_can_get_one_and_why_others_cannot(browser_of, classes):
    made = classes.marked(PASSED, FAILED)

    said = words_of(browser_of(made.school).get(f"/teach/batches/{made.code}/certificates"))

    assert "给勾选的人发证" in said
    assert "理论成绩" in said
    assert "不能发" in said


def test_a_school_issues_by_one_button_and_watches_the_work(browser_of, made):
    school = browser_of(made.school)
    path = f"/teach/batches/{made.code}/certificates"

    sent = submit(school, path, receipts=list(made.receipts))
    waiting = school.get(sent.location)
    work.drain()
    done = school.get(sent.location, follow_redirects=True)

    assert (sent.status_code, waiting.status_code) == (302, 200)
    assert waiting.headers["Refresh"] == "2"
    assert "Refresh" not in done.headers
    assert queries.of_batch(made.batch_id)[0].number in done.text


def test_who_is_unticked_waits_and_ticks_are_kept_when_the_page_is_shown_again(browser_of, classes):
    made = classes.marked(PASSED, PASSED, PASSED)
    school, path = browser_of(made.school), f"/teach/batches/{made.code}/certificates"

    def ticked(page):
        return [box in page.text for box in (f'value="{each}" checked' for each in made.receipts)]

    assert ticked(school.get(path)) == [True, True, True]
    none = submit(school, path)
    hidden = submit(school, path, receipts=list(made.receipts[:2]), idempotency_key="\u202e")
    submit(school, path, receipts=[made.receipts[1], "no-such-receipt"])
    work.drain()

    assert (none.status_code, ticked(none)) == (422, [False, False, False])
    assert "请至少勾一个" in none.text
    assert (hidden.status_code, ticked(hidden)) == (422, [True, True, False])
    issued = [each.person_id for each in queries.of_batch(made.batch_id)]
    assert issued == [made.people[1].person_id]
    assert ticked(school.get(path)) == [True, False, True]


def test_the_page_of_the_work_names_who_was_left_out(browser_of, classes):
    made = classes.marked(PASSED, PASSED)
    school = browser_of(made.school)
    path = f"/teach/batches/{made.code}/certificates"
    sent = submit(school, path, receipts=list(made.receipts))
    with unit_of_work() as unit:
        table = Certificate.metadata.tables["person"]
        unit.session.execute(
            update(table).where(table.c.id == made.people[1].person_id).values(name="祝\U000300f7")
        )
    work.drain()

    page = school.get(sent.location)

    assert page.status_code == 200
    assert "祝\U000300f7" in page.text
    assert "字库没有的字" in words_of(page)


def test_an_officer_takes_one_back_at_the_page(browser_of, persons, public_id):
    officer = browser_of(persons.officer())
    path = f"/certificates/{public_id}/revocation"

    empty = submit(officer, path, reason="")
    done = submit(officer, path, reason="成绩登记错误")

    assert empty.status_code == 422
    assert done.status_code == 302
    assert queries.certificate(public_id).status == "revoked"
    assert "不用再撤销" in officer.get(path).text


@pytest.mark.parametrize("who", ["trainee", "employer", "trainer"])
def test_the_page_of_a_class_is_for_its_staff(browser_of, persons, made, who):
    answer = browser_of(getattr(persons, who)()).get(f"/teach/batches/{made.code}/certificates")

    assert answer.status_code in (403, 404)
    assert made.people[0].name not in answer.text


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["credentials", *arguments])


def test_the_command_line_issues_lists_and_takes_back(app, classes):
    made = classes.marked(PASSED, FAILED)

    issued = run(app, "issue", "--batch", made.code, "--json")
    listed = run(app, "list", "--batch", made.code, "--json")

    assert (issued.exit_code, json.loads(issued.stdout)) == (0, {"done": 1, "of": 1, "failed": []})
    (row,) = json.loads(listed.stdout)
    assert (row["status"], row["batch"]) == ("valid", made.code)
    assert run(app, "revoke", row["id"], "--reason", "成绩登记错误").exit_code == 0
    again = run(app, "revoke", row["id"], "--reason", "成绩登记错误")
    assert again.exit_code == 1
    assert "already_revoked" in again.stderr


def test_the_command_line_says_what_it_could_not_do(app, classes):
    made = classes.marked(FAILED)

    refused = run(app, "issue", "--batch", made.code)
    unknown = run(app, "list", "--batch", "nowhere")

    assert (refused.exit_code, unknown.exit_code) == (1, 1)
    assert "nothing_to_issue" in refused.stderr
    assert "not_found" in unknown.stderr
    assert run(app, "issue").exit_code == 2
