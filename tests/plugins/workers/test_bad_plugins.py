"""Whatever a plugin does on any hook: who asked is freed in time, others' answers stand, and it is told."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest

from skillhub.plugins import Bus, discover, hookimpl
from skillhub.plugins.apart import Allowance, spending
from skillhub.plugins.bus import Answer
from skillhub.plugins.hooks import HOOKS
from skillhub.plugins.wire import plain
from skillhub.plugins.workers import Pool
from skillhub.plugins.workers.faults import Fault
from tests.plugins.examples import example, facts
from tests.plugins.packages import MANIFEST, write
from tests.plugins.workers.bad import TWENTY, code

ALL_HOOKS = sorted(HOOKS)
FREED_SECONDS = 2.0
"""Much more than the allowance of 0.3 s: these machines do other things, too."""


def manifest(name):
    hooks = ", ".join(f'"{hook}"' for hook in ALL_HOOKS)
    return MANIFEST.format(name=name).replace('"decide_completion"', hooks)


def good_plugin():
    """A plugin that answers every question, in this process."""

    def answering(hook):
        @hookimpl(specname=hook)
        def answer():
            return example_answer(hook)

        return staticmethod(answer)

    return type("Good", (), {f"answer_{hook}": answering(hook) for hook in ALL_HOOKS})()


def example_answer(hook):
    kinds = [each for each in HOOKS[hook].answer.__args__ if each is not type(None)]
    return example(kinds[0])


GOOD_CODE = '''"""A plugin that answers every question."""

from skillhub.plugins import hookimpl, wire
from skillhub.plugins.hooks import HOOKS

SAID = {said!r}
'''
GOOD_HOOK = """

@hookimpl
def {hook}():
    return wire.built(HOOKS["{hook}"].answer, SAID["{hook}"])
"""


def good_code():
    said = {hook: plain(example_answer(hook)) for hook in ALL_HOOKS}
    return GOOD_CODE.format(said=said) + "".join(GOOD_HOOK.format(hook=hook) for hook in ALL_HOOKS)


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    path = tmp_path_factory.mktemp("outside") / "key.pem"
    path.write_text("secret", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def asked(tmp_path_factory, secret):
    """A bus with a good plugin here, a good one apart, and every bad one apart."""
    root = tmp_path_factory.mktemp("sent")
    found = [
        write(root, name, plugin_toml=manifest(name), __init___py=code(bad, ALL_HOOKS, secret))
        for name, bad in TWENTY.items()
    ]
    found.append(write(root, "good_apart", plugin_toml=manifest("good_apart"), __init___py=good_code()))
    pool = Pool()
    bus = Bus(apart=pool)
    bus.register(good_plugin(), "good_here")
    loaded = discover.load(bus, {each.name for each in found}, (), found=found)
    assert loaded.rejected == ()
    yield bus
    pool.close()


@pytest.mark.processes
@pytest.mark.parametrize("hook", ALL_HOOKS)
@pytest.mark.parametrize("name", TWENTY)
def test_a_bad_plugin_harms_nobody_but_itself(asked, name, hook):
    bad = TWENTY[name]
    assert asked.apart.wait_ready("good_apart")
    if name == "is_long_in_coming":
        lacking = ""
    else:
        with suppress(Fault):  # those that do not import fail again below, in front of the others
            asked.apart.wait_ready(name)
        lacking = (asked.apart.walls(name) or {}).get(bad.wall)
    if lacking:
        pytest.skip(f"this kernel has no {bad.wall}: {lacking}")

    began = time.monotonic()
    with spending(Allowance()):
        said = asked.ask(hook, {name, "good_apart", "good_here"}, **facts(hook))
    seconds = time.monotonic() - began

    assert seconds < FREED_SECONDS
    here, apart = Answer("good_here", example_answer(hook)), Answer("good_apart", example_answer(hook))
    assert [(each.plugin, each.value) for each in said.answers] == [
        (apart.plugin, apart.value),
        (here.plugin, here.value),
    ]
    errors = [f"{type(each.error).__name__}: {each.error}".removeprefix("Raised: ") for each in said.failures]
    if bad.said is None:
        assert errors == []
    else:
        assert [each.plugin for each in said.failures] == [name]
        assert re.search(bad.said, errors[0]), errors[0]
