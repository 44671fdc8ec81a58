"""Ten thousand random steps: seats, order, cut-off and the log of events agree after every one of them."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, select

from skillhub.base.errors import SkillHubError
from skillhub.courses.model import Application, ApplicationEvent, Batch
from skillhub.courses.queries import plans as plan_queries
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import Entry, Quota, Table
from skillhub.courses.rules.application_events import Event
from skillhub.courses.rules.applications import ACTIVE
from skillhub.courses.service import applications, batch_changes, batches, changes, moving, offers, rounds
from skillhub.courses.service.batch_changes import Change
from skillhub.testing.factories.applications import Classes
from skillhub.testing.factories.base import TESTS
from tests.statements import is_read

EXAMPLES, STEPS = {"sqlite": 113, "postgresql": 15}, 100
LEAST_STEPS = {"sqlite": 10_000, "postgresql": 1_000}
EXAMPLES_OF_A_CROWD = 10
GROUP = "登记失业人员"
PERSONS = st.integers(0, 9)
BATCHES = st.integers(0, 2)
DAY = timedelta(days=1)
SEATED = ("enrolled", "offered")


class Lines(RuleBasedStateMachine):
    """Up to three batches of one course, ten people, and a clock."""

    def __init__(self, session, classes, crowd, frozen, taken):
        super().__init__()
        session.expunge_all()  # else every commit goes through what the examples before have read
        self.taken = taken
        self.session, self.classes, self.crowd, self.frozen = session, classes, crowd, frozen
        self.batches = []
        self.tables, self.logs = {}, {}
        self.read_up_to = self.seen_writes = 0

    @initialize(mode=st.sampled_from(["first_come", "quotas", "draw"]), seats=st.integers(1, 4))
    def first_batch(self, mode, seats):
        self.frozen.advance(days=60)  # nobody's class of the example before meets any more
        self.course = None
        self.publish(mode=mode, seats=seats)

    @rule(mode=st.sampled_from(["first_come", "first_come", "quotas", "draw"]), seats=st.integers(1, 4))
    def publish(self, mode, seats):
        if len(self.batches) == 3:
            return
        made = self.classes.published(
            seats=seats,
            course=self.course,
            first_in=(3 + 3 * len(self.batches)) * DAY,
            mode=mode,
            quotas=[Quota(group=GROUP, seats=1)] if mode == "quotas" else [],
            is_published=False,
        )
        self.course = made.course
        batches.publish(actor=self.classes.officer.actor, code=made.code)
        self.batches.append(made)

    @rule(who=st.lists(PERSONS, min_size=1, max_size=5), which=BATCHES)
    def apply(self, who, which):
        for each in who:
            self.attempt(
                which,
                lambda batch, person=self.crowd[each]: applications.apply(
                    actor=person.actor, batch=batch.code, channel="网页"
                ),
            )

    @rule(pick=st.integers(0, 20))
    def withdraw(self, pick):
        self.act_on(ACTIVE, pick, lambda found: changes.withdraw(actor=TESTS, receipt=found))

    @rule(pick=st.integers(0, 20), answer=st.sampled_from([offers.accept, offers.decline]))
    def answer_an_offer(self, pick, answer):
        self.act_on(["offered"], pick, lambda found: answer(actor=TESTS, receipt=found))

    @rule(pick=st.integers(0, 20), decision=st.sampled_from(["enrol", "enrol", "refuse"]))
    def decide(self, pick, decision):
        self.act_on(
            ["under_review"],
            pick,
            lambda found: changes.decide(actor=TESTS, receipt=found, decision=decision, reason="已核对"),
        )

    def act_on(self, states, pick, act):
        """Do something to one of the applications in these states, if there are any."""
        found = self.session.scalars(
            select(Application.receipt)
            .where(
                Application.batch_id.in_([each.id for each in self.batches]), Application.state.in_(states)
            )
            .order_by(Application.id)
        ).all()
        if found:
            self.attempt(0, lambda _batch: act(found[pick % len(found)]))

    @rule(which=BATCHES, seats=st.integers(1, 5))
    def change_seats(self, which, seats):
        self.attempt(
            which,
            lambda batch: batch_changes.change(
                actor=batch.school.actor, code=batch.code, version=None, change=Change(seats=seats)
            ),
        )

    @rule(which=BATCHES, hours=st.sampled_from([-12, 12, 24]), sure=st.integers(0, 3))
    def move(self, which, hours, sure):
        if sure:
            return
        self.attempt(
            which,
            lambda batch: moving.move(
                actor=batch.school.actor,
                code=batch.code,
                first_at=self.first_at(batch) + timedelta(hours=hours),
            ),
        )

    @rule(which=BATCHES, sure=st.integers(0, 5))
    def cancel(self, which, sure):
        if sure == 0:
            self.attempt(
                which,
                lambda batch: batches.cancel(actor=batch.school.actor, code=batch.code, reason="老师生病"),
            )

    @rule(minutes=st.sampled_from([1, 1, 1, 30, 30, 60, 240, 240, 700, 1441]))
    def time_passes(self, minutes):
        self.frozen.advance(minutes=minutes)
        rounds.keep_lines()

    def attempt(self, which, act):
        """Do something to one of the batches; being refused with a reason is an outcome too."""
        try:
            act(self.batches[which % len(self.batches)])
        except SkillHubError:
            self.session.rollback()

    def first_at(self, batch):
        return batch.view.sessions[0].starts_at

    @invariant()
    def everything_agrees(self):
        self.taken["steps"] += 1
        if self.taken["writes"] == self.seen_writes:
            return  # what agreed before this step is as it was
        self.seen_writes = self.taken["writes"]
        self.taken["looks"] += 1
        ids = [each.id for each in self.batches]
        rows = self.session.execute(
            select(Batch.id, Batch.seats, Batch.taken, Batch.waiting, Batch.arrivals)
            .where(Batch.id.in_(ids))
            .order_by(Batch.id)
        ).all()
        states = {each: {} for each in ids}
        for batch_id, receipt, state in self.session.execute(
            select(Application.batch_id, Application.receipt, Application.state).where(
                Application.batch_id.in_(ids)
            )
        ):
            states[batch_id][receipt] = state
        happened = self.happened(ids)
        assert len(rows) == len(ids)
        for row in rows:
            held = states[row.id]
            counted = Counter(held.values())
            assert row.taken == sum(counted[state] for state in SEATED) <= row.seats
            assert (row.waiting, row.arrivals) == (counted["waitlisted"], len(held))
            table = self.replayed(row.id, happened[row.id])
            assert {queue_log.receipt_sha256(each): state for each, state in held.items()} == {
                each.receipt_sha256: each.state for each in table.rows.values()
            }
            assert (table.seats, table.taken) == (row.seats, row.taken)
            assert table.is_settled()

    def happened(self, ids):
        """What the log has got since the last time, by batch."""
        found = {each: [] for each in ids}
        for row in self.session.execute(
            select(
                ApplicationEvent.id,
                ApplicationEvent.batch_id,
                ApplicationEvent.event,
                ApplicationEvent.state,
                ApplicationEvent.at,
                ApplicationEvent.group_code,
                Application.receipt,
                Application.order_no,
            )
            .outerjoin(Application, Application.id == ApplicationEvent.application_id)
            .where(
                ApplicationEvent.batch_id.in_(ids),
                ApplicationEvent.event != "publish",
                ApplicationEvent.id > self.read_up_to,
            )
            .order_by(ApplicationEvent.id)
        ):
            found[row.batch_id].append(row)
            self.read_up_to = row.id
        return found

    def replayed(self, batch_id, happened):
        """Carry out what is new; what could not follow is refused there. A draw needs its seed first."""
        log = self.logs.setdefault(batch_id, [])
        log += happened
        table = self.tables.get(batch_id)
        if table is None or any(row.event == "draw" for row in happened):
            found = plan_queries.plan_of(batch_id)
            table, happened = Table(found.plan), log
            if found.seed:
                beacon = bytes.fromhex(found.beacon or "0" * 64)
                table = Table(found.plan, seed=bytes.fromhex(found.seed), beacon=beacon)
        for row in happened:
            more = (
                {}
                if row.receipt is None
                else {
                    "receipt_sha256": queue_log.receipt_sha256(row.receipt),
                    "order_no": row.order_no,
                    "group": row.group_code,
                }
            )
            table.take(Entry(event=row.event, state=row.state, at=row.at, **more))
        self.tables[batch_id] = table
        return table


class Crowds:
    """Ten people for an example; after some examples others, since each look goes through a person's past."""

    def __init__(self, persons):
        self.persons, self.lent = persons, 0

    def lend(self):
        if self.lent % EXAMPLES_OF_A_CROWD == 0:
            self.people = [
                self.persons.trainee(has_identity=number != 9, groups=[GROUP] if number < 3 else [])
                for number in range(10)
            ]
        self.lent += 1
        return self.people


def test_whatever_happens_nobody_is_passed_and_nothing_is_oversold(
    session, classes, persons, frozen, backend
):
    taken, crowds = Counter(), Crowds(persons)
    event.listen(
        session.get_bind(),
        "before_cursor_execute",
        lambda *said: taken.update(writes=not is_read(said[2])),
    )

    run_state_machine_as_test(
        lambda: Lines(session, classes, crowds.lend(), frozen, taken),
        settings=settings(
            max_examples=EXAMPLES[backend],
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,  # so that whoever changes something meets the same steps as everybody else
            suppress_health_check=list(HealthCheck),
        ),
    )

    seen = Counter(session.scalars(select(ApplicationEvent.event)))
    assert taken["steps"] >= LEAST_STEPS[backend], "the control: so many steps were taken"
    expected = set(Event) if backend == "sqlite" else {"publish", "apply", "withdraw", "offer"}
    assert expected <= set(seen), f"the control: everything that can happen has happened: {taken} {seen}"


@pytest.fixture
def classes(persons, organisations):
    return Classes(persons, organisations)
