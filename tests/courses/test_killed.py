"""Web processes and the worker are killed while people apply: the short form of `benchmarks/killed.py`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "killed.py"
KILLS = 10
SMALL = ("--databases", "sqlite", "--people", "60", "--classes", "9", "--threads", "3", "--pause", "0.3")
CONTROL = ("--controls", "hasty", "--control-kills", "2", "--control-classes", "1")

pytestmark = [pytest.mark.processes, pytest.mark.fault]


def test_whoever_was_acknowledged_is_there_once_and_in_order_however_often_processes_die():
    done = subprocess.run(
        [sys.executable, PROGRAM, "--kills", str(KILLS), *SMALL, *CONTROL], capture_output=True, text=True
    )

    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    (found,) = told["databases"]
    assert (told["kills"], told["lost"], told["doubled"]) == (KILLS, 0, 0)
    assert (found["gaps"], found["oversold"], found["half_written"]) == (0, 0, 0)
    assert told["kills_inside"] > 0 and found["worker_kills"] > 0, "the control: they were struck at work"
    assert found["controls_caught"]["hasty"] > 0, "the control: a broken product is found out"
    assert found["acknowledged"] == found["kept"] > 0
    assert found["trail_is_whole"]
    assert done.returncode == 0, told
