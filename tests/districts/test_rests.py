"""A plugin that fails three times in a minute rests in that district, visibly, until somebody wakes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from skillhub.base import audit, clock
from skillhub.base.db import db, unit_of_work
from skillhub.base.errors import Busy, Forbidden, NotFound
from skillhub.districts import meter, queries, snapshot, switches
from skillhub.districts.errors import PluginAwake
from skillhub.districts.queries import health
from skillhub.districts.queries import plugins as plugin_queries
from skillhub.districts.rules import rests as rules
from skillhub.districts.service import districts, rests, times
from skillhub.districts.service.times import Key, Sum
from skillhub.plugins import FeedDrop, discover, hookimpl
from skillhub.plugins.apart import Took
from skillhub.plugins.bus import Bus, Failure, Undecided
from skillhub.plugins.workers import Pool
from skillhub.plugins.workers.faults import Late, Raised, Starting
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS
from tests.plugins.facts import COMPLETION, Certifies
from tests.plugins.packages import CODE, write

PLUGIN = "tangshan_lunan"
HOOK = "decide_completion"


class Breaks:
    """A plugin that fails as long as a test wants it to, and counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    @hookimpl
    def decide_completion(self):
        self.asked += 1
        raise ValueError("no table")


@pytest.fixture
def breaks(app, district, monkeypatch):
    """The plugin of the district, replaced by one that fails."""
    made = Bus(in_transaction=app.extensions["skillhub.bus"]._in_transaction)  # noqa: SLF001 (the same check as in the product)
    plugin = Breaks()
    made.register(plugin, PLUGIN)
    monkeypatch.setitem(app.extensions, "skillhub.bus", made)
    snapshot.forget()
    yield plugin
    snapshot.forget()


def ask(district=LUNAN):
    return switches.decide(HOOK, district=district, **COMPLETION)


def turn_on(plugin, district):
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=district, plugin=plugin, is_on=True)


@pytest.mark.parametrize(
    ("ago", "woken", "rest"),
    [
        ((1, 2), None, False),
        ((1, 2, 3), None, True),
        ((1, 2, 59), None, True),
        ((1, 2, 60), None, False),
        ((-1, 2, 3), None, False),
        ((1, 2, 3), 2, False),
        ((1, 2, 3), 5, True),
        ((1, 2, 3), 500, True),
    ],
)
def test_three_failures_in_a_minute_are_too_many_unless_it_was_woken_since(ago, woken, rest):
    now = clock.now()
    woken_at = None if woken is None else now - timedelta(seconds=woken)

    assert (
        rules.must_rest([now - timedelta(seconds=each) for each in ago], now=now, woken_at=woken_at) is rest
    )


def test_after_three_failures_it_is_not_asked_and_still_nobody_else_decides(breaks):
    for _ in range(3):
        ask()
    said = ask()

    assert breaks.asked == 3
    assert isinstance(said, Undecided)
    assert [(each.plugin, str(each.error)) for each in said.failures] == [(PLUGIN, "rests after failures")]
    (rest,) = plugin_queries.resting(district=LUNAN)
    assert (rest.plugin, rest.reason) == (PLUGIN, "ValueError: no table")


def test_being_asked_while_it_rests_is_no_further_failure(breaks):
    for _ in range(6):
        ask()

    assert len(queries.failures(plugin=PLUGIN)) == 3


def test_other_districts_notice_nothing(breaks):
    turn_on(PLUGIN, LIWAN)
    for _ in range(3):
        ask()

    ask(LIWAN)

    assert breaks.asked == 4
    assert plugin_queries.resting(district=LIWAN) == ()


def test_failures_far_apart_are_no_reason_to_rest(breaks, frozen):
    for _ in range(5):
        ask()
        frozen.advance(seconds=31)

    assert plugin_queries.resting() == ()


def test_a_slow_start_and_a_busy_plugin_do_not_count(district):
    failures = [Failure(PLUGIN, HOOK, Starting("is still starting"))] * 5

    switches.note(failures, district=LUNAN)

    assert plugin_queries.resting() == ()
    assert len(queries.failures(plugin=PLUGIN)) == 5


