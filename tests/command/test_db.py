import sqlite3


def test_upgrade_check_and_downgrade(run, data):
    assert run("db", "upgrade").stdout == "数据库：current\n"
    assert run("db", "check").stdout == "一致\n"
    assert run("db", "downgrade", "base").stdout == "数据库：empty\n"
    assert (data / "keys" / "seal-1.key").exists()


def test_check_tells_differences_with_status_1(installed, data):
    with sqlite3.connect(data / "skillhub.sqlite") as connection:
        connection.execute("DROP TABLE kept_call")

    result = installed("db", "check")

    assert result.exit_code == 1
    assert "kept_call" in result.stderr
    assert "不一致" in result.stdout


def test_upgrade_in_production_makes_no_keys(run, data, monkeypatch):
    monkeypatch.setenv("SKILLHUB_PROFILE", "production")

    assert run("db", "upgrade").exit_code == 0
    assert not (data / "keys").exists()
