"""What stands in the way of a start is told in one line, with status 1 and no traceback."""

import os
import shutil
import socket
import sqlite3
from pathlib import Path

import pytest

from skillhub.command import problems, ready


@pytest.fixture
def refused(run):
    def refused(*arguments):
        result = run(*arguments)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        return result.stderr

    return refused


def test_a_data_folder_that_cannot_be_made(refused, data):
    data.write_text("a file lies there")

    assert refused("serve").startswith(f"数据目录 {data} 不能写")


def test_a_data_folder_where_nobody_may_write_not_even_root(refused, monkeypatch):
    monkeypatch.setenv("SKILLHUB_DATA", "/sys/skillhub")

    assert refused("serve").startswith("数据目录 /sys/skillhub 不能写")


def test_a_path_that_no_system_takes(refused, monkeypatch):
    monkeypatch.setenv("SKILLHUB_DATA", "/srv/" + "x" * 300)

    assert refused("serve").startswith("路径 /srv/xxx")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "²"),
        ("SKILLHUB_PUBLIC_URL", "http://[::1"),
        ("SKILLHUB_DATABASE_URL", "postgresql://a@b:c/d"),
        ("SKILLHUB_NOW", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_a_setting_that_cannot_be_right(refused, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    assert refused("serve").startswith(name)


def test_a_full_disk(refused, monkeypatch):
    monkeypatch.setattr(ready, "LEAST_FREE_BYTES", 2**62)

    assert refused("serve") == problems.FULL + "\n"


def test_a_disk_that_fills_up_while_something_is_written():
    with pytest.raises(OSError, match="space") as caught:
        Path("/dev/full").write_text("x", encoding="ascii")

    assert problems.line(caught.value) == problems.FULL


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_port_in_use(refused, command):
    with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))):
        line = refused(command)

    assert line.startswith(f"端口 {os.environ['PORT']} 已被别的程序占用")


def test_a_database_from_a_newer_version(installed, refused, data):
    with sqlite3.connect(data / "skillhub.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")

    for command in (["serve"], ["worker"], ["db", "upgrade"], ["tokens", "list"]):
        assert refused(*command).startswith("数据库来自更新版本的 SkillHub。")


def test_a_database_that_is_behind(installed, refused, data):
    with sqlite3.connect(data / "skillhub.sqlite") as connection:
        connection.execute("DROP TABLE workflow_status")

    assert "skillhub db upgrade" in refused("serve")


def test_a_file_that_is_no_database(refused, data):
    data.mkdir()
    (data / "skillhub.sqlite").write_text("x" * 5000)

    assert refused("serve").startswith("数据库文件已损坏。")


def test_a_database_server_that_is_not_there(refused, monkeypatch):
    monkeypatch.setenv("SKILLHUB_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    assert refused("serve") == problems.AWAY + "\n"


def test_a_missing_key(installed, refused, data):
    (data / "keys" / "lookup.key").unlink()

    assert refused("serve").startswith(f"读不到密钥 {data / 'keys' / 'lookup.key'}")


def test_keys_that_are_gone_are_not_made_anew_for_a_database_with_data(installed, refused, data):
    shutil.rmtree(data / "keys")

    assert "请从备份恢复" in refused("run")
    assert not (data / "keys").exists()


def test_a_key_that_others_can_read(installed, refused, data):
    (data / "keys" / "session.key").chmod(0o644)

    assert refused("worker").rstrip().endswith(f"chmod 600 {data / 'keys' / 'session.key'}")


def test_a_bug_keeps_its_traceback():
    assert problems.line(KeyError("bug")) is None
