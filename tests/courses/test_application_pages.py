"""Applying at the pages."""

import pytest

from skillhub.courses.queries import applications as queries
from skillhub.courses.service import applications as service
from skillhub.testing.clients import hidden_fields
from tests.courses.browser import signed_in
from tests.courses.standing import counters, states


@pytest.fixture
def batch(classes):
    return classes.published(seats=2)


class TestPages:
    def test_one_tap_leads_to_the_receipt(self, client, session, persons, batch):
        person = persons.trainee()
        browser = signed_in(client, person)
        fields = panel_fields(browser, batch)

        sent = browser.post(f"/batches/{batch.code}/apply", data=fields)
        again = browser.post(f"/batches/{batch.code}/apply", data=fields)
        page = browser.get(sent.location)

        assert sent.status_code == again.status_code == 302
        assert sent.location == again.location
        assert counters(session, batch) == (1, 0, 1)
        assert page.status_code == 200
        assert "已录取" in page.text
        assert person.name in page.text
        assert "第1个收到" in page.text

    def test_the_batch_page_says_what_the_reader_can_do(self, client, app, persons, batch, frozen):
        stranger = app.test_client().get(f"/batches/{batch.code}").text
        browser = signed_in(client, persons.trainee())
        before = browser.get(f"/batches/{batch.code}").text
        browser.post(f"/batches/{batch.code}/apply", data=hidden_fields(before))
        after = browser.get(f"/batches/{batch.code}").text

        assert f"/sign-in?next=/batches/{batch.code}" in stranger
        assert f'action="/batches/{batch.code}/apply"' in before
        assert "您已报名：已录取" in after
        assert f'action="/batches/{batch.code}/apply"' not in after

    def test_who_waits_reads_the_place_in_line(self, client, classes, batch):
        classes.enrol(batch, 3)
        person, receipt = classes.enrol(batch, 1)[0]

        page = signed_in(client, person).get(f"/applications/{receipt}").text

        assert "候补第2位" in page
        assert "您前面还有1位候补" in page
        assert "退出候补" in page

    def test_leaving_asks_once_more(self, client, session, classes, batch):
        person, receipt = classes.enrol(batch, 1)[0]
        browser = signed_in(client, person)
        path = f"/applications/{receipt}/withdraw"
        question = browser.get(path)

        answer = browser.post(path, data=hidden_fields(question.text))

        assert "要退出吗" in question.text
        assert answer.status_code == 302
        assert states(session, batch) == ["withdrawn"]
        assert "已退出" in browser.get(f"/applications/{receipt}").text

    def test_all_applications_of_a_person_are_listed(self, client, persons, classes, batch):
        person, receipt = classes.enrol(batch, 1)[0]
        empty = signed_in(client, persons.trainee()).get("/me/applications").text

        page = signed_in(client, person).get("/me/applications").text

        assert "您还没有报过名" in empty
        assert receipt in page

    def test_the_roster_shows_names_to_the_class_and_masks_them_for_the_auditor(
        self, client, app, persons, classes, batch
    ):
        person, _ = classes.enrol(batch, 1)[0]
        path = f"/teach/batches/{batch.code}/roster"

        for reader in (batch.trainer, batch.school, persons.officer()):
            assert person.name in signed_in(app.test_client(), reader).get(path).text
        audited = signed_in(client, persons.auditor()).get(path)
        assert audited.status_code == 200
        assert person.name not in audited.text
        assert signed_in(app.test_client(), persons.trainer()).get(path).status_code == 404
        assert signed_in(app.test_client(), person).get(path).status_code == 403

    def test_a_clerk_decides_on_a_page_and_must_give_a_reason(self, client, persons, batch):
        person = persons.trainee(has_identity=False)
        receipt = service.apply(actor=person.actor, batch=batch.code, channel="网页")
        browser = signed_in(client, batch.school)
        path = f"/applications/{receipt}/decision"
        link = browser.get(f"/teach/batches/{batch.code}/roster").text
        fields = hidden_fields(browser.get(path).text)

        without = browser.post(path, data=fields | {"decision": "refuse", "reason": ""})
        done = browser.post(
            path, data=hidden_fields(browser.get(path).text) | {"decision": "refuse", "reason": "证件过期"}
        )

        assert path in link
        assert without.status_code == 422
        assert "请写明原因" in without.text
        assert done.status_code == 302
        assert queries.application(receipt).state == "refused"

    def test_the_desk_finds_by_the_whole_number_and_enrols(self, client, persons, batch):
        person, desk = persons.trainee(), persons.desk()
        browser = signed_in(client, desk)
        path = f"/desk/batches/{batch.code}/enrol"
        fields = hidden_fields(browser.get(path).text)

        part = browser.post(path, data=fields | {"who": person.phone[:7]})
        found = browser.post(path, data=fields | {"who": f"{person.phone[:3]} {person.phone[3:]}"})
        form = found.text.split("替他报名")[0].rsplit("<form", 1)[1]
        silent = browser.post(path, data=hidden_fields(form))
        sent = browser.post(path, data=hidden_fields(form) | {"consent": "by_phone"})

        assert silent.status_code == 422
        assert part.status_code == 422
        assert person.name not in found.text
        assert sent.status_code == 302
        view = queries.application(sent.location.rsplit("/", 1)[1])
        assert (view.person_id, view.registered_by, view.consent) == (person.person_id, "desk", "by_phone")

    def test_the_desk_finds_nobody_of_another_district(self, client, persons, batch):
        elsewhere = persons.trainee("440103")
        browser = signed_in(client, persons.desk())
        path = f"/desk/batches/{batch.code}/enrol"

        found = browser.post(path, data=hidden_fields(browser.get(path).text) | {"who": elsewhere.phone})

        assert "本区没有这个人" in found.text

    def test_a_receipt_of_somebody_else_is_not_found(self, client, persons, classes, batch):
        _, receipt = classes.enrol(batch, 1)[0]

        browser = signed_in(client, persons.trainee())

        assert browser.get(f"/applications/{receipt}").status_code == 404
        assert browser.get(f"/applications/{receipt}/withdraw").status_code == 404


def panel_fields(browser, batch):
    """The hidden fields of the one tap, taken from another page of the same browser."""
    return hidden_fields(browser.get(f"/batches/{batch.code}").text)
