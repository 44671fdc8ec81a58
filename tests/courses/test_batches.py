from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select

from skillhub.base.audit import AuditEntry
from skillhub.base.errors import Forbidden, Invalid, NotFound, VersionConflict
from skillhub.courses.errors.batches import BatchOpened, BatchRunning, BatchState, BatchTooLate, SeatsTaken
from skillhub.courses.queries import applications, batch_lists
from skillhub.courses.queries import batches as queries
from skillhub.courses.queries.batch_lists import Wanted
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place, Position
from skillhub.courses.service import applications as applying
from skillhub.courses.service import batch_changes, batches
from skillhub.courses.service.batch_changes import Change
from skillhub.testing.factories.base import LIWAN, LUNAN
from skillhub.testing.factories.courses import some_batch, some_course, some_order

SESSIONS = [
    {"starts_at": f"2025-11-{day}T09:00:00+08:00", "ends_at": f"2025-11-{day}T12:00:00+08:00", "part": part}
    for day, part in ((24, "theory"), (25, "theory"), (26, "practice"))
]
WANTED = {
    "order": None,
    "seats": 8,
    "mode": "first_come",
    "opens_at": "2025-11-12T09:00:00+08:00",
    "closes_at": "2025-11-20T17:00:00+08:00",
    "sessions": SESSIONS,
    "place": {"name": "收纳工作室", "address": "友谊街道1号", "position": "118.17,39.63"},
}


@pytest.fixture
def body(organisations):
    return organisations.training_body()


@pytest.fixture
def school(persons, body):
    return persons.school(body)


@pytest.fixture
def trainer(persons, body):
    return persons.trainer(body)


@pytest.fixture
def wanted(trainer):
    return WANTED | {"course": some_course(), "trainer": trainer.handle}


def filed(api, school, wanted, **change):
    answer = api.as_(school).post("/api/v1/batches", wanted | change)
    assert answer.status_code == 201, answer.text
    return answer.json["code"]


def errors(answer):
    assert answer.status_code == 422, answer.text
    return [(each["field"], each["code"]) for each in answer.json["errors"]]


def test_a_school_files_a_batch_which_waits_for_approval(api, school, trainer, wanted):
    answer = api.as_(school).post("/api/v1/batches", wanted)

    assert answer.status_code == 201
    shown = answer.json
    handles = [each.pop("id") for each in shown["sessions"]]
    assert len(set(handles)) == 3
    assert shown == {
        "code": "130202-2511-001",
        "district": LUNAN,
        "course": wanted["course"],
        "trade": "家政",
        "level": None,
        "state": "draft",
        "mode": "first_come",
        "plan": None,
        "seats": 8,
        "taken": 0,
        "waiting": 0,
        "opens_at": "2025-11-12T01:00:00Z",
        "closes_at": "2025-11-20T09:00:00Z",
        "starts_on": "2025-11-24",
        "ends_on": "2025-11-26",
        "place": wanted["place"],
        "trainer": trainer.handle,
        "eligibility": ["培训不收费。", "共20课时：理论8，实操12。"],
        "sessions": [
            {
                "starts_at": f"2025-11-{day}T01:00:00Z",
                "ends_at": f"2025-11-{day}T04:00:00Z",
                "part": part,
                "hours": 4,
            }
            for day, part in ((24, "theory"), (25, "theory"), (26, "practice"))
        ],
        "as_of": "2025-11-10T01:00:00Z",
    }


def test_a_repeated_request_files_one_batch(api, school, wanted):
    as_school = api.as_(school)
    first = as_school.post("/api/v1/batches", wanted, key="k-1")
    second = as_school.post("/api/v1/batches", wanted, key="k-1")
    other = as_school.post("/api/v1/batches", wanted | {"seats": 9}, key="k-1")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json["code"] == first.json["code"]
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(batch_lists.of_bodies(actor=school.actor).items) == 1


def test_a_batch_for_an_order_says_what_work_stands_behind_it(api, persons, organisations, school, wanted):
    firm = organisations.employer()
    order = some_order(employer=persons.employer(firm), heads=8)
    shown = api.as_(school).post("/api/v1/batches", wanted | {"order": order}).json

    assert shown["eligibility"][2:] == [
        f"{firm.name}的订单班，承诺合格后提供4个岗位。",
        "岗位报酬：180.00元/天。",
    ]
    assert api.as_(school).get(f"/api/v1/orders/{order}").json["batches"] == [shown["code"]]


