import json

import pytest

from plugins_contrib import changzhi_luzhou
from skillhub.base import access
from skillhub.base.db import unit_of_work
from skillhub.districts import snapshot
from skillhub.districts.service import districts
from skillhub.jobs import queries, service
from skillhub.jobs.rules import Taught, km, qualifying, stem
from skillhub.testing import kit
from skillhub.testing.factories.base import TESTS
from skillhub.testing.factories.courses import some_batch, some_course

WORKER = access.system("tests")
ROWS = [
    {
        "编号": "J1",
        "岗位名称": "上门收纳",
        "工种": "整理收纳师",
        "用人单位": "甲（虚构）",
        "工资": "180元/天",
        "经度": "118.15",
        "纬度": "39.62",
    },
    {
        "编号": "J2",
        "岗位名称": "保洁",
        "工种": "家政",
        "用人单位": "乙（虚构）",
        "工资": "薪资面议",
        "经度": "118.18",
        "纬度": "39.62",
    },
    {"编号": "J3", "岗位名称": "搬运", "工种": "搬运工", "用人单位": "丙（虚构）", "工资": "200元/天"},
]


@pytest.fixture
def drop(app, district, tmp_path, monkeypatch):
    """Return a function that drops a feed's file for Lunan."""
    monkeypatch.setattr(service, "drop_folder", lambda code: tmp_path / code)
    folder = tmp_path / district
    folder.mkdir()

    def write(content, name="jobs.json"):
        data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        (folder / name).write_bytes(data)
        return folder / name

    return write


def refresh():
    return service.refresh(actor=WORKER, district="130202")


def test_a_dropped_file_becomes_postings_with_source_and_age(drop, frozen):
    drop(ROWS)

    assert refresh() == 3
    frozen.advance(hours=3)

    found = queries.postings(district="130202")
    assert [job.title for job in found] == ["上门收纳", "保洁", "搬运"]
    assert found[0].feed.age_hours == 3
    assert found[0].facts["pay_min_fen"] == 18_000


def test_each_posting_is_linked_to_the_course_that_qualifies_and_its_open_batch(drop):
    course = some_course(name="整理收纳", trade="家政")
    batch = some_batch(course=course)
    drop(ROWS)
    refresh()

    by_title = {job.title: job for job in queries.postings(district="130202")}

    assert by_title["上门收纳"].course.code == course
    assert by_title["上门收纳"].next_batch == batch.code
    assert by_title["搬运"].course is None


def test_a_wage_that_is_not_written_is_flagged_and_not_repaired(drop):
    drop(ROWS)
    refresh()

    vague = next(job for job in queries.postings(district="130202") if job.title == "保洁")

    assert "pay_missing" in vague.facts["flags"]
    assert vague.facts["pay_text"] == "薪资面议"
    assert vague.facts["pay_min_fen"] is None


def test_a_file_that_is_gone_leaves_the_last_good_data_with_its_age(drop, frozen):
    path = drop(ROWS)
    refresh()
    path.unlink()
    frozen.advance(hours=5)

    assert refresh() == 3

    (feed,) = queries.feeds("130202")
    assert (feed.problem, feed.age_hours) == (service.GONE, 5)


@pytest.mark.parametrize("content", [b"{not json", b"\xff\xfe\x00\x81", b'{"a": 1}', b""])
def test_a_broken_file_leaves_the_last_good_data_and_says_so(drop, content):
    drop(ROWS)
    refresh()
    drop(content)

    assert refresh() == 3

    assert queries.feeds("130202")[0].problem == service.UNREADABLE


def test_a_file_that_is_mended_is_read_again(drop):
    drop(ROWS)
    refresh()
    drop(b"{not json")
    refresh()
    drop(ROWS[:1])

    assert refresh() == 1

    assert queries.feeds("130202")[0].problem is None


def test_a_file_that_is_too_large_is_not_read(drop, monkeypatch):
    drop(ROWS)
    refresh()
    monkeypatch.setattr(service, "LARGEST_BYTES", 100)
    drop([*ROWS, *ROWS])

    assert refresh() == 3

    assert queries.feeds("130202")[0].problem == service.TOO_LARGE


