import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from skillhub.courses.rules.allocation import Entry, Impossible, Mode, Plan, Quota, Table, commitment, ticket

NOW = datetime(2025, 11, 10, 1, tzinfo=UTC)
CUT_OFF = NOW + timedelta(days=3)
SEED, BEACON = bytes(range(32)), bytes(range(32, 64))


def sha(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def entry(event, number, state, *, group=None, at=NOW):
    return Entry(event=event, receipt_sha256=sha(number), order_no=number, group=group, at=at, state=state)


def whole(event, state, at=NOW):
    return Entry(event=event, state=state, at=at)


def plan(mode=Mode.FIRST_COME, seats=1, **more):
    return Plan(mode=mode, seats=seats, cut_off=CUT_OFF, **more)


def table(*entries, of=None, **more):
    made = Table(of or plan(), **more)
    for each in entries:
        made.take(each)
    return made


def refusal(made, given):
    with pytest.raises(Impossible) as caught:
        made.take(given)
    return caught.value.code


FULL = (entry("apply", 1, "enrolled"), entry("apply", 2, "waitlisted"), entry("apply", 3, "waitlisted"))


def test_the_first_gets_the_seat_and_the_rest_wait():
    made = table(*FULL)

    assert (made.taken, [row.order_no for row in made.line()]) == (1, [2, 3])


def test_nobody_is_enrolled_into_a_full_batch():
    assert refusal(table(FULL[0]), entry("apply", 2, "enrolled")) == "state_differs"


def test_a_freed_seat_is_due_to_the_first_in_line_before_anything_else():
    made = table(*FULL, entry("withdraw", 1, "withdrawn"))

    assert refusal(made, entry("apply", 4, "enrolled")) == "offer_due"
    assert refusal(made, entry("offer", 3, "offered")) == "offer_due"
    assert not made.is_settled()
    made.take(entry("offer", 2, "offered"))
    assert made.is_settled()
    assert refusal(made, entry("apply", 4, "enrolled")) == "state_differs"


def test_a_lapsed_offer_goes_to_the_next():
    made = table(*FULL, entry("withdraw", 1, "withdrawn"), entry("offer", 2, "offered"))
    made.take(entry("lapse", 2, "lapsed"))
    made.take(entry("offer", 3, "offered"))
    made.take(entry("accept", 3, "enrolled"))

    assert (made.taken, made.line()) == (1, [])


def test_after_the_cut_off_nothing_is_offered():
    made = table(*FULL, entry("withdraw", 1, "withdrawn", at=CUT_OFF))

    assert made.is_settled()
    assert refusal(made, entry("offer", 2, "offered", at=CUT_OFF)) == "offer_after_cut_off"


def test_those_carried_over_come_before_those_who_applied_here():
    made = table(*FULL, entry("carry", 4, "waitlisted"), entry("carry", 5, "waitlisted"))

    assert [row.order_no for row in made.line()] == [4, 5, 2, 3]


def test_more_seats_are_offered_and_held_ones_cannot_be_taken_away():
    made = table(*FULL, whole("seats", "2"))

    assert refusal(made, entry("apply", 4, "waitlisted")) == "offer_due"
    made.take(entry("offer", 2, "offered"))
    assert refusal(made, whole("seats", "1")) == "seats_held"


def test_a_later_cut_off_allows_offers_again():
    later = CUT_OFF + timedelta(days=1)
    made = table(*FULL, whole("cut_off", later.isoformat()), entry("withdraw", 1, "withdrawn", at=CUT_OFF))

    made.take(entry("offer", 2, "offered", at=CUT_OFF))

    assert made.is_settled()


def test_after_cancelling_applications_only_lapse():
    made = table(*FULL, whole("cancel", "cancelled"))

    assert refusal(made, entry("withdraw", 1, "withdrawn")) == "after_cancelling"
    made.take(entry("lapse", 1, "lapsed"))
    assert made.is_settled()


class TestQuotas:
    @pytest.fixture
    def kept(self):
        return plan(
            Mode.QUOTAS, 2, quotas=(Quota(group="残疾人", seats=1),), release_at=NOW + timedelta(hours=1)
        )

    def test_a_kept_seat_is_for_its_group_alone(self, kept):
        made = table(entry("apply", 1, "enrolled"), of=kept)

        assert refusal(made, entry("apply", 2, "enrolled")) == "state_differs"
        made.take(entry("apply", 2, "waitlisted"))
        made.take(entry("apply", 3, "enrolled", group="残疾人"))

        assert made.taken == 2

    def test_a_member_takes_the_own_groups_seat_before_a_general_one(self, kept):
        made = table(entry("apply", 1, "enrolled", group="残疾人"), of=kept)

        assert {name: pool.free for name, pool in made.pools.items()} == {"残疾人": 0, "": 1}

    def test_what_is_left_over_is_released_to_the_line_at_the_hour(self, kept):
        made = table(entry("apply", 1, "enrolled"), entry("apply", 2, "waitlisted"), of=kept)

        assert refusal(made, whole("release", "released")) == "release_too_early"
        made.take(whole("release", "released", at=kept.release_at))
        made.take(entry("offer", 2, "offered", at=kept.release_at))
        assert {name: pool.free for name, pool in made.pools.items()} == {"残疾人": 0, "": 0}

    def test_a_seat_of_a_group_that_is_freed_after_the_release_is_anybodys(self, kept):
        at = kept.release_at
        made = table(
            entry("apply", 1, "enrolled"),
            entry("apply", 2, "enrolled", group="残疾人"),
            entry("apply", 3, "waitlisted"),
            whole("release", "released", at=at),
            entry("withdraw", 2, "withdrawn", group="残疾人", at=at),
            of=kept,
        )
        made.take(entry("offer", 3, "offered", at=at))

        assert made.is_settled()


class TestDraw:
    @pytest.fixture
    def drawn(self):
        return plan(Mode.DRAW, 2)

    def order(self, heads):
        return sorted(
            range(1, heads + 1),
            key=lambda number: ticket(seed=SEED, beacon=BEACON, receipt_sha256=sha(number)),
        )

    def test_the_lowest_tickets_get_the_seats_and_the_rest_wait_by_ticket(self, drawn):
        made = table(
            *(entry("apply", number, "in_draw") for number in range(1, 6)), of=drawn, seed=SEED, beacon=BEACON
        )
        order = self.order(5)

        assert refusal(made, entry("draw", order[1], "enrolled")) == "draw_due"
        for place, number in enumerate(order):
            made.take(entry("draw", number, "enrolled" if place < 2 else "waitlisted"))

        assert [row.order_no for row in made.line()] == order[2:]

    def test_nothing_comes_between_the_lots(self, drawn):
        made = table(
            *(entry("apply", number, "in_draw") for number in range(1, 4)), of=drawn, seed=SEED, beacon=BEACON
        )
        made.take(entry("draw", self.order(3)[0], "enrolled"))

        assert refusal(made, entry("apply", 4, "in_draw")) == "draw_due"

    def test_another_seed_gives_another_order_and_the_same_seed_the_same(self):
        orders = {
            seed: sorted(
                (sha(number) for number in range(20)),
                key=lambda receipt, seed=seed: ticket(seed=seed, beacon=BEACON, receipt_sha256=receipt),
            )
            for seed in (SEED, bytes(32))
        }

        assert orders[SEED] != orders[bytes(32)]

    def test_the_promise_binds_the_seed_to_the_batch(self):
        assert commitment(SEED, "130202-2511-046") == hashlib.sha256(SEED + b"130202-2511-046").hexdigest()
        assert commitment(SEED, "130202-2511-047") != commitment(SEED, "130202-2511-046")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (entry("apply", 1, "waitlisted"), "receipt_twice"),
        (entry("apply", 9, "waitlisted"), "order_no"),
        (entry("apply", 4, "waitlisted", group="没有的"), "group_unknown"),
        (entry("accept", 2, "enrolled"), "event_impossible"),
        (entry("decide", 2, "enrolled"), "event_impossible"),
        (entry("withdraw", 9, "withdrawn"), "receipt_unknown"),
        (entry("withdraw", 2, "withdrawn", group="残疾人"), "row_differs"),
        (entry("withdraw", 2, "enrolled"), "state_differs"),
        (entry("offer", 2, "offered"), "offer_out_of_turn"),
        (whole("seats", "0"), "seats_held"),
        (whole("seats", "many"), "event_impossible"),
        (whole("cut_off", "soon"), "cut_off_unreadable"),
        (whole("release", "released"), "release_too_early"),
        (whole("cancel", "closed"), "state_differs"),
    ],
)
def test_what_cannot_follow_is_named(given, code):
    assert refusal(table(*FULL), given) == code


def test_a_clerk_places_by_the_same_rule():
    made = table(entry("apply", 1, "under_review"), entry("apply", 2, "enrolled"))

    assert refusal(made, entry("decide", 1, "enrolled")) == "state_differs"
    made.take(entry("decide", 1, "waitlisted"))

    assert [row.order_no for row in made.line()] == [1]