def test_three_failures_of_one_question_are_enough_and_the_first_rest_stays(district):
    failure = Failure(PLUGIN, HOOK, Raised("ValueError: no table for 500104197805120028"))

    switches.note([failure] * 3, district=LUNAN)
    switches.note([failure] * 3, district=LUNAN)

    (rest,) = plugin_queries.resting()
    assert rest.reason == "ValueError: no table for …"


def test_a_failure_without_a_district_lets_nobody_rest(district):
    switches.note([Failure(PLUGIN, HOOK, ValueError("x"))] * 3, district=None)

    assert plugin_queries.resting() == ()


def test_the_officer_wakes_it_and_it_may_fail_three_times_again(breaks, persons, frozen):
    for _ in range(4):
        ask()
    officer = persons.officer()
    frozen.advance(seconds=1)

    rests.wake(actor=officer.actor, district=LUNAN, plugin=PLUGIN)
    frozen.advance(seconds=1)
    ask()

    assert breaks.asked == 4
    assert plugin_queries.resting() == ()
    for _ in range(3):
        ask()
    assert breaks.asked == 6
    entries = db.session.execute(select(audit.AuditEntry.verb, audit.AuditEntry.actor_id)).all()
    assert ("plugin.rest", None) in entries
    assert ("plugin.wake", officer.actor.person_id) in entries


def test_only_the_officer_of_the_district_wakes_and_only_who_rests(breaks, persons):
    for _ in range(3):
        ask()

    with pytest.raises(NotFound):
        rests.wake(actor=persons.officer(LIWAN).actor, district=LUNAN, plugin=PLUGIN)
    for role in ("desk", "auditor", "operator", "trainee"):
        with pytest.raises(Forbidden):
            rests.wake(actor=getattr(persons, role)().actor, district=LUNAN, plugin=PLUGIN)
    rests.wake(actor=persons.officer().actor, district=LUNAN, plugin=PLUGIN)
    with pytest.raises(PluginAwake):
        rests.wake(actor=persons.officer().actor, district=LUNAN, plugin=PLUGIN)


def test_the_page_says_why_it_rests_and_has_the_way_back(app, breaks, persons):
    for _ in range(3):
        ask()
    browser = signed_in(app, persons.officer())

    listed, page = browser.get("/office/plugins").text, browser.get(f"/office/plugins/{PLUGIN}").text
    seen_by_auditor = signed_in(app, persons.auditor()).get(f"/office/plugins/{PLUGIN}").text
    done = browser.post(f"/office/plugins/{PLUGIN}/waking", data=hidden_fields(page))

    assert "出错太多，已自动停下" in listed
    assert "ValueError: no table" in page and "恢复启用" in page
    assert "ValueError: no table" in seen_by_auditor and "恢复启用" not in seen_by_auditor
    assert done.status_code == 302
    assert "已恢复" in browser.get(done.location).text
    assert plugin_queries.resting() == ()


def test_programs_are_told_that_it_rests(api, breaks, persons):
    for _ in range(3):
        ask()

    listed = api.as_(persons.officer(), "officer").get("/api/v1/plugins").json["items"]

    assert [each["health"] for each in listed if each["name"] == PLUGIN] == ["resting"]


def test_a_feed_that_rests_adds_nothing_and_says_so(app, district, monkeypatch):
    class Reads:
        @hookimpl
        def read_job_feed(self, drop):
            raise OSError(drop.name)

    made = Bus()
    made.register(Reads(), PLUGIN)
    monkeypatch.setitem(app.extensions, "skillhub.bus", made)
    drop = FeedDrop(name="jobs.csv", text="", on=COMPLETION["on"])
    for _ in range(3):
        switches.collect("read_job_feed", district=LUNAN, drop=drop)

    answers, failures = switches.collect("read_job_feed", district=LUNAN, drop=drop)

    assert answers == ()
    assert [type(each.error) for each in failures] == [switches.Resting]