@pytest.fixture
def statements():
    @contextmanager
    def counted():
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counted


def session(day, starts="09:00", ends="12:00", part="theory"):
    return {
        "starts_at": f"2025-11-{day:02d}T{starts}:00+08:00",
        "ends_at": f"2025-11-{day:02d}T{ends}:00+08:00",
        "part": part,
    }


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"course": "C-000"}, [("course", "unknown")]),
        ({"order": "O-000"}, [("order", "not_approved")]),
        ({"seats": 0}, [("seats", "out_of_range")]),
        ({"seats": 501}, [("seats", "out_of_range")]),
        ({"mode": "lottery"}, [("mode", "unknown")]),
        ({"trainer": "p-nobody"}, [("trainer", "not_yours")]),
        ({"opens_at": "2025-11-20T17:00:00+08:00"}, [("closes_at", "before_opening")]),
        ({"closes_at": "2025-11-24T09:00:01+08:00"}, [("closes_at", "after_first_session")]),
        (
            {"opens_at": "2025-11-01T09:00:00+08:00", "closes_at": "2025-11-10T09:00:00+08:00"},
            [("closes_at", "in_the_past")],
        ),
        ({"opens_at": "1925-11-10T09:00:00+08:00"}, [("opens_at", "too_far")]),
        ({"opens_at": "0001-01-01T00:00:00+08:00"}, [("opens_at", "wrong_form")]),
        ({"opens_at": "2025-11-10T09:00:00"}, [("opens_at", "no_zone")]),
        ({"sessions": []}, [("sessions", "too_few")]),
        ({"sessions": [session(9)]}, [("sessions.0.starts_at", "in_the_past")]),
        (
            {"sessions": [session(24), session(25, "12:00", "09:00")]},
            [("sessions.1.ends_at", "before_start")],
        ),
        ({"sessions": [session(24, "09:00", "09:30")]}, [("sessions.0.ends_at", "too_short")]),
        ({"sessions": [session(24, "06:00", "23:00")]}, [("sessions.0.ends_at", "too_long")]),
        (
            {"sessions": [session(25), session(24), session(24, "11:00", "14:00")]},
            [("sessions.2", "overlap")],
        ),
        ({"sessions": [session(24, part="exam")]}, [("sessions.0.part", "not_listed")]),
        (
            {"sessions": [session(24, f"{hour:02d}:00", f"{hour:02d}:50") for hour in range(6, 23)] * 6},
            [("sessions", "too_many")],
        ),
        ({"place": {"name": "", "address": "友谊街道1号"}}, [("place.name", "missing")]),
        ({"place": {"name": "工作室", "address": ""}}, [("place.address", "missing")]),
        (
            {"place": {"name": "工作室", "address": "x", "position": "39.63,118.17"}},
            [("place.position", "off_the_map")],
        ),
        (
            {"place": {"name": "工作室", "address": "x", "position": "nan,1"}},
            [("place.position", "not_a_position")],
        ),
        (
            {"place": {"name": "工作室", "address": "x", "position": "118.17"}},
            [("place.position", "not_a_position")],
        ),
    ],
)
def test_a_batch_that_cannot_be_right_is_refused_at_its_field(api, school, wanted, change, found):
    assert errors(api.as_(school).post("/api/v1/batches", wanted | change)) == found
    assert batch_lists.of_bodies(actor=school.actor).items == ()


def test_sessions_may_be_sent_in_any_order_and_are_kept_in_time(api, school, wanted):
    code = filed(api, school, wanted, sessions=[SESSIONS[2], SESSIONS[0], SESSIONS[1]])

    assert [each.starts_at.day for each in queries.batch(code).sessions] == [24, 25, 26]
    assert queries.batch(code).starts_on.day == 24


def test_sessions_that_touch_do_not_overlap(api, school, wanted):
    assert filed(api, school, wanted, sessions=[session(24, "09:00", "12:00"), session(24, "12:00", "14:15")])


def test_an_order_for_something_else_cannot_be_taught_with_this_course(api, school, wanted):
    order = some_order()
    cooking = some_course(name="中式烹调", trade="烹饪")

    assert errors(api.as_(school).post("/api/v1/batches", wanted | {"order": order, "course": cooking})) == [
        ("order", "other_course")
    ]


