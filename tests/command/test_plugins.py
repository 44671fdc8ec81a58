import json
import subprocess
import sys
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from skillhub.base import clock
from skillhub.config import SettingProblem, read
from tests.command.conftest import answers, wait_until

PLUGIN = "tangshan_lunan"
LUNAN = "130202"
WATCHES = """
import os, sys, time
from skillhub.app import create_app
from skillhub.command import settings
from skillhub.districts import switches

app = create_app(settings.read())


def is_on():
    with app.app_context():  # as each request has one of its own
        return "tangshan_lunan" in switches.enabled("130202")


before = is_on()
print("before", before, flush=True)
ends = time.monotonic() + 30
while is_on() == before and time.monotonic() < ends:
    time.sleep(0.05)
print("after", is_on(), flush=True)
"""


@pytest.fixture
def founded(installed, data):
    """An installation with the district of the plugin."""
    engine = create_engine(f"sqlite:///{data / 'skillhub.sqlite'}")

    @contextmanager
    def writing():
        with engine.begin() as connection:
            yield connection

    with writing() as connection:
        connection.execute(
            text(
                "INSERT INTO district (code, name, short_name, name_en, city, province, zone) "
                "VALUES (:code, '路南区', '路南', 'Lunan', '唐山市', '河北省', 'Asia/Shanghai')"
            ),
            {"code": LUNAN},
        )
    installed.writing = writing
    yield installed
    engine.dispose()


def listed(run):
    result = run("plugins", "list", "--json")
    assert result.exit_code == 0, result.output
    return {row["name"]: row for row in json.loads(result.stdout)}


def rest(run):
    with run.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO plugin_rest (district_code, plugin, since, reason) "
                "VALUES (:district, :plugin, :since, 'Late: no answer in time')"
            ),
            {
                "district": LUNAN,
                "plugin": PLUGIN,
                "since": clock.real_now().replace(tzinfo=None).isoformat(" "),
            },
        )


def test_a_plugin_is_switched_on_and_off_in_a_district(founded):
    assert listed(founded)[PLUGIN]["on"] == []

    on = founded("plugins", "enable", PLUGIN, "--district", LUNAN)
    assert (on.exit_code, on.stdout) == (0, f"{PLUGIN}\t{LUNAN}\ton\n")
    assert listed(founded)[PLUGIN]["on"] == [LUNAN]
    assert f"{PLUGIN}\t1.1.0\t{LUNAN}\tok\n" in founded("plugins", "list").stdout

    assert founded("plugins", "disable", PLUGIN, "--district", LUNAN).exit_code == 0
    assert listed(founded)[PLUGIN]["on"] == []


@pytest.mark.parametrize(
    "typed",
    [
        ("enable", "nowhere", "--district", LUNAN),
        ("enable", PLUGIN, "--district", "999999"),
        ("show", "nowhere"),
        ("wake", PLUGIN, "--district", LUNAN),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(founded, typed):
    result = founded("plugins", *typed)

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_one_plugin_is_shown_with_its_hooks(founded):
    founded("plugins", "enable", PLUGIN, "--district", LUNAN)

    told = json.loads(founded("plugins", "show", PLUGIN, "--json").stdout)
    lines = founded("plugins", "show", PLUGIN).stdout

    assert (told["name"], told["code"], told["on"]) == (PLUGIN, "none", [LUNAN])
    assert [each["hook"] for each in told["hooks"]] == [
        "allocation_plan",
        "decide_completion",
        "decide_eligibility",
        "decide_subsidy",
        "read_job_feed",
    ]
    assert f"sha256\t{told['sha256']}" in lines and '"decide_subsidy"' in lines


def test_a_plugin_that_rests_is_red_until_it_is_woken(founded):
    founded("plugins", "enable", PLUGIN, "--district", LUNAN)
    rest(founded)

    red = {row["name"]: row for row in json.loads(founded("doctor", "--json").stdout)}["plugins"]
    assert not red["ok"]
    assert f"skillhub plugins wake {PLUGIN} --district {LUNAN}" in red["text"]
    assert listed(founded)[PLUGIN]["health"] == "resting"

    assert founded("plugins", "wake", PLUGIN, "--district", LUNAN).exit_code == 0

    assert {row["name"]: row for row in json.loads(founded("doctor", "--json").stdout)}["plugins"]["ok"]


def test_a_plugin_that_is_on_but_gone_is_red_until_it_is_switched_off(founded):
    founded("plugins", "enable", PLUGIN, "--district", LUNAN)
    with founded.writing() as connection:
        connection.execute(text("UPDATE plugin_switch SET plugin = 'gone_rules'"))

    red = {row["name"]: row for row in json.loads(founded("doctor", "--json").stdout)}["plugins"]
    assert not red["ok"]
    assert f"skillhub plugins disable gone_rules --district {LUNAN}" in red["text"]
    assert listed(founded)["gone_rules"]["health"] == "missing"

    assert founded("plugins", "disable", "gone_rules", "--district", LUNAN).exit_code == 0

    assert {row["name"]: row for row in json.loads(founded("doctor", "--json").stdout)}["plugins"]["ok"]
    assert "gone_rules" not in listed(founded)


def test_in_safe_mode_there_are_no_plugins_and_doctor_says_so(founded, monkeypatch):
    monkeypatch.setenv("SKILLHUB_SAFE_MODE", "yes")

    assert listed(founded) == {}
    red = {row["name"]: row for row in json.loads(founded("doctor", "--json").stdout)}["plugins"]
    assert not red["ok"] and "安全模式" in red["text"]


def test_safe_mode_is_yes_or_nothing():
    with pytest.raises(SettingProblem, match="SKILLHUB_SAFE_MODE=1"):
        read({"SKILLHUB_SAFE_MODE": "1"})


@pytest.mark.processes
def test_other_processes_notice_a_switch_within_five_seconds(founded, data):
    watching = [
        subprocess.Popen([sys.executable, "-c", WATCHES], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        assert [each.stdout.readline() for each in watching] == ["before False\n"] * 2
        founded("plugins", "enable", PLUGIN, "--district", LUNAN)
        began = clock.real_now()

        assert [each.stdout.readline() for each in watching] == ["after True\n"] * 2

        assert (clock.real_now() - began).total_seconds() < 5
    finally:
        for each in watching:
            each.kill()
            each.communicate()


@pytest.mark.processes
def test_safe_mode_is_an_option_of_what_is_started(installed, start):
    server = start("serve", "--safe-mode", SKILLHUB_WEB_WORKERS="1")

    wait_until(answers)
    assert server.poll() is None


def test_past_claims_are_worked_out_again_from_the_command_line(founded):
    days = ("--district", LUNAN, "--from", "2025-01-01", "--to", "2025-12-31")

    told = founded("plugins", "replay", PLUGIN, *days, "--json")
    people = founded("plugins", "replay", PLUGIN, *days)
    wrong = founded("plugins", "replay", PLUGIN, *days[:-1], "soon")

    assert json.loads(told.stdout) == {"replayed": 0, "differences": []}
    assert "重算0人，0人不同" in people.stdout
    assert wrong.exit_code == 2
