import json

import pytest

from skillhub.command import main
from skillhub.command.group import feature_commands


def test_all_commands_are_listed_and_each_has_its_help(run):
    listed = run("--help").output

    for name in main.list_commands(None):
        assert f"  {name}" in listed
        assert run(name, "--help").exit_code == 0


def test_commands_of_features_are_found(run):
    assert {"tokens", "outbox", "credentials", "demo"} <= {command.name for command in feature_commands()}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nothing"], "没有命令 nothing。用法见：skillhub --help"),
        (["--nothing"], "没有选项 --nothing。用法见：skillhub --help"),
        (["doctor", "--nothing"], "没有选项 --nothing。用法见：skillhub doctor --help"),
        (["clock", "advance"], "缺少 'DURATION'。用法见：skillhub clock advance --help"),
        (["clock", "advance", "2h"], "'DURATION' 写得不对：2h 不是时长"),
        (["clock", "set", "tomorrow"], "'INSTANT' 写得不对：tomorrow 不是带时区的时刻"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(run, arguments, line):
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_an_unknown_setting_is_one_line_and_status_1(run, monkeypatch):
    monkeypatch.setenv("SKILLHUB_COLOUR", "red")

    result = run("doctor")

    assert result.exit_code == 1
    assert result.stderr.startswith("不认识的设置 SKILLHUB_COLOUR。")
    assert result.stderr.count("\n") == 1


def test_a_command_of_a_feature_runs_inside_the_application(run):
    result = run("tokens", "list", "--json")

    assert json.loads(result.stdout) == []


def test_a_command_of_a_feature_makes_no_database_in_production(run, monkeypatch, data):
    monkeypatch.setenv("SKILLHUB_PROFILE", "production")

    result = run("tokens", "list")

    assert result.exit_code == 1
    assert "skillhub init" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (data / "skillhub.sqlite").exists()
