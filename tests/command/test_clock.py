import json
from datetime import datetime, timedelta

import pytest

SOON = timedelta(seconds=30)
DAY = datetime.fromisoformat("2025-11-10T09:00:00+08:00")


@pytest.fixture
def shown(installed):
    return lambda: json.loads(installed("clock", "show", "--json").stdout)


def test_set_advance_and_real_move_the_clock_that_everybody_reads(installed, shown):
    assert shown()["moved"] is False

    assert installed("clock", "set", "2025-11-10T09:00+08:00").exit_code == 0
    assert DAY <= datetime.fromisoformat(shown()["clock"]) < DAY + SOON
    assert shown()["moved"] is True

    assert installed("clock", "advance", "P1DT2H30M").exit_code == 0
    later = DAY + timedelta(days=1, hours=2, minutes=30)
    assert later <= datetime.fromisoformat(shown()["clock"]) < later + SOON

    assert installed("clock", "advance", "-PT30M").exit_code == 0
    assert datetime.fromisoformat(shown()["clock"]) < later

    assert installed("clock", "real").exit_code == 0
    assert shown()["moved"] is False


@pytest.mark.parametrize("command", [["set", "2025-11-10T09:00+08:00"], ["advance", "PT2H"], ["real"]])
def test_the_clock_of_production_cannot_be_moved(installed, monkeypatch, command):
    monkeypatch.setenv("SKILLHUB_PROFILE", "production")

    result = installed("clock", *command)

    assert result.exit_code == 1
    assert result.stderr == "时钟只能在 demo 和 test 中拨动，正式运行用真实时间。\n"


def test_without_a_database_there_is_no_clock_to_move(run):
    result = run("clock", "advance", "PT2H")

    assert result.exit_code == 1
    assert "skillhub db upgrade" in result.stderr


@pytest.mark.parametrize("text", ["", "P", "PT", "2H", "P1M", "P1Y", "PT1.5H"])
def test_durations_that_are_no_whole_steps_are_refused(run, text):
    assert run("clock", "advance", text).exit_code == 2


def test_an_instant_needs_its_zone(run):
    assert run("clock", "set", "2025-11-10T09:00").exit_code == 2
