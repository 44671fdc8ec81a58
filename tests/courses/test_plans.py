"""What may be asked for and planned, decided without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from skillhub.base.errors import Invalid
from skillhub.base.faults import Faults
from skillhub.courses.rules import batches, eligibility, orders, places
from skillhub.courses.rules.batches import PlannedSession, Taught
from skillhub.courses.rules.eligibility import Promise
from skillhub.courses.rules.places import Place, Position

NOW = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
TODAY = date(2025, 11, 10)


def wish(**change):
    wanted = {
        "trade": "家政",
        "occupation": None,
        "level": None,
        "heads": 8,
        "skills": (),
        "wage_fen": 18_000,
        "wage_unit": "day",
        "wage_text": None,
        "starts_on": TODAY,
        "promised_jobs": 4,
    }
    return orders.Wish(**(wanted | change))


def plan(**change):
    starts = NOW + timedelta(days=7)
    wanted = {
        "seats": 8,
        "mode": "first_come",
        "opens_at": NOW,
        "closes_at": NOW + timedelta(days=6),
        "sessions": (PlannedSession(starts_at=starts, ends_at=starts + timedelta(hours=3), part="theory"),),
        "place": Place("收纳工作室", "友谊街道1号"),
    }
    return batches.Plan(**(wanted | change))


def found(call, *args, **kwargs):
    with pytest.raises(Invalid) as caught:
        call(*args, **kwargs)
    return [(each.field, each.code) for each in caught.value.errors]


def test_a_day_that_begins_today_is_not_past():
    assert orders.checked(wish(), today=TODAY).starts_on == TODAY


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"wage_fen": None}, ("wage_fen", "missing")),
        ({"wage_fen": None, "wage_text": "面议"}, ("wage_fen", "missing")),
        ({"wage_unit": None}, ("wage_unit", "unknown")),
    ],
)
def test_a_wage_in_words_alone_is_for_history(change, error):
    assert found(orders.checked, wish(**change), today=TODAY) == [error]


def test_history_may_lack_a_wage_only_if_it_has_one_in_words():
    assert orders.checked(wish(wage_fen=None, wage_text="180元/天"), today=None).wage_text == "180元/天"
    assert found(orders.checked, wish(wage_fen=None), today=None) == [("wage_fen", "missing")]


def test_an_unknown_decision_is_none():
    assert found(orders.reason_of, "perhaps", "因为") == [("decision", "unknown")]
    assert orders.reason_of("approved", None) == ""


def test_a_part_that_is_neither_theory_nor_practice_is_refused():
    starts = NOW + timedelta(days=7)
    session = PlannedSession(starts_at=starts, ends_at=starts + timedelta(hours=3), part="exam")

    assert found(batches.checked, plan(sessions=(session,)), minutes_per_hour=45, now=NOW) == [
        ("sessions.0.part", "unknown")
    ]


@pytest.mark.parametrize("years", [-30, 30])
def test_a_session_in_another_age_is_refused(years):
    starts = NOW + timedelta(days=365 * years)
    session = PlannedSession(starts_at=starts, ends_at=starts + timedelta(hours=3), part="theory")

    assert found(batches.checked, plan(sessions=(session,)), minutes_per_hour=45, now=NOW) == [
        ("sessions.0.starts_at", "too_far"),
        ("sessions.0.ends_at", "too_far"),
    ]


def test_an_instant_without_a_zone_is_refused():
    opens_at = datetime(2025, 11, 10, 9, 0)  # noqa: DTZ001 (what the test is about)

    assert found(batches.checked, plan(opens_at=opens_at), minutes_per_hour=45, now=NOW) == [
        ("opens_at", "no_zone")
    ]


def test_hours_are_counted_down_and_never_up():
    starts = NOW + timedelta(days=7)
    minutes = {45: 1, 89: 1, 90: 2, 120: 2, 180: 4}
    for lasts, hours in minutes.items():
        session = PlannedSession(starts_at=starts, ends_at=starts + timedelta(minutes=lasts), part="theory")
        kept = batches.checked(plan(sessions=(session,)), minutes_per_hour=45, now=NOW)
        assert kept.sessions[0].hours == hours


def test_two_meetings_clash_only_while_both_last():
    starts = NOW + timedelta(days=7)
    planned = [PlannedSession(starts_at=starts, ends_at=starts + timedelta(hours=3), part="theory")]
    before = Taught("A", starts - timedelta(hours=3), starts)
    within = Taught("B", starts + timedelta(hours=1), starts + timedelta(hours=2))
    after = Taught("C", starts + timedelta(hours=3), starts + timedelta(hours=5))

    assert batches.clash(planned, [before, after]) is None
    assert batches.clash(planned, [before, within, after]) == within


@pytest.mark.parametrize(
    ("state", "hours", "expected"),
    [("published", 0, True), ("published", 1, False), ("published", -1, False), ("draft", 0, False)],
)
def test_people_can_apply_from_the_opening_until_just_before_the_end(state, hours, expected):
    opens_at, closes_at = NOW, NOW + timedelta(hours=1)

    assert (
        batches.is_open(state=state, opens_at=opens_at, closes_at=closes_at, now=NOW + timedelta(hours=hours))
        is expected
    )


def test_the_way_between_two_points_is_along_the_globe():
    lunan, beijing = Position(118.1744, 39.6308), Position(116.4074, 39.9042)

    assert places.distance_km(lunan, lunan) == 0
    assert places.distance_km(lunan, beijing) == pytest.approx(154, abs=1)
    assert places.distance_km(Position(179.9, 0), Position(-179.9, 0)) == pytest.approx(22.2, abs=0.1)


@pytest.mark.parametrize("text", ["", "118.17", "118.17,39.63,1", "东,北", "inf,1", "nan,nan"])
def test_what_is_no_position_is_said_to_be_none(text):
    faults = Faults()

    assert places.position(faults, "near", text) is None
    assert [each.code for each in faults.found] == ["not_a_position"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "岗位报酬：180.00元/天。"),
        ({"wage_unit": "piece"}, "岗位报酬：180.00元/件。"),
        ({"wage_fen": None, "wage_text": "180元/天"}, "岗位报酬：180元/天。"),
        ({"wage_fen": None}, None),
    ],
)
def test_the_pay_is_said_as_the_order_states_it(change, said):
    promise = {"employer": "某公司", "jobs": 4, "wage_fen": 18_000, "wage_unit": "day", "wage_text": None}
    texts = eligibility.texts(theory_hours=8, practice_hours=12, promise=Promise(**(promise | change)))

    assert texts[3:] == ([said] if said else [])