def test_someone_else_who_answers_beside_a_resting_plugin_does_not_decide(app, breaks):
    app.extensions["skillhub.bus"].register(Certifies(), "certifies")
    turn_on("certifies", LUNAN)
    for _ in range(3):
        ask()

    said = ask()

    assert isinstance(said, Undecided)
    assert [each.plugin for each in said.answers] == ["certifies"]


@pytest.fixture
def emptied():
    """The sums of this process, taken away before and after."""
    meter.drain()
    yield
    meter.drain()


def test_what_plugins_take_is_summed_up_by_hook_and_day(district, emptied):
    meter.add(LUNAN, [Took(PLUGIN, HOOK, 0.002, failed=False), Took(PLUGIN, HOOK, 0.004, failed=True)])
    meter.write()
    meter.add(LUNAN, [Took(PLUGIN, HOOK, 0.003, failed=False)])
    meter.add("999999", [Took(PLUGIN, HOOK, 0.003, failed=False)])
    meter.write()
    meter.write()

    (row,) = plugin_queries.times(PLUGIN, districts={LUNAN}, since=clock.today("Asia/Shanghai"))
    assert (row.hook, row.calls, row.failures, row.mean_ms, row.slowest_ms) == (HOOK, 3, 1, 3.0, 4.0)
    assert plugin_queries.times(PLUGIN, districts={LIWAN}, since=clock.today("Asia/Shanghai")) == ()


def test_asking_is_measured_and_shown(app, breaks, persons, emptied):
    ask()
    meter.write()

    page = signed_in(app, persons.officer()).get(f"/office/plugins/{PLUGIN}").text

    (row,) = plugin_queries.times(PLUGIN, districts=None, since=clock.today("Asia/Shanghai"))
    assert (row.calls, row.failures) == (1, 1)
    assert "最近14天" in page and HOOK in page


def test_sums_that_cannot_be_written_now_are_written_later(district, emptied, monkeypatch):
    meter.add(LUNAN, [Took(PLUGIN, HOOK, 0.002, failed=False)])
    with monkeypatch.context() as patched:

        def busy(_sums):
            raise Busy

        patched.setattr(times, "add", busy)
        meter.write()
    meter.add(LUNAN, [Took(PLUGIN, HOOK, 0.004, failed=False)])
    meter.write()

    (row,) = plugin_queries.times(PLUGIN, districts=None, since=clock.today("Asia/Shanghai"))
    assert (row.calls, row.slowest_ms) == (2, 4.0)


def test_a_sum_keeps_the_slowest():
    sums = {Key(LUNAN, PLUGIN, HOOK): Sum().with_one(0.001, failed=False).with_one(0.0005, failed=True)}

    assert sums[Key(LUNAN, PLUGIN, HOOK)] == Sum(2, 1, 1500, 1000)


def test_the_list_says_who_is_well(app, persons, district):
    views = {each.name: each.health for each in health.plugin_list(persons.officer().actor)}

    assert views[PLUGIN] == "ok"


@pytest.mark.processes
def test_a_plugin_that_hangs_apart_is_cut_off_three_times_and_then_left_alone(
    app, district, monkeypatch, tmp_path
):
    hangs = CODE.replace("    return", "    import time; time.sleep(60)\n    return")
    candidate = write(tmp_path / "sent", "hangs", __init___py=hangs)
    pool = Pool()
    made = Bus(apart=pool)
    assert discover.load(made, {"hangs"}, (), found=[candidate]).rejected == ()
    monkeypatch.setitem(app.extensions, "skillhub.bus", made)
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin=PLUGIN, is_on=False)
    turn_on("hangs", LUNAN)
    try:
        for _ in range(3):
            assert pool.wait_ready("hangs")
            assert isinstance(ask().failures[0].error, Late)

        said = ask()
    finally:
        pool.close()
        snapshot.forget()

    assert isinstance(said.failures[0].error, switches.Resting)
    assert [each.plugin for each in plugin_queries.resting()] == ["hangs"]
