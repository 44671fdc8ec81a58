"""A message's life as a machine of states: whatever the gateway says in whatever order, nothing is lost."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from skillhub.base import clock, post
from skillhub.base.db import db, unit_of_work
from skillhub.base.outbox import notes, put
from skillhub.base.outbox.delivery import Postman
from skillhub.base.outbox.model import OutboxMessage
from skillhub.base.post import Channel, Down, Gateways, Later, Never, Taken

OUTCOMES = st.sampled_from([Taken("200"), Later("500"), Never("400"), Down("timeout"), Down("429", 60.0)])
ENDS = {"sent", "failed", "expired"}


@dataclass
class Scripted:
    """A gateway that says what it is told to say."""

    says: object = field(default_factory=lambda: Taken("200"))
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def send(self, parcel):
        if isinstance(self.says, Taken):
            self.taken.append(parcel.text)
        if isinstance(self.says, Never):
            self.refused.append(parcel.text)
        return self.says


class Life(RuleBasedStateMachine):
    """Messages are written, tried, left lying by dead workers, and given up; the clock moves on."""

    messages = Bundle("messages")

    def __init__(self):
        super().__init__()
        self.gateway = Scripted()
        post.use(self.app, Gateways({Channel.SMS: self.gateway}))
        self.at = clock.real_now() + timedelta(minutes=1)
        self.written = []
        self.killed = 0
        self.ended = {}

    def postman(self):
        return Postman(post.in_use(), now=lambda: self.at, dice=lambda: 0.5)

    @rule(target=messages)
    def write(self):
        text = str(len(self.written))
        with unit_of_work() as unit:
            put(unit, phone="18800000001", kind="application.enrolled", text=text, once_key=text)
        self.written.append(text)
        return text

    @rule(again=messages)
    def write_again(self, again):
        with unit_of_work() as unit:
            put(unit, phone="18800000001", kind="application.enrolled", text=again, once_key=again)

    @rule(says=OUTCOMES)
    def turn(self, says):
        self.gateway.says = says
        self.postman().turn(Channel.SMS)

    @rule()
    def die_while_sending(self):
        """A worker hands over and is gone before it has written down."""
        postman = self.postman()
        postman.turn(Channel.MAIL)  # sorts only
        found = postman._claimed(Channel.SMS)  # noqa: SLF001 (a process cannot be killed between two lines here)
        self.killed += found is not None

    @rule()
    def note_too_late(self):
        """A worker that was slow writes down after its lease has run out and somebody else has sent."""
        found = self.postman()._claimed(Channel.SMS)  # noqa: SLF001 (as above)
        if found is None:
            return
        self.killed += 1
        self.at += timedelta(seconds=100)
        self.gateway.says = Taken("200")
        self.postman().turn(Channel.SMS)
        notes.note(found, Later("500"), now=self.at, dice=lambda: 0.5)

    @rule(seconds=st.sampled_from([1, 30, 120, 900, 20_000]))
    def wait(self, seconds):
        self.at += timedelta(seconds=seconds)

    @invariant()
    def nothing_is_lost_and_an_end_is_an_end(self):
        db.session.rollback()
        rows = db.session.execute(select(OutboxMessage.once_key, OutboxMessage.state)).all()
        states = {row.once_key: row.state for row in rows}
        assert sorted(states) == sorted(self.written)
        for text, state in self.ended.items():
            assert states[text] == state
        self.ended = {text: state for text, state in states.items() if state in ENDS}
        taken = Counter(self.gateway.taken)
        for text, state in states.items():
            assert (state == "sent") <= (taken[text] > 0)
            assert (state == "failed") <= (text in self.gateway.refused)
        assert sum(taken.values()) - len(taken) <= self.killed

    def teardown(self):
        """With a gateway that takes everything, everything ends."""
        self.gateway.says = Taken("200")
        self.at += timedelta(seconds=1000)
        for _ in range(3):
            while self.postman().turn(Channel.SMS):
                pass
            self.at += timedelta(seconds=1000)
        db.session.rollback()
        states = set(db.session.scalars(select(OutboxMessage.state)))
        assert states <= ENDS
        db.session.rollback()


def test_whatever_the_gateway_says_no_message_is_lost_and_none_comes_back_from_its_end(app, session):
    outer = session.connection()
    before = post.in_use()

    class Here(Life):
        def __init__(self):
            self.app = app
            db.session.remove()
            self.point = outer.begin_nested()
            super().__init__()

        def teardown(self):
            try:
                super().teardown()
            finally:
                db.session.remove()
                self.point.rollback()

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    post.use(app, before)
