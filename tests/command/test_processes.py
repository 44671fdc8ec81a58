"""The commands that stay: started as people start them, ended as people and machines end them."""

import json
import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.command.conftest import answers, wait_until

pytestmark = pytest.mark.processes


def children_of(process):
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    return {Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "): int(pid) for pid in pids}


def child(process, name):
    return next(pid for command, pid in children_of(process).items() if f" {name} " in command)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def told_clock():
    with urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/readyz", timeout=5) as answer:
        return json.load(answer)["clock"]


def test_serve_and_worker_start_at_the_given_time_move_together_and_end(start, run):
    server = start(
        "serve", SKILLHUB_NOW="2025-11-12T14:00:00+08:00"
    )  # makes database and keys: the profile is test
    wait_until(answers)
    worker = start("worker", SKILLHUB_NOW="2025-11-12T14:00:00+08:00")
    wait_until(lambda: answers("/readyz"))

    assert told_clock().startswith("2025-11-12T06:00:")
    run("clock", "advance", "PT2H")
    time.sleep(1)
    assert told_clock().startswith("2025-11-12T08:00:"), "in all processes within a second"

    for process in (server, worker):
        process.terminate()
        assert process.wait(30) == 0
        assert "Traceback" not in process.stdout.read()


def test_there_is_one_worker_only(start, installed):
    first = start("worker")
    assert "后台工作已启动" in first.stdout.readline()

    second = start("worker")

    assert second.wait(30) == 1
    assert second.stdout.read() == "后台工作已经在运行，每套系统只能有一个。请先停掉那一个。\n"
    wait_until(lambda: installed("doctor").exit_code == 0)
    first.terminate()
    assert first.wait(30) == 0


@pytest.fixture
def running(start):
    """A whole house that answers, without the demonstration."""
    return until_it_runs(start("run"))


def until_it_runs(house):
    def is_up():
        assert house.poll() is None, house.stdout.read()
        return answers() and len(children_of(house)) == 2

    wait_until(is_up)
    return house


def test_one_setting_moves_the_whole_house_to_postgresql(start, fresh_postgresql_url, data):
    house = until_it_runs(start("run", SKILLHUB_DATABASE_URL=fresh_postgresql_url))
    wait_until(lambda: answers("/readyz"))

    house.send_signal(signal.SIGTERM)

    assert house.wait(40) == 0
    assert not list(data.rglob("*.sqlite*")), "nothing is kept beside the database that was named"
    engine = create_engine(fresh_postgresql_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    engine.dispose()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_ends_everything_when_it_is_asked_to(running, number):
    pids = list(children_of(running).values())

    running.send_signal(number)

    assert running.wait(40) == 0
    assert "已全部停止" in running.stdout.read()
    assert not any(is_running(pid) for pid in pids)
    assert not answers()


def test_a_child_that_dies_ends_the_rest_with_its_reason(running):
    server = child(running, "serve")

    os.kill(child(running, "worker"), signal.SIGKILL)

    assert running.wait(40) == 1
    assert "后台工作意外停止（退出码 -9）" in running.stdout.read()
    assert not is_running(server)


def test_children_do_not_outlive_a_house_that_is_killed(running):
    pids = list(children_of(running).values())

    running.kill()

    wait_until(lambda: not any(is_running(pid) for pid in pids))
