"""Plugins are asked one at a time, a failure is never a no, and what does not fit leaves no trace."""

from __future__ import annotations

from types import ModuleType

import pytest

from skillhub.plugins import (
    Answer,
    Bus,
    CompletionDecision,
    FeedDrop,
    FeedResult,
    Outcome,
    PluginRejected,
    Reason,
    Undecided,
    hookimpl,
)
from skillhub.plugins.hooks import HOOKS, Policy, read
from skillhub.plugins.markers import hookspec
from tests.plugins.facts import COMPLETION, Abstains, Breaks, Certifies

CERTIFIED = CompletionDecision(outcome=Outcome.CERTIFIED)


class Answers:
    """A plugin that answers whatever a test wants."""

    def __init__(self, value):
        self.value = value

    @hookimpl
    def decide_completion(self):
        return self.value


class Misspelt:
    @hookimpl
    def decide_completions(self): ...


class WrongArgument:
    @hookimpl
    def decide_completion(self, cuorse): ...


class AnyArgument:
    @hookimpl
    def decide_completion(self, **facts): ...


class NewWrapper:
    @hookimpl(wrapper=True)
    def decide_completion(self):
        return (yield)


class OldWrapper:
    @hookimpl(hookwrapper=True)
    def decide_completion(self):
        yield


class First:
    @hookimpl(tryfirst=True)
    def decide_completion(self): ...


class Last:
    @hookimpl(trylast=True)
    def decide_completion(self): ...


class Twice:
    @hookimpl
    def decide_completion(self): ...

    @hookimpl(specname="decide_completion")
    def also(self): ...


class Silent:
    def decide_completion(self): ...


class ReadsFeeds:
    @hookimpl
    def read_job_feed(self, drop):
        return FeedResult()


@hookspec
def batch_closed(batch: str) -> None:
    """Say that a batch was closed.

    Policy: notify. Since: API 1. Budget: 50 ms.
    """


EVENTS = ModuleType("events")
"""A question of a test's own, to try the policy that no hook has yet."""
EVENTS.batch_closed = batch_closed


@pytest.fixture
def bus():
    return Bus()


def test_one_broken_plugin_does_not_silence_another(bus):
    bus.register(Breaks(), "broken")
    bus.register(Certifies(), "works", version="1.2.0", sha256="ab")

    answers, failures = bus.ask("decide_completion", {"broken", "works"}, **COMPLETION)

    assert answers == (Answer("works", CERTIFIED, "1.2.0", "ab"),)
    assert [(failure.plugin, failure.hook, str(failure.error)) for failure in failures] == [
        ("broken", "decide_completion", "feed down")
    ]


def test_answers_come_in_the_order_of_names_whoever_was_first(bus):
    for name in ("cc", "aa", "bb"):
        bus.register(Certifies(), name)

    answers, _failures = bus.ask("decide_completion", {"aa", "bb", "cc"}, **COMPLETION)

    assert [answer.plugin for answer in answers] == ["aa", "bb", "cc"]


def test_a_plugin_that_the_district_has_off_is_not_asked(bus):
    bus.register(Breaks(), "broken")

    assert bus.ask("decide_completion", {"other"}, **COMPLETION) == ((), ())


def test_no_opinion_is_no_answer(bus):
    bus.register(Abstains(), "abstains")

    assert bus.decide("decide_completion", {"abstains"}, **COMPLETION) is None


def test_the_only_opinion_decides(bus):
    bus.register(Abstains(), "abstains")
    bus.register(Certifies(), "certifies")

    assert bus.decide("decide_completion", {"abstains", "certifies"}, **COMPLETION).value == CERTIFIED


def test_a_failure_beside_an_answer_leaves_it_undecided(bus):
    bus.register(Certifies(), "certifies")
    bus.register(Breaks(), "breaks")

    decision = bus.decide("decide_completion", {"certifies", "breaks"}, **COMPLETION)

    assert isinstance(decision, Undecided)
    assert [failure.plugin for failure in decision.failures] == ["breaks"]
    assert [answer.plugin for answer in decision.answers] == ["certifies"]


def test_two_answers_leave_it_undecided_even_when_they_agree(bus):
    bus.register(Certifies(), "one")
    bus.register(Certifies(), "two")

    assert isinstance(bus.decide("decide_completion", {"one", "two"}, **COMPLETION), Undecided)


