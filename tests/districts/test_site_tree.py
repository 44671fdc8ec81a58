"""The tree of sites: where one may stand, its history, and two officers at once."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skillhub.base.errors import Forbidden, Invalid, NotFound, VersionConflict
from skillhub.districts import queries
from skillhub.districts.errors import SiteClosed, SiteInUse
from skillhub.districts.queries import site_history
from skillhub.districts.queries.sites import ids_below
from skillhub.districts.rules import kinds
from skillhub.districts.rules.kinds import Feature, Kind
from skillhub.districts.rules.sites import About
from skillhub.districts.service import sites
from skillhub.testing.clients import submit
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN

ZONE = "Asia/Shanghai"


@pytest.fixture
def officer(persons):
    return persons.officer()


@pytest.fixture
def add(officer):
    def one(name, kind, tier, parent=None, district=LUNAN):
        about = About(name=name, address=f"{name}路1号")
        return sites.add(
            actor=officer.actor, district=district, about=about, kind=kind, tier=tier, parent=parent
        )

    return one


@pytest.fixture
def tree(add):
    """A market with two centres, a station below the first."""
    market = add("市场", "market", 1)
    first, second = add("甲中心", "centre", 2, market), add("乙中心", "centre", 2, market)
    return market, first, second, add("驿站", "station", 3, first)


def move(officer, code, parent, version=None):
    return sites.move(
        actor=officer.actor,
        code=code,
        parent=parent,
        reason="街道调整",
        version=version or queries.site(code).version,
    )


def wrong(refused):
    return [(each.field, each.code) for each in refused.value.errors]


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        (Kind.MARKET, set(Feature)),
        (Kind.CENTRE, set(Feature)),
        (Kind.STATION, {Feature.SHOW_JOBS, Feature.ENROL_WALK_INS}),
        (Kind.STALL, {Feature.SHOW_JOBS}),
        (Kind.WORKSHOP, {Feature.ENROL_WALK_INS}),
        ("tent", set()),
    ],
)
def test_a_kind_of_site_switches_what_it_offers(kind, offered):
    assert {feature for feature in Feature if kinds.offers(kind, feature)} == offered


def test_every_kind_has_its_words_its_levels_and_its_offers():
    assert set(kinds.KINDS) == set(kinds.TIERS) == set(kinds.OFFERS) == set(Kind)
    assert set(kinds.FEATURES) == set(Feature)


def test_sites_stand_in_three_levels(tree):
    market, first, second, station = tree

    shown = [(node.site.code, node.depth) for node in queries.tree(queries.sites(LUNAN))]
    assert shown == [(market, 0), (first, 1), (station, 2), (second, 1)]


@pytest.mark.parametrize(
    ("kind", "tier", "field"),
    [("market", 2, "tier"), ("centre", 1, "tier"), ("station", 1, "tier"), ("tent", 3, "kind")],
)
def test_a_kind_stands_on_its_own_level(add, kind, tier, field):
    with pytest.raises(Invalid) as refused:
        add("某处", kind, tier)
    assert [each.field for each in refused.value.errors] == [field]


def test_what_stands_above_is_above(add, tree):
    market, first, _, station = tree
    for kind, tier, parent in (("station", 2, first), ("centre", 2, station), ("station", 3, station)):
        with pytest.raises(Invalid) as refused:
            add("某处", kind, tier, parent)
        assert wrong(refused) == [("parent", "not_above")]
    assert add("街道驿站", "station", 2, market)


def test_a_station_is_not_moved_under_itself_or_what_is_its_own(officer, tree):
    market, first, _, station = tree
    for code, parent in ((station, station), (market, station), (first, station)):
        with pytest.raises(Invalid) as refused:
            move(officer, code, parent)
        assert wrong(refused) == [("parent", "site_under_itself")]
        assert queries.site(parent).name in str(refused.value.errors[0].message)


def test_a_station_is_not_moved_into_another_district(officer, persons, tree):
    elsewhere = sites.add(
        actor=persons.officer(LIWAN).actor,
        district=LIWAN,
        about=About(name="荔湾市场", address=""),
        kind="market",
        tier=1,
    )
    with pytest.raises(Invalid) as refused:
        move(officer, tree[3], elsewhere)
    assert wrong(refused) == [("parent", "unknown")]


def test_a_street_station_takes_the_level_of_its_new_place(officer, add, tree):
    market, first, _, _ = tree
    street = add("街道驿站", "station", 2, market)
    move(officer, street, first)
    assert queries.site(street).tier == 3

    second = add("又一街道驿站", "station", 2, market)
    add("村驿站", "station", 3, second)
    with pytest.raises(Invalid) as refused:
        move(officer, second, first)
    assert wrong(refused) == [("parent", "too_deep")]


def test_where_a_station_was_on_a_day_is_known_for_ever(officer, tree, frozen):
    _, _, second, station = tree
    found = queries.site(station)
    added = date(2025, 11, 10)
    frozen.advance(days=10)
    move(officer, station, second)

    assert site_history.on(found.id, added - timedelta(days=1), ZONE) is None
    assert site_history.on(found.id, added, ZONE).parent == "甲中心"
    assert site_history.on(found.id, added + timedelta(days=9), ZONE).parent == "甲中心"
    assert site_history.on(found.id, added + timedelta(days=10), ZONE).parent == "乙中心"
    last = site_history.changes(found.id)[0]
    assert (last.before.parent, last.after.parent, last.after.by) == ("甲中心", "乙中心", officer.name)
    assert last.after.reason == "街道调整"


def test_of_two_officers_at_once_the_second_is_told(officer, persons, tree):
    _, _, second, station = tree
    read = queries.site(station).version
    sites.change(
        actor=persons.officer().actor,
        code=station,
        about=About(name="改了名的驿站", address="新址"),
        version=read,
    )

    with pytest.raises(VersionConflict):
        move(officer, station, second, read)
    with pytest.raises(VersionConflict):
        sites.close(actor=officer.actor, code=station, reason="合并", version=read)
    assert queries.site(station).name == "改了名的驿站"


def test_a_closed_site_leaves_the_directory_and_comes_back(officer, client, tree):
    _, first, _, station = tree
    with pytest.raises(SiteInUse):
        sites.close(actor=officer.actor, code=first, reason="合并", version=1)
    sites.close(actor=officer.actor, code=station, reason="合并", version=1)

    for address in ("/sites", "/sites.csv", "/api/v1/sites", "/api/v1/sites.csv"):
        text = client.get(address).text
        assert "乙中心" in text, address
        assert station not in text and "驿站路1号" not in text, address
    with pytest.raises(SiteClosed):
        move(officer, station, None)

    sites.close(actor=officer.actor, code=first, reason="合并", version=1)
    with pytest.raises(Invalid) as refused:
        sites.reopen(actor=officer.actor, code=station, version=2)
    assert wrong(refused) == [("parent", "parent_closed")]
    sites.reopen(actor=officer.actor, code=first, version=2)
    sites.reopen(actor=officer.actor, code=station, version=2)
    assert not queries.site(station).is_closed


def test_only_the_officer_of_the_district_keeps_the_directory(persons, tree):
    about = About(name="某处", address="")
    for person, refusal in (
        (persons.desk(), Forbidden),
        (persons.auditor(), Forbidden),
        (persons.officer(LIWAN), NotFound),
    ):
        with pytest.raises(refusal):
            sites.change(actor=person.actor, code=tree[0], about=about, version=1)
        with pytest.raises(refusal):
            sites.add(actor=person.actor, district=LUNAN, about=about, kind="market", tier=1)


@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=8))
def test_whatever_is_moved_the_tree_stays_a_tree(officer, tree, moves):
    for number, to in moves:
        try:
            move(officer, tree[number], (*tree, None)[to])
        except Invalid:
            continue
    found = queries.sites(LUNAN)
    assert len(queries.tree(found)) == len(tree), "a circle would be left out"
    by_id = {each.id: each for each in found}
    assert all(by_id[each.parent_id].tier < each.tier for each in found if each.parent_id)
    assert all(each.id in ids_below(found, each.id) for each in found)


def test_an_officer_moves_a_station_on_the_pages_and_reads_its_history(app, officer, tree):
    _, _, second, station = tree
    browser = signed_in(app, officer)
    moved = submit(browser, f"/office/sites/{station}/move", parent=second, reason="街道调整")
    assert moved.status_code == 302
    page = browser.get(moved.location).text
    assert "从甲中心到乙中心" in page
    assert officer.name in page

    itself = submit(browser, f"/office/sites/{station}/move", parent=station, reason="试试")
    assert itself.status_code == 422
    then = browser.get(f"/office/sites/{station}?on=2025-11-10").text
    assert "在乙中心下面" in then


def test_a_form_that_is_out_of_date_says_so_and_changes_nothing(app, officer, tree):
    browser = signed_in(app, officer)
    page = submit(browser, f"/office/sites/{tree[3]}/edit", name="新名", address="新址", version="7")

    assert "刚被别人改过" in browser.get(page.location).text
    assert queries.site(tree[3]).name == "驿站"


def test_the_directory_is_searched_by_name_and_street(client, tree):
    assert "乙中心" not in client.get("/sites?q=甲中心").text
    assert "甲中心" in client.get("/sites?q=甲中心路").text
    assert "没有找到" in client.get("/sites?q=月球").text