def test_an_order_that_is_not_approved_gets_no_batch(api, school, wanted):
    order = some_order(is_approved=False)

    assert errors(api.as_(school).post("/api/v1/batches", wanted | {"order": order})) == [
        ("order", "not_approved")
    ]


def test_a_trainer_is_never_in_two_classes_at_once_and_the_other_is_named(api, school, wanted):
    first = filed(api, school, wanted)
    answer = api.as_(school).post("/api/v1/batches", wanted | {"sessions": [session(26, "11:00", "14:00")]})

    assert errors(answer) == [("trainer", "trainer_busy")]
    assert f"11月26日09:00–12:00已排在{first}班上课" in answer.json["errors"][0]["message"]
    assert filed(api, school, wanted, sessions=[session(26, "12:00", "15:00")])


def test_a_cancelled_class_leaves_its_trainer_free(api, school, wanted):
    batches.cancel(actor=school.actor, code=filed(api, school, wanted), reason="老师生病")

    assert filed(api, school, wanted)


def test_a_trainer_of_another_body_cannot_be_planned(api, persons, organisations, school, wanted):
    stranger = persons.trainer(organisations.training_body())

    assert errors(api.as_(school).post("/api/v1/batches", wanted | {"trainer": stranger.handle})) == [
        ("trainer", "not_yours")
    ]


def test_only_training_bodies_file_and_only_in_their_district(api, persons, organisations, trainer, wanted):
    abroad = persons.school(organisations.training_body(district=LIWAN), district=LIWAN)

    assert errors(api.as_(abroad).post("/api/v1/batches", wanted)) == [("course", "unknown")]
    assert api.as_(trainer).post("/api/v1/batches", wanted).status_code == 403
    assert api.as_(persons.officer()).post("/api/v1/batches", wanted).status_code == 403
    assert api.post("/api/v1/batches", wanted).status_code == 401


def test_a_filed_batch_is_seen_by_who_files_and_who_approves_alone(
    api, persons, organisations, school, wanted
):
    path = "/api/v1/batches/" + filed(api, school, wanted)
    insiders = [school, persons.officer(), persons.auditor()]
    others = [
        persons.officer(district=LIWAN),
        persons.school(organisations.training_body()),
        persons.trainee(),
    ]

    assert [api.as_(each).get(path).status_code for each in insiders] == [200] * 3
    assert [api.as_(each).get(path).status_code for each in others] == [404] * 3
    assert api.get(path).status_code == 404
    assert api.get("/api/v1/batches").json == {"items": [], "next": None}


def test_an_approved_batch_is_public(api, persons, school, wanted):
    code = filed(api, school, wanted)
    answer = api.as_(persons.officer()).post(f"/api/v1/batches/{code}/publication")

    assert (answer.status_code, answer.json["state"]) == (200, "published")
    public = api.get(f"/api/v1/batches/{code}")
    assert public.json == answer.json
    assert api.get("/api/v1/batches").json["items"] == [answer.json]


def test_only_an_officer_of_the_district_approves_and_only_once(api, persons, school, wanted):
    path = f"/api/v1/batches/{filed(api, school, wanted)}/publication"

    assert api.as_(school).post(path).status_code == 403
    assert api.as_(persons.officer(district=LIWAN)).post(path).status_code == 404
    as_officer = api.as_(persons.officer())
    assert as_officer.post(path).status_code == 200
    again = as_officer.post(path)
    assert (again.status_code, again.json["code"]) == (409, "batch_state")
    assert "已公布" in again.json["detail"]


def test_a_batch_is_not_published_after_its_last_moment(session, frozen, persons):
    batch = some_batch(is_published=False)
    officer = persons.officer()
    frozen.advance(days=7)

    with pytest.raises(BatchTooLate):
        batches.publish(actor=officer.actor, code=batch.code)


