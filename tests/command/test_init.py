"""`skillhub init`: an empty folder becomes an installation, once, with links instead of passwords."""

import json
import stat

import pytest

OFFICERS = ("--officer", "罗示甲", "19900008201", "--officer", "罗示乙", "19900008202")
FIRST = ("init", "--district", "130202", "--operator", "吴示维", "19900008200", *OFFICERS)


@pytest.fixture
def production(monkeypatch, data):
    monkeypatch.setenv("SKILLHUB_PROFILE", "production")


def test_an_empty_folder_becomes_an_installation_in_production(production, run, data):
    done = run(*FIRST, "--body", "示例学校（虚构）", "--json")

    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["district"], made["training_body"]) == ("130202", "B-130202-0001")
    assert [each["role"] for each in made["links"]] == ["operator", "officer", "officer"]
    assert all("/invitations/" in each["link"] for each in made["links"])
    assert "密钥" in done.stderr and "已建好" in done.stderr
    assert stat.S_IMODE((data / "keys" / "lookup.key").stat().st_mode) == 0o600
    assert json.loads(run("invitations", "list", "--json").stdout)[0]["is_open"]


def test_the_first_run_happens_once_and_a_district_is_added_by_its_own_option(production, run):
    run(*FIRST)
    again = run(*FIRST)
    assert again.exit_code == 1 and "--add" in again.stderr

    added = run("init", "--add", "--district", "500104", *OFFICERS, "--json")
    assert added.exit_code == 0 and json.loads(added.stdout)["district"] == "500104"
    assert run("init", "--add", "--district", "500104", *OFFICERS).exit_code == 1


def test_nothing_is_added_to_what_has_not_been_founded(run):
    assert run("init", "--add", "--district", "500104", *OFFICERS).exit_code == 1


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        ((), 2, ["--district", "--operator", "--officer（第1位）", "--officer（第2位）"]),
        (("--district", "13020", *FIRST[3:]), 2, ["6位数字"]),
        (("--district", "130999", *FIRST[3:]), 2, ["--district-name", "--city", "--province"]),
        ((*FIRST[1:6], *OFFICERS[:3], *OFFICERS[:3]), 1, ["手机号不能相同"]),
        ((*FIRST[1:3], "--operator", "王*芳", "199", *OFFICERS), 1, ["系统运维", "遮挡", "11位"]),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_once_and_nothing_is_founded(run, options, status, words):
    done = run("init", *options)

    assert done.exit_code == status, done.output
    assert all(word in done.stderr for word in words), done.stderr
    assert run(*FIRST).exit_code == 0, "the database was left as it was"


def test_a_district_that_the_table_does_not_know_is_named(run):
    names = ("--district-name", "海曙区", "--city", "宁波市", "--province", "浙江省")
    done = run("init", "--district", "330203", *names, *FIRST[3:], "--json")

    assert done.exit_code == 0 and json.loads(done.stdout)["district"] == "330203"


def test_a_database_without_its_keys_is_not_given_new_ones(run, data):
    run(*FIRST)
    for key in (data / "keys").iterdir():
        key.unlink()

    done = run("init", "--add", "--district", "500104", *OFFICERS)
    assert done.exit_code == 1 and "备份" in done.stderr
    assert list((data / "keys").iterdir()) == []


def test_a_forgotten_password_and_a_lost_link_are_mended_at_the_command_line(run):
    made = json.loads(run(*FIRST, "--json").stdout)["links"][1]

    again = json.loads(run("invitations", "create", "--person", made["person"], "--json").stdout)
    assert again["link"] != made["link"] and again["role"] == "officer"
    listed = json.loads(run("invitations", "list", "--district", "130202", "--json").stdout)
    assert sorted(each["person"] for each in listed).count(made["person"]) == 1
    assert run("invitations", "revoke", again["id"]).exit_code == 0
    assert run("invitations", "create", "--person", "p-nobody").exit_code == 1


def test_imports_answer_with_a_report_and_a_status_that_tells_the_truth(run, tmp_path):
    run(*FIRST)
    path = tmp_path / "名册.csv"
    path.write_text("姓名,联系电话\n冯大明,1990000 8102\n王*芳,19900008103\n", encoding="gb18030")

    dry = run("people", "import", str(path), "--dry-run", "--json")
    assert dry.exit_code == 1
    assert [line["decision"] for line in json.loads(dry.stdout)["lines"]] == [
        "ok_after_normalising",
        "refuse",
    ]
    assert run("people", "import", str(path)).exit_code == 1
    report = tmp_path / "报告.csv"
    done = run("people", "import", str(path), "--skip-refused", "--report", str(report))
    assert done.exit_code == 0 and "写入 1" in done.stdout
    assert report.read_text(encoding="utf-8").startswith("\ufeff行,")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert run("people", "import", str(tmp_path / "nothing.csv")).exit_code == 2
    assert run("people", "import", str(path), "--district", "999999").exit_code == 1
    path.rename(path.with_suffix(".xls"))
    told = run("people", "import", str(path.with_suffix(".xls")))
    assert told.exit_code == 1 and ".xlsx" in told.stderr
