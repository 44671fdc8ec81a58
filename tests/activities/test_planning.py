"""Events are announced by officers and markets, changed until they begin, and called off with a reason."""

from datetime import timedelta

import pytest

from skillhub.activities.errors import ActivityHeld
from skillhub.activities.queries import activities
from skillhub.activities.service import planning
from skillhub.base.errors import Forbidden, Invalid, NotFound, VersionConflict
from skillhub.testing.clients import submit
from skillhub.testing.factories.base import LIWAN, LUNAN
from tests.activities.conftest import ENDS, STARTS, a_plan


def test_an_event_is_announced_to_everybody(client, announced):
    page = client.get(f"/activities/{announced}").text

    assert "秋季创业训练营" in page
    assert "不发证书" in page
    assert announced in client.get(f"/activities?district={LUNAN}").text
    assert announced not in client.get(f"/activities?district={LIWAN}").text


def test_what_cannot_be_right_is_named_field_by_field(district, officer):
    wrong = a_plan(title=" ", kind="party", starts_at=STARTS - timedelta(days=3), ends_at=STARTS, capacity=0)

    with pytest.raises(Invalid) as refused:
        planning.announce(actor=officer.actor, district=district, plan=wrong, site="S-9", organiser="B-9")

    assert {each.field for each in refused.value.errors} == {"title", "kind", "starts_at", "capacity"}


def test_an_event_ends_after_it_began_and_within_three_days(district, officer):
    for ends_at in (STARTS, STARTS + timedelta(days=4)):
        with pytest.raises(Invalid) as refused:
            planning.announce(actor=officer.actor, district=district, plan=a_plan(ends_at=ends_at))
        assert [each.field for each in refused.value.errors] == ["ends_at"]


def test_site_and_organiser_are_of_the_same_district(district, officer, organisations):
    body = organisations.training_body(LIWAN)
    employer = organisations.employer()

    for organiser in (body.code, employer.code):
        with pytest.raises(Invalid) as refused:
            planning.announce(
                actor=officer.actor, district=district, plan=a_plan(), site="S-9", organiser=organiser
            )
        assert {each.field for each in refused.value.errors} == {"site", "organiser"}


def test_only_the_districts_staff_announces(district, persons):
    for person, refusal in (
        (persons.trainee(), Forbidden),
        (persons.school(), Forbidden),
        (persons.auditor(), Forbidden),
        (persons.officer(LIWAN), NotFound),
    ):
        with pytest.raises(refusal):
            planning.announce(actor=person.actor, district=district, plan=a_plan())


def test_of_two_changes_at_once_the_second_is_told(announced, officer):
    change = {"actor": officer.actor, "code": announced, "site": None, "organiser": None, "version": 1}
    planning.change(**change, plan=a_plan(place="惠民道2号"))

    with pytest.raises(VersionConflict):
        planning.change(**change, plan=a_plan(place="惠民道3号"))
    assert activities.activity(announced).place == "惠民道2号"


def test_what_has_begun_is_neither_changed_nor_called_off(begun, officer):
    with pytest.raises(ActivityHeld):
        planning.cancel(actor=officer.actor, code=begun, reason="下雨")
    with pytest.raises(ActivityHeld):
        planning.change(actor=officer.actor, code=begun, plan=a_plan(), site=None, organiser=None, version=1)


def test_an_event_that_is_called_off_says_why(client, announced, officer):
    planning.cancel(actor=officer.actor, code=announced, reason="场地停电")

    assert "场地停电" in client.get(f"/activities/{announced}").text
    assert announced not in client.get("/activities").text


def test_an_officer_announces_and_changes_on_the_pages(browse, officer):
    browser = browse(officer)
    filled = {
        "title": "政策宣讲",
        "kind": "policy_talk",
        "starts_at": "2025-11-20T09:00",
        "ends_at": "2025-11-20T11:00",
        "place": "市场大厅",
    }
    made = submit(browser, "/office/activities/new", **filled)
    assert made.status_code == 302
    page = browser.get(made.location)
    assert "政策宣讲" in page.text

    changed = submit(browser, f"{made.location}/edit", **filled | {"place": "二楼会议室", "version": "1"})
    assert changed.status_code == 302
    assert "二楼会议室" in browser.get(made.location).text
    stale = submit(browser, f"{made.location}/edit", **filled | {"place": "三楼", "version": "1"})
    assert "刚被别人改过" in browser.get(stale.location).text
    assert "三楼" not in browser.get(made.location).text


def test_what_was_typed_stays_when_it_is_wrong(browse, officer):
    page = submit(
        browse(officer),
        "/office/activities/new",
        title="政策宣讲",
        kind="policy_talk",
        starts_at="2025-11-20T09:00",
        ends_at="2025-11-20T08:00",
        place="市场大厅",
    )

    assert page.status_code == 422
    assert "结束要在开始之后" in page.text
    assert 'value="市场大厅"' in page.text


def test_times_are_those_of_the_district(announced):
    found = activities.activity(announced)

    assert (found.starts_at, found.ends_at) == (STARTS, ENDS)