def test_a_change_needs_the_version_that_was_read(api, school, wanted):
    code = filed(api, school, wanted)
    as_school = api.as_(school)
    etag = as_school.get(f"/api/v1/batches/{code}").headers["ETag"]

    first = as_school.patch(f"/api/v1/batches/{code}", {"seats": 10}, If_Match=etag)
    assert (first.status_code, first.json["seats"]) == (200, 10)
    assert first.headers["ETag"] != etag
    late = as_school.patch(f"/api/v1/batches/{code}", {"seats": 12}, If_Match=etag)
    assert (late.status_code, late.json["code"]) == (409, "version_conflict")
    assert as_school.patch(f"/api/v1/batches/{code}", {"seats": 12}, If_Match='"other"').status_code == 409
    assert as_school.patch(f"/api/v1/batches/{code}", {"seats": 12}, If_Match='"1", "2"').status_code == 400
    assert as_school.patch(f"/api/v1/batches/{code}", {"seats": 12}, If_Match="*").json["seats"] == 12
    assert as_school.patch(f"/api/v1/batches/{code}", {"seats": 13}).json["seats"] == 13


def test_everything_may_change_until_people_can_apply(api, persons, body, school, wanted):
    code = filed(api, school, wanted)
    other = persons.trainer(body)
    change = {
        "opens_at": "2025-11-13T09:00:00+08:00",
        "closes_at": "2025-11-21T17:00:00+08:00",
        "place": {"name": "二楼教室", "address": "学院路2号", "position": None},
        "trainer": other.handle,
    }
    answer = api.as_(school).patch(f"/api/v1/batches/{code}", change)

    assert answer.status_code == 200
    shown = {name: answer.json[name] for name in change}
    assert shown == change | {"opens_at": "2025-11-13T01:00:00Z", "closes_at": "2025-11-21T09:00:00Z"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"seats": 0}, [("seats", "out_of_range")]),
        ({"closes_at": "2025-11-12T09:00:00+08:00"}, [("closes_at", "before_opening")]),
        ({"opens_at": "2025-11-24T09:00:00+08:00"}, [("closes_at", "before_opening")]),
        ({"place": {"name": "", "address": ""}}, [("place.name", "missing"), ("place.address", "missing")]),
        ({"trainer": "p-nobody"}, [("trainer", "not_yours")]),
    ],
)
def test_a_change_that_cannot_be_right_is_refused_at_its_field(api, school, wanted, change, found):
    code = filed(api, school, wanted)

    assert errors(api.as_(school).patch(f"/api/v1/batches/{code}", change)) == found
    assert queries.batch(code).version == 1


def test_once_people_apply_only_the_seats_change(session, district):
    batch = some_batch(seats=8)

    with pytest.raises(BatchOpened):
        change(batch, place=Place("别处", "别的路"))
    change(batch, seats=9)
    assert batch.view.seats == 9


def change(batch, version=None, **what):
    return batch_changes.change(
        actor=batch.school.actor, code=batch.code, version=version, change=Change(**what)
    )


def test_seats_never_fall_below_those_who_hold_one(session, persons, district):
    batch = some_batch(seats=3)
    for _ in range(2):
        applying.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页")

    with pytest.raises(SeatsTaken) as caught:
        change(batch, seats=1)
    assert "2个名额" in caught.value.text()
    change(batch, seats=2)
    assert (batch.view.seats, batch.view.taken) == (2, 2)


def test_new_seats_go_to_those_who_wait(session, persons, district):
    batch = some_batch(seats=1)
    receipts = [
        applying.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页") for _ in range(3)
    ]
    change(batch, seats=2)

    assert [applications.application(each).state for each in receipts] == [
        "enrolled",
        "offered",
        "waitlisted",
    ]
    assert (batch.view.taken, batch.view.waiting) == (2, 1)


def test_of_two_who_change_the_same_thing_the_second_must_look_again(session, district):
    batch = some_batch()
    version = batch.view.version
    change(batch, version=version, seats=9)

    with pytest.raises(VersionConflict):
        change(batch, version=version, seats=10)


def test_a_batch_is_closed_after_its_last_session(session, frozen, persons, district):
    batch = some_batch(seats=1)
    receipts = [
        applying.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页") for _ in range(2)
    ]

    with pytest.raises(BatchRunning):
        batches.close(actor=batch.school.actor, code=batch.code)
    frozen.advance(days=11, hours=3)
    batches.close(actor=batch.school.actor, code=batch.code)

    assert batch.view.state == "closed"
    assert [applications.application(each).state for each in receipts] == ["enrolled", "lapsed"]
    with pytest.raises(BatchState):
        batches.cancel(actor=batch.school.actor, code=batch.code, reason="太晚")
    with pytest.raises(BatchState):
        change(batch, seats=20)


