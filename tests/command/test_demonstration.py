"""Loading the demonstration from the command line: killed in the middle, loaded again, gone on with."""

import contextlib
import json
import os
import signal
import sqlite3
import urllib.request

import pytest

from skillhub.demo.places import DISTRICTS
from tests.command.conftest import answers, wait_until

pytestmark = pytest.mark.processes
DAY = "2025-11-10T09:00:00+08:00"
PEOPLE = 1600
HALF = 2500
"""By then the people are on the register, and no class has been taught."""


def asked(data, question):
    with contextlib.closing(
        sqlite3.connect(f"file:{data / 'skillhub.sqlite'}?mode=ro", uri=True)
    ) as database:
        return database.execute(question).fetchone()


def loading(data):
    """Tell how far the loading is that nobody has finished."""
    with contextlib.suppress(sqlite3.OperationalError):
        return asked(data, "SELECT step, done, is_complete FROM demo_state")
    return None


def batch(code):
    with urllib.request.urlopen(
        f"http://127.0.0.1:{os.environ['PORT']}/api/v1/batches/{code}", timeout=10
    ) as got:
        return json.load(got)


def test_killed_in_the_middle_it_is_loaded_whole_the_next_time(data, installed, start):
    installed("clock", "set", DAY)
    killed = start("demo")
    wait_until(lambda: (loading(data) or ("", 0, 0))[1] > HALF)
    killed.send_signal(signal.SIGKILL)
    killed.wait(30)
    step, done, is_complete = loading(data)
    assert (bool(step), bool(is_complete)) == (True, False)
    assert done > HALF
    assert not (data / "demo-sign-ins.json").exists()

    again = installed("demo", "--json")

    assert again.exit_code == 0
    found = json.loads(again.stdout)
    assert set(found["funnels"]) == set(DISTRICTS)
    assert found["figures"]["people, all fictitious"] == PEOPLE
    assert asked(data, "SELECT count(*) FROM person WHERE id_number_hash IS NOT NULL") == (PEOPLE,)
    assert bool(loading(data)[2])
    before_your_eyes(installed, start, found)


def before_your_eyes(installed, start, found):
    """With the house running, ten minutes later the batch that was about to open is open."""
    installed("clock", "set", DAY)
    start("serve")
    wait_until(answers)
    assert batch(found["open_batch"])["state"] == "published"
    shut = batch("LN-40")
    assert shut["opens_at"] == "2025-11-10T01:10:00Z"
    assert "LN-40" not in open_now()

    told = installed("clock", "advance", "PT10M")

    assert told.exit_code == 0
    wait_until(lambda: "LN-40" in open_now())
    again = json.loads(installed("demo", "--json").stdout)
    assert again["sign_ins"] == found["sign_ins"], "what is loaded is not loaded again"
    assert again["clock"] >= "2025-11-10T01:10", "it goes on from where the clock is"


def open_now():
    address = f"http://127.0.0.1:{os.environ['PORT']}/api/v1/batches?district=130202&open=true"
    with urllib.request.urlopen(address, timeout=10) as got:
        return {each["code"] for each in json.load(got)["items"]}
