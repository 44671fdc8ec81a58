"""Workers start at first use, are renewed and ended off the request, and say nothing that was not asked."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from skillhub.plugins import Bus, Outcome, Undecided, discover
from skillhub.plugins.apart import Allowance, spending
from skillhub.plugins.hooks import HOOKS
from skillhub.plugins.workers import Pool, frames
from skillhub.plugins.workers.faults import Busy, Ended, Fault, Garbled, Late, Starting
from skillhub.plugins.workers.pool import Rules
from tests.plugins.facts import COMPLETION
from tests.plugins.packages import CODE, MANIFEST, write

HOOK = "decide_completion"
PATIENCE_SECONDS = 30.0
TELLING = '''"""A district that tells which process it runs in, and sleeps when there is no mark."""

import os
import time

from skillhub.plugins import CompletionDecision, Outcome, Reason, hookimpl

{at_import}


@hookimpl
def decide_completion(marks):
    """Let everyone pass."""
    if marks.theory is None:
        time.sleep(60)
    return CompletionDecision(outcome=Outcome.CERTIFIED, reasons=(Reason(code="pid", text=str(os.getpid())),))
'''
TELLS_ITS_PROCESS = TELLING.format(at_import="")
STARTS_SLOWLY = TELLING.format(at_import="time.sleep(1)")
pytestmark = pytest.mark.processes


@pytest.fixture
def started(tmp_path):
    """Give a function that puts one package with code on a bus with a pool of its own."""
    pools = []

    def start(text=TELLS_ITS_PROCESS, *, is_ready=True, rules=None, **more):
        candidate = write(tmp_path / "sent", "coded", __init___py=text, **more)
        pool = Pool(rules or Rules())
        pools.append(pool)
        bus = Bus(apart=pool)
        loaded = discover.load(bus, {"coded"}, (), found=[candidate])
        assert [each.reason for each in loaded.rejected] == []
        if is_ready:
            assert pool.wait_ready("coded")
        return bus, pool

    yield start
    for pool in pools:
        pool.close()


def ask(bus, **facts):
    """Ask as if there were plenty of time; machines that build may be slow."""
    with spending(Allowance(PATIENCE_SECONDS)):
        return bus.decide(HOOK, {"coded"}, **{**COMPLETION, **facts})


def pid_in(answer):
    return int(answer.value.reasons[0].text)


def hangs(bus):
    said = bus.decide(HOOK, {"coded"}, **{**COMPLETION, "marks": type(COMPLETION["marks"])()})
    assert isinstance(said, Undecided)
    return said.failures[0].error


def until(true):
    """Wait until something becomes true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_nothing_is_started_before_somebody_asks(started):
    bus, pool = started(is_ready=False)
    assert pool.pid("coded") is None

    ask(bus)

    assert until(lambda: pool.pid("coded") is not None)


def test_an_answer_from_another_process_is_what_it_would_be_here(started):
    bus, pool = started()

    said = ask(bus)

    assert (said.value.outcome, said.plugin, said.version) == (Outcome.CERTIFIED, "coded", "1.0.0")
    assert pid_in(said) == pool.pid("coded") != os.getpid()
    assert pid_in(ask(bus)) == pid_in(said)


def test_whoever_hangs_is_ended_and_started_anew_behind_the_request(started):
    bus, pool = started()
    first = pid_in(ask(bus))

    assert isinstance(hangs(bus), Late)

    assert until(lambda: pool.pid("coded") not in (None, first))
    assert until(lambda: not is_alive(first))
    assert pool.wait_ready("coded")
    assert pid_in(ask(bus)) == pool.pid("coded")


def test_a_start_that_takes_too_long_for_one_question_serves_the_next(started):
    bus, pool = started(STARTS_SLOWLY, is_ready=False)

    with spending(Allowance(0.3)):
        first = bus.decide(HOOK, {"coded"}, **COMPLETION)
    pid = pool.pid("coded")

    assert isinstance(first.failures[0].error, Starting)
    assert not first.failures[0].error.is_its_own
    assert pool.wait_ready("coded")
    assert pid_in(ask(bus)) == pid


def test_all_questions_of_a_request_take_from_one_allowance(started):
    bus, _pool = started()
    began = time.monotonic()

    with spending(Allowance()):
        for _ in range(20):
            hangs(bus)

    assert time.monotonic() - began < 3


def test_an_answer_that_is_there_is_taken_although_the_time_is_over(started):
    _bus, pool = started()
    until_when = time.monotonic() + 0.2

    with pool.asking({"coded": {}}, HOOKS[HOOK], COMPLETION, until_when) as answers:
        time.sleep(PATIENCE_SECONDS / 30)
        said = answers()

    assert said["coded"].value.outcome is Outcome.CERTIFIED


def test_a_worker_is_renewed_after_many_calls_and_nobody_waits_for_it(started):
    bus, _pool = started(rules=Rules(most_calls=3))
    first = pid_in(ask(bus))

    pids = set()
    assert until(lambda: pids.add(pid_in(ask(bus))) or len(pids) > 1)

    assert first in pids
    assert until(lambda: not is_alive(first))