def test_a_cancelled_batch_tells_why_and_holds_nobody(api, session, persons):
    batch = some_batch(seats=1)
    receipts = [
        applying.apply(actor=persons.trainee().actor, batch=batch.code, channel="网页") for _ in range(2)
    ]
    answer = api.as_(batch.school).post(f"/api/v1/batches/{batch.code}/cancellation", {"reason": "场地停电"})

    assert answer.status_code == 200
    assert (answer.json["state"], answer.json["taken"], answer.json["waiting"]) == ("cancelled", 0, 0)
    assert {applications.application(each).state for each in receipts} == {"lapsed"}
    assert batch.view.cancel_reason == "场地停电"
    assert api.get("/api/v1/batches").json["items"] == []
    assert api.get(f"/api/v1/batches/{batch.code}").json["state"] == "cancelled"


def test_a_cancellation_needs_a_reason(api, session, district):
    batch = some_batch()
    as_school = api.as_(batch.school)

    assert errors(as_school.post(f"/api/v1/batches/{batch.code}/cancellation", {"reason": " "})) == [
        ("reason", "missing")
    ]
    assert errors(as_school.post(f"/api/v1/batches/{batch.code}/cancellation", {})) == [("reason", "missing")]


@pytest.mark.parametrize(("step", "sent"), [("closing", None), ("cancellation", {"reason": "停电"})])
def test_who_may_end_a_batch(api, persons, organisations, step, sent):
    batch = some_batch()
    path = f"/api/v1/batches/{batch.code}/{step}"
    strangers = [persons.school(organisations.training_body()), persons.officer(district=LIWAN)]

    assert [api.as_(each).post(path, sent).status_code for each in strangers] == [404, 404]
    assert [api.as_(each).post(path, sent).status_code for each in (batch.trainer, persons.trainee())] == [
        403,
        403,
    ]
    assert api.as_(persons.officer()).post(path, sent).status_code in (200, 409)


def test_the_list_knows_open_course_and_district(api, session, frozen, district):
    now = frozen.now
    opened = some_batch()
    later = some_batch(opens_at=now + timedelta(hours=1), course=some_course(name="月嫂"))
    abroad = some_batch(district=LIWAN)

    def codes(query):
        return [each["code"] for each in api.get(f"/api/v1/batches?{query}").json["items"]]

    assert codes("") == [abroad.code, later.code, opened.code]
    assert codes("open=true&district=130202") == [opened.code]
    assert codes("open=false") == [later.code]
    assert codes("district=440103") == [abroad.code]
    assert codes(f"course={later.course}") == [later.code]
    assert codes("course=C-000") == []


def test_the_nearest_come_first_and_those_without_a_position_last(session, district):
    far = some_batch(place=Place("远", "远路", Position(118.30, 39.63)))
    unknown = some_batch(place=Place("不知道", "某路"))
    near = some_batch(place=Place("近", "近路", Position(118.18, 39.63)))
    here = Position(118.17, 39.63)

    def codes(**what):
        return [each.code for each in batch_lists.listed(Wanted(near=here, **what)).items]

    assert codes() == [near.code, far.code, unknown.code]
    assert codes(within_km=5) == [near.code]
    assert codes(within_km=5, district=LUNAN) == [near.code, unknown.code]


def test_the_nearest_are_cut_into_pages_too(api, session, district):
    codes = [
        some_batch(place=Place("x", "y", Position(118 + number / 100, 39.6))).code for number in range(5)
    ]
    found, after = [], ""
    while True:
        page = api.get(f"/api/v1/batches?near=118,39.6&limit=2{after}").json
        found += [each["code"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert found == codes


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("near=118", 422),
        ("near=39.6,118.1", 422),
        ("within_km=3", 422),
        ("near=118,39&within_km=0", 422),
        ("open=perhaps", 422),
        ("after=xyz", 400),
        ("colour=red", 400),
        ("limit=101", 422),
    ],
)
def test_a_query_that_cannot_be_right_is_refused(api, district, query, status):
    answer = api.get(f"/api/v1/batches?{query}")

    assert answer.status_code == status
    assert answer.json["errors"]


