"""A clerk works at a site: what its kind offers is what the clerk may do, and what is done counts there."""

from datetime import timedelta

import pytest

from skillhub.accounts.service import people as people_service
from skillhub.activities.rules.plans import Plan
from skillhub.activities.service import planning
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.districts.errors import NotAtThisSite, SiteClosed
from skillhub.districts.queries import clerks as clerk_queries
from skillhub.districts.rules.sites import About
from skillhub.districts.service import clerks, sites
from skillhub.reports.queries import sites as totals
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.accounts import filing, signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, Persons
from skillhub.testing.factories.courses import some_batch


@pytest.fixture
def officer(persons):
    return persons.officer()


@pytest.fixture
def clerk(persons):
    return persons.desk()


@pytest.fixture
def site(officer):
    def one(kind, tier, parent=None):
        about = About(name=f"某{kind}", address="")
        return sites.add(
            actor=officer.actor, district=LUNAN, about=about, kind=kind, tier=tier, parent=parent
        )

    return one


@pytest.fixture
def at(officer, clerk, site):
    """Let the clerk work at a new site of a kind."""

    def one(kind, tier):
        code = site(kind, tier)
        clerks.assign(actor=officer.actor, site=code, person=clerk.handle)
        return code

    return one


@pytest.fixture
def to_station(at):
    return lambda: at("station", 3)


@pytest.fixture
def enrol(app, clerk):
    """Let the clerk enrol somebody in a class at the desk."""

    def one(batch, guest):
        path = f"/desk/batches/{batch.code}/enrol"
        browser = signed_in(app, clerk)
        filled = hidden_fields(browser.get(path).text) | {"person": guest.handle, "consent": "in_person"}
        return browser.post(path, data=filled)

    return one


def plan(frozen):
    return Plan(
        title="政策宣讲",
        kind="policy_talk",
        place="大厅",
        starts_at=frozen.now + timedelta(days=1),
        ends_at=frozen.now + timedelta(days=1, hours=2),
    )


def announce(clerk, frozen):
    return planning.announce(actor=clerk.actor, district=LUNAN, plan=plan(frozen))


@pytest.mark.parametrize(("kind", "tier"), [("market", 1), ("centre", 2)])
def test_a_clerk_of_a_market_or_centre_holds_events(at, clerk, frozen, kind, tier):
    at(kind, tier)

    assert announce(clerk, frozen)


@pytest.mark.parametrize(("kind", "tier"), [("station", 3), ("stall", 3), ("workshop", 3)])
def test_a_clerk_of_a_station_holds_none(at, clerk, frozen, kind, tier):
    at(kind, tier)

    with pytest.raises(NotAtThisSite):
        announce(clerk, frozen)


def test_a_clerk_of_no_site_works_for_the_whole_district(clerk, frozen):
    assert announce(clerk, frozen)


def test_a_station_enrols_walk_ins_and_shows_jobs_and_plans_no_batches(at, app, api, clerk, enrol):
    at("station", 3)
    taken = enrol(some_batch(), Persons(LUNAN).trainee())
    assert taken.status_code == 302
    browser = signed_in(app, clerk)
    assert browser.get("/jobs").status_code == 200
    assert browser.get("/teach/batches/new").status_code == 403
    assert browser.get("/courses/new").status_code == 403
    assert api.as_(clerk).post("batches", {}).status_code == 403


def batch_body(batch):
    return {
        "course": batch.course,
        "seats": 6,
        "mode": "first_come",
        "opens_at": "2025-11-11T09:00:00+08:00",
        "closes_at": "2025-12-20T09:00:00+08:00",
        "sessions": [
            {"starts_at": f"2026-01-{day}T09:00:00+08:00", "ends_at": f"2026-01-{day}T{until}", "part": part}
            for day, until, part in (
                (10, "15:00:00+08:00", "theory"),
                (11, "18:00:00+08:00", "practice"),
            )
        ],
        "place": {"name": "市场大厅", "address": "友谊街道1号"},
        "trainer": batch.trainer.handle,
    }


