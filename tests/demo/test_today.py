"""On the demonstration day there is something to do for everybody, in every district."""

from datetime import timedelta

import pytest

from skillhub.accounts.queries import actors
from skillhub.accounts.queries import people as people_queries
from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.courses.queries import applications, batch_lists, batches, orders
from skillhub.credentials.queries import certificates
from skillhub.demo import alive, staff
from skillhub.demo.places import DISTRICTS
from skillhub.reports.queries import office
from skillhub.subsidy.queries import claims
from skillhub.subsidy.rules.steps import State

LUNAN, *OTHERS = DISTRICTS


def classes(district):
    found = [batches.batch(each.code) for each in alive.CLASSES]
    return [batch for batch in found if batch.district == district]


def in_office(district, role):
    """The first of a district's staff of a role, as an actor."""
    number = next(
        each.number for each in staff.everybody() if each.role is role and each.district == district
    )
    return actors.actor_of(people_queries.aliases("demo")[number])


def test_at_least_three_batches_take_applications_now(demonstration):
    taking = [batch for code in DISTRICTS for batch in batches.open_batches(code)]

    assert sum(batch.taken < batch.seats for batch in taking) >= 3


def test_one_opens_in_ten_minutes_and_stays_shut_until_then(demonstration):
    soon = batches.batch("LN-40")

    assert (soon.opens_at - clock.now()).total_seconds() == 600
    assert (soon.state, soon.taken) == ("published", 0)


@pytest.mark.parametrize(("code", "waiting"), [("LN-41", 3), ("LW-UAV-16", 4)])
def test_one_is_full_and_has_a_waiting_list(demonstration, code, waiting):
    full = batches.batch(code)

    assert (full.taken, full.waiting) == (full.seats, waiting)
    assert [each.position for each in applications.of_batch(full.id, "waitlisted")] == [
        *range(1, waiting + 1)
    ]


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_district_has_a_class_today(demonstration, district):
    begins = [session.starts_at for batch in classes(district) for session in batch.sessions]

    assert any(timedelta(0) <= at - clock.now() < timedelta(hours=9) for at in begins)


@pytest.mark.parametrize("code", ["LN-39", "LW-UAV-17"])
def test_one_has_its_marks_and_no_certificates_yet(demonstration, code):
    batch = batches.batch(code)

    assert batch.is_taught
    assert not certificates.of_batch(batch.id)


def test_a_claim_waits_at_every_step(demonstration):
    waiting = {State(each.state) for each in claims.of_districts(DISTRICTS, tuple(State))}

    assert waiting >= {
        State.DRAFT,
        State.SUBMITTED,
        State.RETURNED,
        State.APPROVED,
        State.OBJECTED,
        State.PAID,
    }


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_officer_finds_something_to_decide(demonstration, district):
    queue = office.queue(in_office(district, Role.OFFICER))

    assert queue.items


@pytest.mark.parametrize("district", OTHERS)
def test_elsewhere_an_order_waits_for_a_visit_and_a_class_for_approval(demonstration, district):
    assert [batch for batch in classes(district) if batch.state == "draft"]
    assert orders.count(districts=[district], state="asked")


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_desk_sees_what_is_coming(demonstration, district):
    assert batch_lists.coming(district=district).items
