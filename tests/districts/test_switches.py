"""Switches of plugins: by the officer of the district, noticed quickly, and failures kept beside."""

from __future__ import annotations

import logging
from datetime import date

import pytest

from skillhub.base import idempotency
from skillhub.base.access import Role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Busy, Forbidden, Invalid, NotFound, VersionConflict
from skillhub.districts import queries, snapshot, switches
from skillhub.districts.errors import PluginUnknown
from skillhub.districts.queries import health
from skillhub.districts.service import districts, plugins, rests
from skillhub.plugins import FeedDrop, hookimpl
from skillhub.plugins.bus import Answer, Bus, Failure, Undecided
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS
from tests.plugins.facts import COMPLETION, Certifies

PLUGIN = "tangshan_lunan"
HOOK = "decide_completion"


class Breaks:
    """A plugin that fails, and says a number that must not be kept."""

    @hookimpl
    def decide_completion(self):
        raise ValueError("no table for 500104197805120028")


@pytest.fixture
def bus(app, district, monkeypatch):
    """A bus of its own, on which tests put plugins; the district's own is off."""
    turn_on(PLUGIN, is_on=False)
    made = Bus(in_transaction=app.extensions["skillhub.bus"]._in_transaction)  # noqa: SLF001 (the same check as in the product)
    monkeypatch.setitem(app.extensions, "skillhub.bus", made)
    return made


def turn_on(plugin: str, district: str = LUNAN, *, is_on: bool = True) -> None:
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=district, plugin=plugin, is_on=is_on)


def test_a_plugin_is_on_in_its_district_only(district):
    assert PLUGIN in switches.enabled(LUNAN)
    assert switches.enabled(LIWAN) == frozenset()
    assert switches.enabled("999999") == frozenset()


def test_switching_off_is_noticed_by_this_process_at_once(district, persons):
    plugins.switch(actor=persons.officer().actor, district=LUNAN, plugin=PLUGIN, is_on=False)

    assert PLUGIN not in switches.enabled(LUNAN)


def test_another_process_notices_within_seconds(district, monkeypatch):
    assert PLUGIN in switches.enabled(LUNAN)
    monkeypatch.setattr(snapshot, "forget", lambda: None)
    turn_on(PLUGIN, is_on=False)

    kept = switches.enabled(LUNAN)
    monkeypatch.setattr(snapshot._kept, "compared_at", float("-inf"))  # noqa: SLF001 (two seconds go by)

    assert PLUGIN in kept
    assert PLUGIN not in switches.enabled(LUNAN)


def test_between_changes_the_switches_are_not_read_again(district):
    reads = []

    def read():
        reads.append(1)
        return {}, {}, {}

    snapshot.forget()
    for _ in range(5):
        snapshot.current(count=lambda: 7, read=read)

    assert len(reads) == 1
    snapshot.forget()


def test_the_bus_refuses_inside_a_unit_of_work(district, bus):
    with unit_of_work(), pytest.raises(RuntimeError):
        switches.decide(HOOK, district=LUNAN, **COMPLETION)


def test_a_district_without_a_plugin_has_no_opinion(district, bus):
    bus.register(Certifies(), "certifies")
    turn_on("certifies")

    assert switches.decide(HOOK, district=LIWAN, **COMPLETION) is None


def test_a_failure_is_undecided_and_kept_without_numbers(district, bus):
    bus.register(Breaks(), "breaks")
    turn_on("breaks")

    said = switches.decide(HOOK, district=LUNAN, **COMPLETION)

    assert isinstance(said, Undecided)
    (kept,) = queries.failures(district=LUNAN)
    assert (kept.plugin, kept.hook, kept.error) == ("breaks", HOOK, "ValueError: no table for …")
    assert queries.failures(district=LIWAN) == ()


def test_keeping_a_failure_does_not_use_up_the_callers_key(district):
    call = idempotency.Call(actor="person:1", key="k", route="POST /x", body_sha256="0")
    with idempotency.carrying_out(call):
        switches.note([Failure("breaks", HOOK, ValueError("x"))], district=LUNAN)

    assert not call.is_kept
    assert idempotency.earlier(call) is None