def test_core_hears_of_each_failure():
    heard = []
    bus = Bus(on_failure=heard.append)
    bus.register(Breaks(), "broken", version="2.0.0")

    bus.decide("decide_completion", {"broken"}, **COMPLETION)

    assert [(failure.plugin, failure.version) for failure in heard] == [("broken", "2.0.0")]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"outcome": "certified"}, "must be CompletionDecision, not dict"),
        (CompletionDecision(outcome="certified"), "outcome must be Outcome, not str"),
        (CompletionDecision(outcome=Outcome.FAILED, reasons=[]), "reasons must be a tuple"),
        (
            CompletionDecision(outcome=Outcome.FAILED, reasons=(Reason(code="a", text=3),)),
            r"reasons\[0\]\.text must be str",
        ),
    ],
)
def test_an_answer_of_a_wrong_type_is_a_failure(bus, value, said):
    bus.register(Answers(value), "liar")

    decision = bus.decide("decide_completion", {"liar"}, **COMPLETION)

    assert decision.failures[0].error.__class__ is TypeError
    with pytest.raises(TypeError, match=said):
        raise decision.failures[0].error


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        (Misspelt(), "unknown hook decide_completions; there are allocation_plan, decide_completion, "),
        (WrongArgument(), "has no argument cuorse; it has course, attendance, marks, on"),
        (AnyArgument(), "has no argument facts"),
        (NewWrapper(), "wrappers"),
        (OldWrapper(), "wrappers"),
        (First(), "order means nothing"),
        (Last(), "order means nothing"),
        (Twice(), "answered twice"),
        (Silent(), "answers no hook"),
    ],
)
def test_a_plugin_that_does_not_fit_is_rejected_and_leaves_no_trace(bus, plugin, reason):
    with pytest.raises(PluginRejected, match=reason):
        bus.register(plugin, "misfit")

    assert bus.plugins == ()
    bus.register(Certifies(), "misfit")
    assert bus.decide("decide_completion", {"misfit"}, **COMPLETION).value == CERTIFIED


def test_a_rejection_gives_every_reason_at_once(bus):
    bus.register(Certifies(), "taken")

    with pytest.raises(PluginRejected) as caught:
        bus.register(WrongArgument(), "taken")

    assert "another plugin has the name taken" in caught.value.reason
    assert "no argument cuorse" in caught.value.reason


def test_plugins_are_not_asked_inside_a_unit_of_work():
    inside = True
    bus = Bus(in_transaction=lambda: inside)
    bus.register(Certifies(), "certifies")

    with pytest.raises(RuntimeError, match="inside a unit of work"):
        bus.decide("decide_completion", {"certifies"}, **COMPLETION)

    inside = False
    assert bus.decide("decide_completion", {"certifies"}, **COMPLETION).value == CERTIFIED


def test_core_may_not_forget_a_fact_or_hand_over_a_wrong_one(bus):
    with pytest.raises(TypeError, match="is asked with course, attendance, marks, on"):
        bus.ask("decide_completion", set(), course=COMPLETION["course"])

    with pytest.raises(TypeError, match="marks must be Marks"):
        bus.ask("decide_completion", set(), **{**COMPLETION, "marks": {"theory": 60}})


def test_a_question_is_asked_by_its_policy(bus):
    bus.register(ReadsFeeds(), "feeds")
    drop = FeedDrop(name="jobs.json", text="[]", on=COMPLETION["on"])

    with pytest.raises(TypeError, match="the policy of read_job_feed is collect, not decide"):
        bus.decide("read_job_feed", {"feeds"}, drop=drop)
    with pytest.raises(TypeError, match="not notify"):
        bus.notify("read_job_feed", {"feeds"}, drop=drop)

    assert bus.collect("read_job_feed", {"feeds"}, drop=drop).answers[0].value == FeedResult()


def test_the_text_of_a_dropped_file_may_be_long(bus):
    bus.register(ReadsFeeds(), "feeds")
    drop = FeedDrop(name="jobs.json", text=" " * 100_000, on=COMPLETION["on"])

    assert bus.collect("read_job_feed", {"feeds"}, drop=drop).failures == ()


def test_who_is_told_something_may_fail_without_harm():
    class Hears:
        @hookimpl
        def batch_closed(self, batch):
            raise ValueError("not now")

    hooks = read([EVENTS])
    bus = Bus(hooks=hooks)
    bus.register(Hears(), "hears")

    failures = bus.notify("batch_closed", {"hears"}, batch="B-1")

    assert hooks["batch_closed"].policy is Policy.NOTIFY
    assert [failure.plugin for failure in failures] == ["hears"]


def test_a_hook_without_its_promises_cannot_be_specified():
    class Vague:
        @hookspec
        def something(self) -> None:
            """Ask something."""

    with pytest.raises(ValueError, match="something: the docstring must end in"):
        read([Vague])
    with pytest.raises(ValueError, match="batch_closed is specified twice"):
        read([EVENTS, EVENTS])


def test_the_bus_tells_who_answers_what(bus):
    bus.register(Certifies(), "certifies")
    bus.register(ReadsFeeds(), "feeds", version="1.0.0")

    assert [source.plugin for source in bus.plugins] == ["certifies", "feeds"]
    assert bus.hooks_of("certifies") == ("decide_completion",)
    assert set(HOOKS) == {
        "allocation_plan",
        "decide_completion",
        "decide_eligibility",
        "decide_subsidy",
        "read_job_feed",
    }
