import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.errors import Invalid
from skillhub.courses.errors.applications import Closed
from skillhub.courses.errors.batches import DrawTooShort, PlanUndecided, SeatsTaken
from skillhub.courses.model import ApplicationEvent, Batch
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries import draws
from skillhub.courses.queries import plans as plan_queries
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import Mode, Quota, commitment
from skillhub.courses.rules.application_events import Event
from skillhub.courses.rules.plans import LAST_MOMENT
from skillhub.courses.service import applications, batch_changes, batches, changes, rounds
from skillhub.courses.service.batch_changes import Change
from skillhub.plugins import AllocationPlan, SeatQuota, hookimpl

GROUP = "登记失业人员"
DAY = timedelta(days=1)


def apply(batch, person):
    return applications.apply(actor=person.actor, batch=batch.code, channel="网页")


def state(receipt):
    return queries.application(receipt).state


class TestQuotas:
    @pytest.fixture
    def batch(self, classes):
        return classes.published(
            seats=2, mode="quotas", quotas=[Quota(group=GROUP, seats=1)], first_in=3 * DAY
        )

    def test_a_kept_seat_waits_for_its_group(self, batch, persons):
        first, second = (apply(batch, persons.trainee()) for _ in range(2))
        member = apply(batch, persons.trainee(groups=[GROUP]))

        assert [state(each) for each in (first, second, member)] == ["enrolled", "waitlisted", "enrolled"]
        assert queries.application(member).group == GROUP

    def test_members_who_find_the_own_seat_taken_take_a_general_one(self, batch, persons):
        receipts = [apply(batch, persons.trainee(groups=[GROUP])) for _ in range(3)]

        assert [state(each) for each in receipts] == ["enrolled", "enrolled", "waitlisted"]
        assert [queries.application(each).pool for each in receipts] == [GROUP, "", None]

    def test_what_is_not_used_is_released_to_the_line_at_the_hour(self, batch, persons, frozen):
        _, second, third = (apply(batch, persons.trainee()) for _ in range(3))
        rounds.keep_lines()
        assert state(second) == "waitlisted"

        frozen.advance(hours=12)
        rounds.keep_lines()
        rounds.keep_lines()

        assert (state(second), state(third)) == ("offered", "waitlisted")
        assert batch.view.released_at == frozen.now

    def test_a_freed_kept_seat_goes_to_the_first_of_its_group_and_not_to_the_first(self, batch, persons):
        members = [persons.trainee(groups=[GROUP]) for _ in range(2)]
        kept = apply(batch, members[0])
        others = [apply(batch, persons.trainee()) for _ in range(2)]
        waiting = apply(batch, members[1])

        applications.withdraw(actor=members[0].actor, receipt=kept)

        assert [state(each) for each in others] == ["enrolled", "waitlisted"]
        assert state(waiting) == "offered"

    def test_seats_never_fall_below_what_is_kept_and_held(self, batch, persons):
        apply(batch, persons.trainee())

        with pytest.raises(SeatsTaken):
            batch_changes.change(
                actor=batch.school.actor, code=batch.code, version=None, change=Change(seats=1)
            )

    @pytest.mark.parametrize(
        ("quotas", "field"),
        [
            ([Quota(group=GROUP, seats=3)], "quotas"),
            ([Quota(group=GROUP, seats=1), Quota(group=GROUP, seats=1)], "quotas"),
            ([Quota(group=" ", seats=1)], "quotas"),
            ([Quota(group=GROUP, seats=0)], "quotas"),
        ],
    )
    def test_quotas_that_cannot_be_are_refused_by_name(self, classes, quotas, field):
        with pytest.raises(Invalid) as caught:
            classes.published(seats=2, mode="quotas", quotas=quotas)

        assert {each.field for each in caught.value.errors} == {field}