def test_a_market_files_batches_for_the_training_bodies_and_a_station_does_not(
    at, app, api, clerk, to_station
):
    batch = some_batch()
    assert api.as_(clerk).post("batches", batch_body(batch)).status_code == 403
    at("market", 1)
    made = api.as_(clerk).post("batches", batch_body(batch))
    assert made.status_code == 201, made.text
    assert made.json["state"] == "draft"
    assert signed_in(app, clerk).get("/teach/batches/new").status_code == 200

    to_station()
    assert api.as_(clerk).post("batches", batch_body(batch)).status_code == 403
    assert signed_in(app, clerk).get("/teach/batches/new").status_code == 403


def test_a_stall_shows_jobs_and_enrols_nobody(at, app, clerk):
    at("stall", 3)
    batch = some_batch()

    page = signed_in(app, clerk).get(f"/desk/batches/{batch.code}/enrol")

    assert page.status_code == 403
    assert "不办这件事" in page.text


def test_a_clerk_of_a_closed_site_does_nothing_for_it(at, officer, clerk, frozen):
    code = at("market", 1)
    sites.close(actor=officer.actor, code=code, reason="搬走", version=1)

    with pytest.raises(NotAtThisSite):
        announce(clerk, frozen)
    with pytest.raises(SiteClosed):
        clerks.assign(actor=officer.actor, site=code, person=clerk.handle)


def test_a_clerk_works_at_one_site_at_a_time(site, officer, clerk):
    first, second = site("market", 1), site("centre", 2)
    for code in (first, second, second):
        clerks.assign(actor=officer.actor, site=code, person=clerk.handle)

    assert clerk_queries.site_of(clerk.person_id, LUNAN).code == second
    assert [term.until is None for term in clerk_queries.terms(LUNAN)] == [False, True]
    clerks.release(actor=officer.actor, site=second, person=clerk.handle)
    assert clerk_queries.site_of(clerk.person_id, LUNAN) is None
    with pytest.raises(NotFound):
        clerks.release(actor=officer.actor, site=second, person=clerk.handle)


def test_only_clerks_of_the_district_are_assigned_and_by_its_officer_only(site, officer, persons, clerk):
    code = site("market", 1)
    for person in (persons.trainee(), persons.desk(LIWAN), persons.school()):
        with pytest.raises(Invalid):
            clerks.assign(actor=officer.actor, site=code, person=person.handle)
    with pytest.raises(NotFound):
        clerks.assign(actor=persons.officer(LIWAN).actor, site=code, person=clerk.handle)
    with pytest.raises(Forbidden):
        clerks.assign(actor=clerk.actor, site=code, person=clerk.handle)


def test_what_a_clerk_does_counts_where_the_clerk_worked_then_and_rolls_up(
    site, officer, clerk, persons, frozen
):
    market = site("market", 1)
    first, second = site("station", 3, market), site("station", 3, market)

    def register():
        people_service.file(actor=clerk.actor, filing=filing())

    register()  # at no site yet
    frozen.advance(days=1)
    clerks.assign(actor=officer.actor, site=first, person=clerk.handle)
    register()
    register()
    frozen.advance(days=1)
    clerks.assign(actor=officer.actor, site=second, person=clerk.handle)
    frozen.advance(days=1)
    register()

    found = {each.site.code: each.totals for each in totals.branches(LUNAN)}
    assert [found[code].registered for code in (market, first, second)] == [3, 2, 1]
    assert [found[code].stations for code in (market, first, second)] == [3, 1, 1]


def test_enrolments_and_events_roll_up_too(at, enrol, officer, persons, frozen):
    centre = at("centre", 2)
    enrol(some_batch(), persons.trainee())
    planning.announce(actor=officer.actor, district=LUNAN, plan=plan(frozen), site=centre)
    frozen.advance(days=2)

    (branch,) = totals.branches(LUNAN)
    assert (branch.totals.enrolled, branch.totals.events, branch.totals.orders) == (1, 1, 0)


def test_the_office_page_shows_the_totals_to_staff_and_nobody_else(at, app, officer, persons, clerk):
    code = at("market", 1)
    for person, status in (
        (officer, 200),
        (persons.auditor(), 200),
        (clerk, 200),
        (persons.officer(LIWAN), 404),
        (persons.trainee(), 403),
    ):
        assert signed_in(app, person).get(f"/office/sites/{code}").status_code == status
    page = signed_in(app, officer).get(f"/office/sites/{code}").text
    assert clerk.name in page
    assert "不在这里了" in page
