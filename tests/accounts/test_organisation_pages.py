"""Officers register training bodies and employers at a page; a desk has a page for employers alone."""

from skillhub.accounts.queries import organisations
from skillhub.testing.clients import submit
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN

PAGE = "/office/organisations"


def test_an_officer_registers_a_training_body_and_an_employer(app, persons):
    browser = signed_in(app, persons.officer())

    submit(browser, PAGE, kind="training_body", name="路南示例学校（虚构）", uscc="")
    done = submit(browser, PAGE, kind="employer", name="示例餐饮（虚构）", uscc="91130202MADE00011R")

    assert done.status_code == 302
    found = {each.code: each.name for each in organisations.of_district(LUNAN)}
    assert found == {"B-130202-0001": "路南示例学校（虚构）", "E-130202-0001": "示例餐饮（虚构）"}
    assert "示例餐饮" not in browser.get(f"{PAGE}?kind=training_body").text


def test_what_cannot_be_right_is_told_at_the_field(app, persons):
    browser = signed_in(app, persons.officer())

    wrong = submit(browser, PAGE, kind="employer", name="", uscc="91130202MADE00011X", contact_phone="12")

    assert wrong.status_code == 422
    assert all(word in wrong.text for word in ("请照执照填写", "最后一位对不上", "不像是电话号码"))
    assert organisations.of_district(LUNAN) == ()


def test_an_auditor_reads_and_another_district_sees_none(app, persons):
    submit(signed_in(app, persons.officer()), PAGE, kind="employer", name="示例餐饮（虚构）")

    auditor = signed_in(app, persons.auditor())
    assert "示例餐饮" in auditor.get(PAGE).text and "登记一家" not in auditor.get(PAGE).text
    assert auditor.post(PAGE).status_code in (400, 403)
    assert "示例餐饮" not in signed_in(app, persons.officer(LIWAN)).get(PAGE).text


def test_a_desk_registers_no_training_body_whatever_its_site_may_do(app, persons):
    browser = signed_in(app, persons.desk())

    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE).status_code in (400, 403)
    assert organisations.of_district(LUNAN) == ()