class TestDraw:
    @pytest.fixture
    def batch(self, classes):
        return classes.published(seats=2, mode="draw", first_in=3 * DAY)

    def test_until_closing_everybody_waits_for_the_draw(self, batch, persons):
        receipts = [apply(batch, persons.trainee()) for _ in range(3)]
        rounds.keep_lines()

        assert [state(each) for each in receipts] == ["in_draw"] * 3
        assert (batch.view.taken, batch.view.waiting, batch.view.seed) == (0, 0, None)

    def test_the_draw_follows_the_promise_and_can_be_computed_again(self, session, batch, persons, frozen):
        promised = batch.view.seed_commitment
        receipts = [apply(batch, persons.trainee()) for _ in range(5)]
        frozen.to(frozen.now + DAY + LAST_MOMENT)

        rounds.keep_lines()
        rounds.keep_lines()

        view = batch.view
        assert commitment(bytes.fromhex(view.seed), batch.code) == promised
        order = sorted(
            receipts,
            key=lambda each: hashlib.sha256(
                bytes.fromhex(view.seed + (view.beacon or "0" * 64) + queue_log.receipt_sha256(each))
            ).hexdigest(),
        )
        assert [state(each) for each in order] == ["enrolled"] * 2 + ["waitlisted"] * 3
        assert [queries.application(each).position for each in order[2:]] == [1, 2, 3]
        assert (view.taken, view.waiting) == (2, 3)

    def test_who_applied_in_the_last_moment_takes_part_in_the_drawing(self, batch, persons, frozen):
        receipts = [apply(batch, persons.trainee()) for _ in range(2)]
        frozen.advance(days=1)
        rounds.keep_lines()
        with clock.frozen_at(frozen.now - timedelta(microseconds=1)):  # and then waited for the batch's row
            receipts.append(apply(batch, persons.trainee()))
        with pytest.raises(Closed):
            apply(batch, persons.trainee())
        assert state(receipts[-1]) == "in_draw"

        frozen.to(frozen.now + LAST_MOMENT)
        rounds.keep_lines()

        assert sorted(map(state, receipts)) == ["enrolled", "enrolled", "waitlisted"]

    def test_the_seed_is_not_in_the_database_before_the_draw(self, session, batch):
        row = session.execute(
            select(Batch.seed, Batch.seed_sealed, Batch.seed_commitment).where(Batch.id == batch.id)
        ).one()

        assert row.seed is None
        assert row.seed_commitment
        assert row.seed_sealed.startswith(b"1:")

    def test_a_late_decision_stands_in_line_by_its_ticket(self, session, batch, persons, frozen):
        person = persons.trainee(has_identity=False)
        late = apply(batch, person)
        receipts = [apply(batch, persons.trainee()) for _ in range(4)]
        frozen.to(frozen.now + DAY + LAST_MOMENT)
        rounds.keep_lines()

        changes.decide(actor=batch.school.actor, receipt=late, decision="enrol", reason="证件已核对")

        waiting = [each for each in (*receipts, late) if state(each) == "waitlisted"]
        by_ticket = sorted(waiting, key=lambda each: draws.ticket_of(batch.id, each))
        assert late in waiting
        assert [queries.application(each).position for each in by_ticket] == [1, 2, 3]

    def test_a_draw_that_closes_within_a_day_of_its_promise_is_not_published(self, classes, frozen):
        batch = classes.published(seats=2, mode="draw", first_in=3 * DAY, is_published=False)
        frozen.advance(minutes=1)

        with pytest.raises(DrawTooShort):
            batches.publish(actor=classes.officer.actor, code=batch.code)

        assert batch.view.state == "draft"

    def test_the_end_of_applying_is_not_moved_into_the_day_of_the_promise(self, classes, frozen):
        batch = classes.published(seats=2, mode="draw", opens_in=DAY, first_in=4 * DAY)
        sooner = Change(closes_at=frozen.now + DAY + timedelta(hours=1))
        frozen.advance(hours=2)

        with pytest.raises(DrawTooShort):
            batch_changes.change(actor=batch.school.actor, code=batch.code, version=None, change=sooner)

        batch_changes.change(
            actor=batch.school.actor,
            code=batch.code,
            version=None,
            change=Change(closes_at=batch.view.closes_at + timedelta(hours=1)),
        )


class Plans:
    """A plugin that wants one plan for every class."""

    def __init__(self, plan):
        self.plan = plan

    @hookimpl
    def allocation_plan(self):
        if isinstance(self.plan, Exception):
            raise self.plan
        return self.plan


def queries_of_publishing(batch):
    return db.session.scalars(
        select(ApplicationEvent.id).where(
            ApplicationEvent.batch_id == batch.id, ApplicationEvent.event == Event.PUBLISH
        )
    ).all()


class TestPlanOfTheDistrict:
    @pytest.fixture
    def draft(self, classes):
        return classes.published(seats=4, first_in=4 * DAY, is_published=False)

    def test_the_districts_plan_is_frozen_instead_of_the_filed_one(self, session, classes, draft, plugged):
        wanted = AllocationPlan(mode="quotas", quotas=(SeatQuota(group=GROUP, seats=2),), release_hours=24)
        plugged(plans=Plans(wanted))

        batches.publish(actor=classes.officer.actor, code=draft.code)

        plan = plan_queries.plan_of(draft.id).plan
        assert (plan.mode, plan.quotas) == (Mode.QUOTAS, (Quota(group=GROUP, seats=2),))
        assert plan.release_at == draft.view.cut_off - DAY
        ruling = session.scalar(select(Batch.ruling).where(Batch.id == draft.id))
        assert (ruling["plugin"], ruling["version"], len(ruling["facts_sha256"])) == ("plans", "1.0.0", 64)

    def test_without_an_opinion_the_filed_plan_stands(self, classes, draft, plugged):
        plugged(plans=Plans(None))

        batches.publish(actor=classes.officer.actor, code=draft.code)

        assert plan_queries.plan_of(draft.id).plan.mode == Mode.FIRST_COME

    def test_who_approves_again_with_the_same_key_once_the_rules_are_mended_publishes_by_them(
        self, api, classes, draft, plugged
    ):
        plugin = Plans(ValueError("no table"))
        plugged(plans=plugin)
        officer, path = api.as_(classes.officer), f"/api/v1/batches/{draft.code}/publication"

        undecided = [officer.post(path, key="once") for _ in range(2)]
        plugin.plan = AllocationPlan(mode="draw")
        decided = [officer.post(path, key="once") for _ in range(2)]

        assert [each.json["code"] for each in undecided] == ["plan_undecided"] * 2
        assert [each.status_code for each in decided] == [200, 200]
        assert [each.json["state"] for each in decided] == ["published"] * 2
        assert plan_queries.plan_of(draft.id).plan.mode == Mode.DRAW
        assert len(queries_of_publishing(draft)) == 1

    @pytest.mark.parametrize(
        "plan",
        [
            ValueError("no table"),
            AllocationPlan(mode="auction"),
            AllocationPlan(mode="quotas", quotas=(SeatQuota(group=GROUP, seats=5),)),
        ],
        ids=["broken", "unknown mode", "more kept than there are"],
    )
    def test_a_plan_that_cannot_be_holds_the_approval(self, classes, draft, plugged, plan):
        plugged(plans=Plans(plan))

        with pytest.raises(PlanUndecided):
            batches.publish(actor=classes.officer.actor, code=draft.code)

        assert draft.view.state == "draft"