def test_a_worker_that_nobody_asks_is_ended_and_comes_back_when_asked(started):
    bus, pool = started(rules=Rules(idle_seconds=0.2, looks_every_seconds=0.05))
    first = pid_in(ask(bus))

    assert until(lambda: pool.pid("coded") is None)

    assert until(lambda: not is_alive(first))
    assert pool.wait_ready("coded")
    assert pid_in(ask(bus)) != first


def test_another_thread_waits_for_its_turn_and_the_plugin_is_not_to_blame(started):
    bus, pool = started()
    said = []

    def second():
        with spending(Allowance(0.05)):
            said.append(bus.decide(HOOK, {"coded"}, **COMPLETION))

    with pool.asking({"coded": {}}, HOOKS[HOOK], COMPLETION, time.monotonic() + 60):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()

    assert isinstance(said[0].failures[0].error, Busy)
    assert not said[0].failures[0].error.is_its_own


def test_code_and_data_of_one_package_answer_each_where_it_belongs(started):
    feed = 'format = "json"\n[fields]\nid = "a"\ntitle = "b"\n'
    manifest = MANIFEST.format(name="coded").replace(
        '["decide_completion"]', '["decide_completion", "read_job_feed"]'
    )

    bus, _pool = started(CODE, plugin_toml=manifest, feed_toml=feed)

    assert bus.hooks_of("coded") == ("decide_completion", "read_job_feed")
    assert ask(bus).value.outcome is Outcome.CERTIFIED


def test_code_that_does_not_answer_what_the_manifest_says_is_told_at_the_first_question(started):
    bus, pool = started('"""Nothing."""\nX = 1\n', is_ready=False)

    with suppress(Fault):
        pool.wait_ready("coded")
    error = ask(bus).failures[0].error

    assert isinstance(error, Ended)
    assert "does not fit: it answers no hook" in str(error)


def test_a_manifest_that_leaves_nothing_to_the_code_is_refused(tmp_path):
    rules = '[[rule]]\nhook = "decide_completion"\nname = "a"\nrequire = "true"\notherwise = "failed"\n'
    candidate = write(tmp_path / "sent", "coded", __init___py="x = 1\n", rules_toml=rules)
    pool = Pool()

    loaded = discover.load(Bus(apart=pool), {"coded"}, (), found=[candidate])

    assert "names no hook that its code would answer" in loaded.rejected[0].reason


def test_a_forked_process_starts_workers_of_its_own(started):
    bus, pool = started()
    first = pid_in(ask(bus))

    pool.forget()

    assert pool.pid("coded") is None
    assert pool.wait_ready("coded")
    assert pid_in(ask(bus)) != first
    os.waitpid(first, 0)


def test_workers_end_with_the_process_that_asked_even_if_it_is_killed(tmp_path):
    candidate = write(tmp_path / "sent", "coded", __init___py=TELLS_ITS_PROCESS)
    program = (
        "import sys, pathlib, time\n"
        "from skillhub.plugins import Bus, discover\n"
        "from skillhub.plugins.workers import Pool\n"
        "pool = Pool(); bus = Bus(apart=pool)\n"
        f"found = [discover.Candidate('coded', 'sent.coded', pathlib.Path({str(candidate.folder)!r}))]\n"
        "discover.load(bus, {'coded'}, (), found=found)\n"
        "pool.wait_ready('coded'); print(pool.pid('coded'), flush=True); time.sleep(600)\n"
    )
    asker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        worker = int(asker.stdout.readline())
        assert is_alive(worker)
    finally:
        asker.kill()
        asker.communicate()

    assert until(lambda: not is_alive(worker))


def test_frames_are_cut_whatever_the_pieces():
    whole = frames.frame(1, {"value": 7}) + frames.frame(2, None)
    incoming, found = frames.Incoming(), []

    for index in range(len(whole)):
        incoming.feed(whole[index : index + 1])
        while (each := incoming.next()) is not None:
            found.append((each[0], frames.value_of(each[1])))

    assert found == [(1, {"value": 7}), (2, None)]


@pytest.mark.parametrize("body", [b"NaN", b"[" * 100_000, b'{"a":', b"\xff", b"Infinity"])
def test_what_is_no_json_is_garbled(body):
    with pytest.raises(Garbled):
        frames.value_of(body)


def test_a_long_answer_is_refused_by_its_first_bytes():
    incoming = frames.Incoming()
    incoming.feed(struct.pack(">IQ", 10_000_000, 1))

    with pytest.raises(Garbled, match="more than 4000000"):
        incoming.next()


TELLS_ITS_SETTINGS = (
    CODE.replace("(marks)", "(settings)")
    .replace(
        "outcome=Outcome.CERTIFIED",
        "outcome=Outcome.CERTIFIED, reasons=(Reason(code='said', text=settings.get('token', '')),)",
    )
    .replace("Outcome, hookimpl", "Outcome, Reason, hookimpl")
)


def test_a_plugin_gets_what_is_set_for_it_and_for_nobody_else(started):
    bus, _pool = started(TELLS_ITS_SETTINGS)

    for enabled, said in (({"coded": {"token": "t0p"}, "other": {"token": "x"}}, "t0p"), ({"coded"}, "")):
        with spending(Allowance(PATIENCE_SECONDS)):
            assert bus.decide(HOOK, enabled, **COMPLETION).value.reasons[0].text == said