def test_a_district_with_the_plugin_off_reads_nothing(drop):
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district="130202", plugin="tangshan_lunan", is_on=False)
    snapshot.forget()
    drop(ROWS)

    assert refresh() == 0


def test_the_json_list_comes_nearest_first_and_within_a_distance(api, drop):
    drop(ROWS)
    refresh()

    near = api.get("jobs?near=118.18,39.62").json["items"]
    close = api.get("jobs?near=118.18,39.62&within_km=1").json["items"]

    assert [job["title"] for job in near] == ["保洁", "上门收纳", "搬运"]
    assert [job["title"] for job in close] == ["保洁"]
    assert near[1]["pay"] == {"min_fen": 18000, "max_fen": 18000, "unit": "day", "settlement": None}


@pytest.mark.parametrize("query", ["near=x", "near=118", "near=500,10", "near=1,2&within_km=-1", "after=***"])
def test_a_list_that_is_asked_for_wrongly_says_which_word_is_wrong(api, district, query):
    answer = api.get(f"jobs?{query}")

    assert answer.status_code in (400, 422)
    assert answer.json["errors"][0]["field"] in {"near", "within_km", "after"}


@pytest.fixture
def luzhou(app, district, tmp_path, monkeypatch):
    """Luzhou, with its plugin on and its file dropped as its platform exports it: a table in GB18030."""
    code = "140403"
    with unit_of_work() as unit:
        districts.add_in(
            unit,
            actor=TESTS,
            code=code,
            name="潞州区",
            short_name="潞州",
            name_en="Luzhou",
            city="长治市",
            province="山西省",
        )
        districts.switch_in(unit, actor=TESTS, district=code, plugin="changzhi_luzhou", is_on=True)
    snapshot.forget()
    monkeypatch.setattr(service, "drop_folder", lambda district: tmp_path / district)
    (tmp_path / code).mkdir()
    sample = kit.folder_of(changzhi_luzhou) / "tests" / "jobs.csv"
    (tmp_path / code / "jobs.csv").write_bytes(sample.read_bytes())
    service.refresh(actor=WORKER, district=code)
    return code


def test_a_table_in_gb18030_keeps_the_fields_that_only_this_district_has(luzhou, api):
    first, second, _third = api.get(f"jobs?district={luzhou}").json["items"]

    assert (first["title"], first["pay"]["min_fen"]) == ("餐饮帮工", 15_000)
    assert first["extra"] == [
        {"label": "回访状态", "label_en": "Call-back", "value": "满意"},
        {"label": "回访次数", "label_en": "Calls made", "value": "2"},
        {"label": "日险保单号", "label_en": "Day policy number", "value": "RX-2025-0001"},
    ]
    assert [each["value"] for each in second["extra"]] == ["未回访", "0"]


@pytest.mark.parametrize(("language", "said"), [("zh", "回访状态：满意"), ("en", "Call-back: 满意")])
def test_the_page_shows_a_districts_own_fields_under_their_names(luzhou, client, language, said):
    client.get(f"/language/{language}")

    assert said in client.get(f"/jobs?district={luzhou}").text


def test_the_page_shows_jobs_to_everybody(client, drop):
    drop(ROWS)
    refresh()

    page = client.get("/jobs?district=130202")

    assert page.status_code == 200
    assert "上门收纳" in page.text
    assert "没写报酬" in page.text


def test_the_name_of_a_trade_is_found_with_and_without_its_ending():
    assert stem("整理收纳师") == stem("整理收纳") == "整理收纳"
    courses = [
        Taught("C2", "整理收纳", "家政"),
        Taught("C1", "家务服务", "家政"),
        Taught("C3", "中式烹调基础", "烹饪"),
    ]
    assert qualifying("整理收纳师", courses).code == "C2"
    assert qualifying("中式烹调师", courses).code == "C3"
    assert qualifying("家政", courses).code == "C1"
    assert qualifying("", courses) is None
    assert qualifying("电工", courses) is None


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres():
    assert km(118.0, 39.0, 118.0, 40.0) == pytest.approx(111.2, abs=0.1)
    assert km(118.0, 39.0, 118.0, 39.0) == 0
