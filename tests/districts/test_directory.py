"""Districts, their sites, and the public directory as page, JSON and table."""

from __future__ import annotations

import csv
import io

import pytest

from skillhub.base.access import ANONYMOUS
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, NotFound, Unauthenticated
from skillhub.districts import queries
from skillhub.districts.errors import DistrictKnown, SiteKnown
from skillhub.districts.rules import kinds
from skillhub.districts.service import districts, sites
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS


def add(code: str, district: str = LUNAN, **changes: object) -> int:
    values = {
        "name": f"驿站{code}",
        "kind": "station",
        "tier": 2,
        "address": "惠民道1号",
        "phone": "0315-7654321",
    }
    with unit_of_work() as unit:
        return sites.add_in(unit, actor=TESTS, code=code, district=district, **values | changes)


def test_a_district_is_found_by_its_code(district):
    found = queries.district(LUNAN)

    assert (found.name, found.short_name, found.zone) == ("路南区", "路南", "Asia/Shanghai")
    assert [each.code for each in queries.districts()] == [LUNAN, LIWAN]
    with pytest.raises(NotFound):
        queries.district("999999")


def test_districts_are_added_by_set_up_only_and_once(district, persons):
    about = {
        "name": "路南区",
        "short_name": "路南",
        "name_en": "Lunan",
        "city": "唐山市",
        "province": "河北省",
    }
    with unit_of_work() as unit, pytest.raises(DistrictKnown):
        districts.add_in(unit, actor=TESTS, code=LUNAN, **about)
    officer = persons.officer()
    with unit_of_work() as unit, pytest.raises(Forbidden):
        districts.add_in(unit, actor=officer.actor, code="130203", **about)


def test_a_site_has_a_code_of_its_own(district):
    add("S-1")

    with pytest.raises(SiteKnown):
        add("S-1", LIWAN)
    assert queries.site("S-1").district == LUNAN
    with pytest.raises(NotFound):
        queries.site("S-2")


def test_an_officer_adds_sites_in_the_own_district_only(district, persons):
    officer = persons.officer(LIWAN)
    about = {"name": "驿站", "kind": "station", "tier": 2, "address": ""}
    with unit_of_work() as unit, pytest.raises(NotFound):
        sites.add_in(unit, actor=officer.actor, code="S-1", district=LUNAN, **about)
    with unit_of_work() as unit, pytest.raises(Unauthenticated):
        sites.add_in(unit, actor=ANONYMOUS, code="S-1", district=LUNAN, **about)


def test_the_json_directory_is_public_and_goes_page_by_page(api, district):
    for number in range(5):
        add(f"S-{number}", lon=118.19, lat=39.62)
    add("S-X", LIWAN)

    first = api.get(f"/api/v1/sites?district={LUNAN}&limit=3")
    second = api.get(f"/api/v1/sites?district={LUNAN}&limit=3&after={first.json['next']}")

    assert first.status_code == 200
    assert [item["code"] for item in first.json["items"] + second.json["items"]] == [
        f"S-{n}" for n in range(5)
    ]
    assert second.json["next"] is None
    assert first.json["items"][0] == {
        "code": "S-0",
        "district": LUNAN,
        "name": "驿站S-0",
        "kind": "station",
        "address": "惠民道1号",
        "phone": "0315-7654321",
        "position": "118.190000,39.620000",
    }


def test_a_question_that_cannot_be_right_is_named(api, district):
    assert api.get("/api/v1/sites?district=lunan").status_code == 422
    assert api.get("/api/v1/sites?town=x").status_code == 400
    assert api.get("/api/v1/sites?after=x").status_code == 400


@pytest.mark.parametrize("path", ["/sites.csv", "/api/v1/sites.csv"])
def test_the_table_opens_clean_in_a_spreadsheet(client, district, path):
    add("S-1", name="=HYPERLINK(1)", address="＝危险", phone="+86", lon=118.19, lat=39.62)
    add("S-2", LIWAN, kind="market", tier=1)

    answer = client.get(f"{path}?district={LUNAN}")

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    heads, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert heads[0] == "名称"
    assert row == ["'=HYPERLINK(1)", "零工驿站", "路南区", "'＝危险", "'+86", "118.19000", "39.62000"]


def test_the_page_lists_sites_and_says_what_is_missing(client, district):
    add("S-1", address="", phone=None)
    add("S-2", LIWAN, name="荔湾零工市场", kind="market", tier=1)

    page = client.get(f"/sites?district={LUNAN}").text

    assert "驿站S-1" in page
    assert "荔湾零工市场" not in page
    assert "还没有登记" in page
    assert 'data-district="130202"' in page
    assert "荔湾零工市场" in client.get("/sites").text
    assert client.get("/sites?district=999999").status_code == 404


def test_an_empty_directory_says_what_to_do(client, district):
    assert "这里还没有站点" in client.get("/sites").text


def test_an_unknown_kind_is_shown_as_it_is():
    assert kinds.word("tent") == "tent"