def test_a_failure_that_cannot_be_kept_hurts_nobody(district, monkeypatch, caplog):
    def busy():
        raise Busy

    monkeypatch.setattr(rests, "unit_of_work", busy)
    with caplog.at_level(logging.WARNING):
        switches.note([Failure("breaks", HOOK, ValueError("x"))], district=LUNAN)

    assert "not kept" in caplog.text


def test_an_answer_names_who_gave_it(district, bus):
    bus.register(Certifies(), "certifies", version="1.2.3", sha256="ab")
    turn_on("certifies")

    said = switches.decide(HOOK, district=LUNAN, **COMPLETION)

    assert isinstance(said, Answer)
    assert (said.plugin, said.version, said.sha256) == ("certifies", "1.2.3", "ab")


def test_everything_that_is_contributed_is_collected_beside_failures(district, bus):
    class Reads:
        @hookimpl
        def read_job_feed(self, drop):
            raise OSError(drop.name)

    bus.register(Reads(), "reads")
    turn_on("reads")

    answers, failures = switches.collect(
        "read_job_feed", district=LUNAN, drop=FeedDrop(name="jobs.csv", text="", on=date(2025, 11, 10))
    )

    assert answers == ()
    assert [failure.plugin for failure in failures] == ["reads"]
    assert queries.failures(plugin="reads")[0].error == "OSError: jobs.csv"


def test_an_officer_switches_with_settings_and_versions(district, persons, session):
    officer = persons.officer()
    now = queries.switch(LUNAN, PLUGIN)

    about = {"actor": officer.actor, "district": LUNAN, "plugin": PLUGIN, "version": now.version}
    plugins.switch(**about, is_on=True, settings={})

    assert queries.switch(LUNAN, PLUGIN).version == now.version + 1
    with pytest.raises(VersionConflict):
        plugins.switch(**about, is_on=False)


def test_a_first_switch_begins_at_version_one(district, persons):
    officer = persons.officer(LIWAN)
    with pytest.raises(VersionConflict):
        plugins.switch(actor=officer.actor, district=LIWAN, plugin=PLUGIN, is_on=True, version=3)

    plugins.switch(actor=officer.actor, district=LIWAN, plugin=PLUGIN, is_on=True, version=0)

    assert queries.switch(LIWAN, PLUGIN).version == 1
    assert [switch.plugin for switch in queries.switches_of(LIWAN)] == [PLUGIN]


def test_a_setting_that_the_plugin_does_not_declare_is_refused(district, persons):
    with pytest.raises(Invalid) as caught:
        plugins.switch(
            actor=persons.officer().actor, district=LUNAN, plugin=PLUGIN, is_on=True, settings={"nonsense": 1}
        )

    assert caught.value.errors[0].field == "settings.nonsense"


def test_only_the_officer_of_the_district_switches(district, persons):
    def switch(person, plugin: str = PLUGIN):
        return plugins.switch(actor=person.actor, district=LUNAN, plugin=plugin, is_on=False)

    with pytest.raises(NotFound):
        switch(persons.officer(LIWAN))
    for role in ("desk", "auditor", "operator", "trainee"):
        with pytest.raises(Forbidden):
            switch(getattr(persons, role)())
    with pytest.raises(PluginUnknown):
        switch(persons.officer(), "nowhere")
    with unit_of_work() as unit, pytest.raises(NotFound):
        districts.switch_in(unit, actor=TESTS, district="999999", plugin=PLUGIN, is_on=True)


def test_the_list_shows_only_the_readers_districts(district, persons):
    switches.note([Failure(PLUGIN, HOOK, ValueError("x"))], district=LUNAN)

    def seen(person):
        return next(view for view in health.plugin_list(person.actor) if view.name == PLUGIN)

    here, elsewhere = seen(persons.officer()), seen(persons.officer(LIWAN))
    assert (here.on, here.health) == ((LUNAN,), "failing")
    assert (elsewhere.on, elsewhere.health, elsewhere.last_failure) == ((), "ok", None)
    assert seen(persons.operator()).on == (LUNAN,)
    with pytest.raises(Forbidden):
        health.plugin_list(persons.desk().actor)
    assert Role.OFFICER in health.READERS