def test_a_page_of_batches_costs_the_same_however_long(api, session, district, statements):
    some_batch()
    with statements() as one:
        api.get("/api/v1/batches")
    for _ in range(4):
        some_batch(order=some_order())
    with statements() as many:
        assert len(api.get("/api/v1/batches").json["items"]) == 5

    assert len(many) <= len(one) + 1


def test_people_find_what_has_seats_before_what_is_full(session, frozen, persons, district):
    full = some_batch(seats=1)
    applying.apply(actor=persons.trainee().actor, batch=full.code, channel="网页")
    later = some_batch(opens_at=frozen.now + timedelta(hours=2))
    free = some_batch()
    first = batch_lists.coming(limit=2)

    assert [each.code for each in first.items] == [free.code, full.code]
    assert [each.code for each in batch_lists.coming(limit=2, after=first.next).items] == [later.code]
    assert [each.code for each in queries.open_batches(LUNAN)] == [full.code, free.code]


def test_the_next_batch_of_a_course_is_the_one_that_begins_first(session, frozen, district):
    course = some_course()
    some_batch(course=course, first_at=frozen.now + timedelta(days=20))
    soon = some_batch(course=course, first_at=frozen.now + timedelta(days=9))
    some_batch(course=course, first_at=frozen.now + timedelta(days=5), is_published=False)
    found = batch_lists.next_of_courses([soon.view.course.id])

    assert {each.code for each in found.values()} == {soon.code}


@pytest.mark.parametrize(
    ("opens", "closes", "has_seats", "state", "phase"),
    [
        (1, 2, True, "published", "before"),
        (-1, 1, True, "published", "open"),
        (-1, 1, False, "published", "full"),
        (-2, -1, True, "published", "over"),
        (-1, 1, True, "draft", "draft"),
        (-1, 1, True, "closed", "closed"),
        (-1, 1, True, "cancelled", "cancelled"),
    ],
)
def test_one_word_says_where_a_batch_stands(opens, closes, has_seats, state, phase):
    now = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
    found = rules.phase(
        state=state,
        opens_at=now + timedelta(hours=opens),
        closes_at=now + timedelta(hours=closes),
        has_seats=has_seats,
        now=now,
    )

    assert found == phase


def test_history_may_count_the_hours_of_a_session_in_its_own_way():
    starts = datetime(2025, 2, 10, 0, 30, tzinfo=UTC)
    planned = PlannedSession(
        starts_at=starts, ends_at=starts + timedelta(minutes=150), part="theory", hours=4
    )
    plan = rules.Plan(
        seats=8,
        mode="first_come",
        opens_at=starts - timedelta(days=9),
        closes_at=starts,
        sessions=(planned,),
        place=Place("教室", "某路"),
    )

    assert rules.checked(plan, minutes_per_hour=45, now=None).sessions[0].hours == 4


def test_whoever_may_not_is_refused_by_the_services_too(session, persons, organisations, district):
    batch = some_batch(is_published=False)
    stranger = persons.school(organisations.training_body())

    with pytest.raises(Forbidden):
        batches.publish(actor=batch.school.actor, code=batch.code)
    with pytest.raises(NotFound):
        batches.cancel(actor=stranger.actor, code=batch.code, reason="x")
    with pytest.raises(NotFound):
        batch_changes.change(actor=stranger.actor, code=batch.code, version=None, change=Change(seats=2))
    with pytest.raises(Invalid):
        batches.cancel(actor=batch.school.actor, code=batch.code, reason="")


def test_every_step_of_a_batch_leaves_a_row_behind(session, persons, district):
    batch = some_batch(is_published=False)
    officer = persons.officer()
    batches.publish(actor=officer.actor, code=batch.code)
    change(batch, seats=9)
    batches.cancel(actor=batch.school.actor, code=batch.code, reason="停电")

    rows = session.execute(
        select(AuditEntry.verb, AuditEntry.actor_id, AuditEntry.district_code)
        .where(AuditEntry.verb.startswith("batch."))
        .order_by(AuditEntry.id)
    ).all()
    assert rows == [
        ("batch.file", None, LUNAN),
        ("batch.publish", officer.person_id, LUNAN),
        ("batch.change", batch.school.person_id, LUNAN),
        ("batch.cancel", batch.school.person_id, LUNAN),
    ]
