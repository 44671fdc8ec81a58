"""Who came is recorded once, by the staff or by the person, each with how good the evidence is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from skillhub.activities.errors import ActivityCancelled, DoorsClosed, SignInOver, TooManyWrongCodes
from skillhub.activities.model import ActivitySignIn
from skillhub.activities.queries import activities, counts, sign_ins
from skillhub.activities.rules import doors as rules
from skillhub.activities.service import doors, planning
from skillhub.base.db import db
from skillhub.base.errors import Forbidden, Invalid, NotFound, VersionConflict
from skillhub.base.periods import Period
from skillhub.testing.clients import hidden_fields, submit
from skillhub.testing.factories.base import LIWAN
from tests.activities.conftest import ENDS, STARTS, a_plan


def came(code):
    return [
        (each.person.handle, each.method, each.evidence)
        for each in sign_ins.of_activity(activities.activity(code).id)
    ]


def sign_in(actor, code, person, method="document"):
    return doors.sign_in(actor=actor, activity=code, person=person.handle, method=method)


def test_the_staff_signs_somebody_in_once(begun, persons):
    clerk, guest = persons.desk(), persons.trainee()

    sign_in(clerk.actor, begun, guest)
    sign_in(clerk.actor, begun, guest, "staff")

    assert came(begun) == [(guest.handle, "document", "A")]
    assert db.session.scalar(select(func.count()).select_from(ActivitySignIn)) == 1


def test_a_person_signs_in_with_the_digits_in_the_hall(begun, hall, persons):
    guest = persons.trainee()

    doors.sign_in_oneself(actor=guest.actor, activity=begun, code=hall())
    doors.sign_in_oneself(actor=guest.actor, activity=begun, code=hall())

    assert came(begun) == [(guest.handle, "code", "B")]


def test_full_width_digits_are_the_same_digits(begun, hall, persons):
    guest = persons.trainee()
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in hall())

    doors.sign_in_oneself(actor=guest.actor, activity=begun, code=f"{typed[:3]} {typed[3:]}")

    assert len(came(begun)) == 1


def test_the_digits_turn_every_minute_and_stay_good_for_one_more(begun, hall, persons, frozen):
    shown = hall()
    frozen.advance(minutes=1)
    doors.sign_in_oneself(actor=persons.trainee().actor, activity=begun, code=shown)

    frozen.advance(minutes=1)
    with pytest.raises(Invalid) as refused:
        doors.sign_in_oneself(actor=persons.trainee().actor, activity=begun, code=shown)
    assert [each.field for each in refused.value.errors] == ["code"]


def test_nobody_guesses_the_digits(begun, hall, persons):
    guest = persons.trainee()
    wrong = f"{(int(hall()) + 1) % 10**6:06d}"
    for _ in range(rules.WRONG_CODES):
        with pytest.raises(Invalid):
            doors.sign_in_oneself(actor=guest.actor, activity=begun, code=wrong)

    with pytest.raises(TooManyWrongCodes):
        doors.sign_in_oneself(actor=guest.actor, activity=begun, code=hall())
    assert came(begun) == []


def test_nobody_signs_in_before_the_doors_open_or_long_after(announced, persons, frozen):
    clerk, guest = persons.desk(), persons.trainee()
    with pytest.raises(DoorsClosed):
        sign_in(clerk.actor, announced, guest)
    frozen.to(ENDS + timedelta(days=3))
    sign_in(clerk.actor, announced, guest, "paper")
    assert came(announced) == [(guest.handle, "paper", "C")]

    with pytest.raises(SignInOver):
        doors.sign_in_oneself(actor=guest.actor, activity=announced, code="000000")
    frozen.to(ENDS + rules.TYPED_UP_WITHIN + timedelta(seconds=1))
    with pytest.raises(SignInOver):
        sign_in(clerk.actor, announced, persons.trainee(), "paper")


def test_nobody_comes_to_what_was_called_off(announced, officer, persons, frozen):
    planning.cancel(actor=officer.actor, code=announced, reason="场地停电")
    frozen.to(STARTS)

    with pytest.raises(ActivityCancelled):
        sign_in(officer.actor, announced, persons.trainee())


def test_only_those_who_keep_the_door_sign_people_in(district, officer, persons, organisations, frozen):
    body = organisations.training_body()
    code = planning.announce(actor=officer.actor, district=district, plan=a_plan(), organiser=body.code)
    frozen.to(STARTS)
    guest = persons.trainee()
    sign_in(persons.school(body).actor, code, guest)

    for person, refusal in (
        (persons.trainee(), Forbidden),
        (persons.employer(), Forbidden),
        (persons.auditor(), Forbidden),
        (persons.school(), NotFound),
        (persons.desk(LIWAN), NotFound),
    ):
        with pytest.raises(refusal):
            sign_in(person.actor, code, guest)


def test_a_mistake_is_taken_back_with_its_reason_and_may_be_put_right(begun, persons):
    clerk, guest = persons.desk(), persons.trainee()
    sign_in(clerk.actor, begun, guest)

    doors.remove(actor=clerk.actor, activity=begun, person=guest.handle, reason="点错了人")
    assert came(begun) == []
    row = db.session.scalars(select(ActivitySignIn)).one()
    assert (row.removed_by_id, row.remove_reason) == (clerk.person_id, "点错了人")
    with pytest.raises(NotFound):
        doors.remove(actor=clerk.actor, activity=begun, person=guest.handle, reason="再来")

    sign_in(clerk.actor, begun, guest, "staff")
    assert came(begun) == [(guest.handle, "staff", "B")]


def test_who_cannot_be_named_is_a_person_time_and_no_person(begun, district, persons):
    clerk, guest = persons.desk(), persons.trainee()
    sign_in(clerk.actor, begun, guest)
    version = activities.activity(begun).version

    doors.count_walk_ins(actor=clerk.actor, activity=begun, count=12, version=version)

    assert counts.persons_at_events(district) == 1
    assert counts.person_times_at_events(district) == 13
    with pytest.raises(VersionConflict):
        doors.count_walk_ins(actor=clerk.actor, activity=begun, count=3, version=version)
    with pytest.raises(Invalid):
        doors.count_walk_ins(actor=clerk.actor, activity=begun, count=-1, version=version + 1)


def test_a_person_at_two_events_is_one_person_and_two_person_times(begun, district, officer, persons, frozen):
    second = planning.announce(
        actor=officer.actor,
        district=district,
        plan=a_plan(starts_at=STARTS + timedelta(days=7), ends_at=ENDS + timedelta(days=7)),
    )
    guest = persons.trainee()
    sign_in(officer.actor, begun, guest)
    assert counts.events_of(district) == 1, "what lies ahead has not been held"
    frozen.to(STARTS + timedelta(days=7))
    sign_in(officer.actor, second, guest)

    assert counts.events_of(district) == 2
    assert (counts.persons_at_events(district), counts.person_times_at_events(district)) == (1, 2)
    first_week = Period(last=STARTS.date())
    assert counts.person_times_at_events(district, first_week) == 1
    assert counts.events_of(LIWAN) == 0


def test_taking_one_sign_in_back_moves_the_figures(begun, district, officer, persons):
    guests = [persons.trainee() for _ in range(3)]
    for guest in guests:
        sign_in(officer.actor, begun, guest)

    doors.remove(actor=officer.actor, activity=begun, person=guests[0].handle, reason="没来")

    assert (counts.persons_at_events(district), counts.person_times_at_events(district)) == (2, 2)


def test_the_clerk_finds_somebody_at_the_door_and_signs_them_in(begun, browse, persons):
    clerk, guest = persons.desk(), persons.trainee()
    browser = browse(clerk)

    found = submit(browser, f"/activities/{begun}/door", who=guest.phone)
    assert guest.name not in found.text
    assert "记为已到" in found.text
    taken = browser.post(
        f"/activities/{begun}/door/sign-ins",
        data=hidden_fields(found.text) | {"person": guest.handle, "method": "document"},
    )

    assert taken.status_code == 302
    assert guest.name in browser.get(f"/activities/{begun}/door").text


def test_a_name_with_the_end_of_the_phone_finds_somebody_too(begun, browse, persons):
    clerk, guest = persons.desk(), persons.trainee()
    browser = browse(clerk)

    found = submit(browser, f"/activities/{begun}/door", name=guest.name, phone_tail=guest.phone[-4:])
    assert "记为已到" in found.text
    alone = submit(browser, f"/activities/{begun}/door", name=guest.name)
    assert alone.status_code == 422
    assert "只有姓名找不准人" in alone.text


def test_a_person_signs_in_on_the_phone(begun, hall, browse, persons):
    guest = persons.trainee()
    browser = browse(guest)
    assert "我到了，签到" in browser.get(f"/activities/{begun}").text

    wrong = submit(browser, f"/activities/{begun}/sign-in", code="12345x")
    assert wrong.status_code == 422
    assert "看着屏幕重新输" in wrong.text
    assert submit(browser, f"/activities/{begun}/sign-in", code=hall()).status_code == 302
    assert "您已经签到" in browser.get(f"/activities/{begun}").text


def test_the_hall_page_shows_the_digits_and_turns_with_them(begun, hall, browse, persons):
    page = browse(persons.desk()).get(f"/activities/{begun}/hall-code")

    assert hall() in page.text
    assert int(page.headers["Refresh"]) <= 61


def test_the_list_is_downloaded_without_formulas_and_whole_numbers(begun, browse, persons):
    clerk, guest = persons.desk(), persons.trainee()
    sign_in(clerk.actor, begun, guest)

    answer = browse(clerk).get(f"/activities/{begun}/people.csv")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert guest.name in answer.text
    assert guest.phone not in answer.text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_sheet_has_those_on_the_list_and_lines_for_others(begun, browse, persons):
    clerk, guest = persons.desk(), persons.trainee()
    sign_in(clerk.actor, begun, guest)

    page = browse(clerk).get(f"/activities/{begun}/sheet").text

    assert guest.name in page
    assert page.count('class="blank"') == 20


def test_the_auditor_reads_the_list_and_changes_nothing(begun, browse, persons):
    auditor = browse(persons.auditor())

    page = auditor.get(f"/activities/{begun}/door")
    assert page.status_code == 200
    assert "记为已到" not in page.text
    assert "找人" not in page.text
    assert auditor.get("/office/activities").status_code == 200


def test_the_figures_stand_in_the_office_for_a_period(begun, officer, browse, persons):
    sign_in(officer.actor, begun, persons.trainee())

    page = browse(officer).get("/office/activities?since=2025-11-01&until=2025-11-12").text
    assert "<b>1</b><span>办过的活动（场）" in page
    before = browse(officer).get("/office/activities?until=2025-11-11").text
    assert "<b>0</b><span>办过的活动（场）" in before
