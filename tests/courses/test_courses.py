import pytest

from skillhub.courses.errors.courses import CourseKnown
from skillhub.courses.queries import courses as queries
from skillhub.courses.service import courses
from skillhub.testing.factories.base import LIWAN, LUNAN
from skillhub.testing.factories.courses import some_batch, some_course

TIDY = {
    "district": LUNAN,
    "name": "整理收纳",
    "occupation": "4-10-01-06",
    "trade": "整理收纳师",
    "level": None,
    "theory_hours": 8,
    "practice_hours": 12,
}


def test_a_school_puts_a_course_on_file_and_everybody_sees_it(api, persons, organisations):
    school = persons.school(organisations.training_body())
    answer = api.as_(school).post("/api/v1/courses", TIDY)

    assert answer.status_code == 201
    assert answer.json == TIDY | {"code": "C-130202-001", "minutes_per_hour": 45}
    assert api.get("/api/v1/courses/C-130202-001").json == answer.json
    assert api.get("/api/v1/courses?district=130202").json == {"items": [answer.json], "next": None}
    assert api.get("/api/v1/courses?district=440103").json["items"] == []


def test_an_officer_adds_courses_of_the_own_district_only(api, persons):
    assert api.as_(persons.officer()).post("/api/v1/courses", TIDY).status_code == 201
    assert api.as_(persons.officer(district=LIWAN)).post("/api/v1/courses", TIDY).status_code == 404
    assert api.as_(persons.desk()).post("/api/v1/courses", TIDY).status_code == 403
    assert api.post("/api/v1/courses", TIDY).status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "收" * 61}, "name"),
        ({"trade": ""}, "trade"),
        ({"level": "十级"}, "level"),
        ({"occupation": "4-10-1-6"}, "occupation"),
        ({"theory_hours": -1}, "theory_hours"),
        ({"practice_hours": 2_001}, "practice_hours"),
        ({"theory_hours": 0, "practice_hours": 0}, "theory_hours"),
        ({"district": "999999"}, "district"),
    ],
)
def test_a_course_that_cannot_be_right_is_refused_at_its_field(api, persons, change, field):
    answer = api.as_(persons.officer()).post("/api/v1/courses", TIDY | change)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json["errors"]] == [field]
    assert queries.listed().items == ()


def test_a_course_of_practice_alone_is_a_course(api, persons):
    assert api.as_(persons.officer()).post("/api/v1/courses", TIDY | {"theory_hours": 0}).status_code == 201


def test_the_same_course_is_put_on_file_once(session, persons, district):
    officer = persons.officer()
    wanted = TIDY | {"actor": officer.actor}
    first = courses.add(**wanted)

    with pytest.raises(CourseKnown) as caught:
        courses.add(**wanted)

    assert caught.value.facts == {"course": first}
    assert courses.add(**(wanted | {"level": "5"})) != first


def test_occupation_trade_and_level_tell_courses_apart(session, persons, district):
    officer = persons.officer()
    wanted = TIDY | {"actor": officer.actor}
    codes = {
        courses.add(**(wanted | change))
        for change in ({}, {"trade": "家务服务员"}, {"occupation": None}, {"level": "四级"})
    }

    assert len(codes) == 4


def test_a_trade_is_found_by_its_name_or_by_that_of_the_course(session, district):
    code = some_course(name="整理收纳", trade="家政")

    assert [each.code for each in queries.qualifying("家政", LUNAN)] == [code]
    assert [each.code for each in queries.qualifying("整理收纳", LUNAN)] == [code]
    assert queries.qualifying("烹饪", LUNAN) == ()
    assert queries.qualifying("家政", LIWAN) == ()


def test_an_unknown_course_is_404(api, district):
    assert api.get("/api/v1/courses/C-XXX").status_code == 404


def test_the_list_of_courses_is_a_page_for_people(client, district):
    some_batch()
    page = client.get("/courses?district=130202")

    assert page.status_code == 200
    assert "整理收纳" in page.text
