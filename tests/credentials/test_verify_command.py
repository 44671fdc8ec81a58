"""`skillhub credentials verify` and `publish`: four answers, exit codes, no installation needed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from skillhub.courses.service import allocation_keys
from skillhub.credentials import attachment, paper, public, queries, service
from skillhub.credentials.queries import credentials
from skillhub.testing.factories.credentials import PASSED, certificates


@pytest.fixture
def run(app, session):
    """Run a command and return its exit status and output."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=[str(word) for word in words])


@pytest.fixture
def made(classes):
    return classes.marked(PASSED, PASSED)


@pytest.fixture
def public_id(made):
    return certificates(made)[0]


@pytest.fixture
def files(app, public_id, tmp_path):
    """The three forms in which a certificate is presented."""
    found = queries.certificate(public_id)
    signed = credentials.published(found.id)
    (tmp_path / "c.json").write_bytes(signed.document)
    (tmp_path / "c.pdf").write_bytes(paper.drawn(found))
    (tmp_path / "c.txt").write_text(signed.compact)
    return tmp_path


@pytest.mark.parametrize("name", ["c.json", "c.pdf"])
def test_a_genuine_file_is_four_times_yes(run, files, made, name):
    done = run("credentials", "verify", files / name)

    assert done.exit_code == 0
    assert made.people[0].name in done.output
    assert done.output.count("：是（") == 4


def test_the_answers_as_json_are_those_of_the_contract(run, files):
    told = json.loads(run("credentials", "verify", files / "c.json", "--json").output)

    assert set(told) == {"unaltered", "issued_by", "in_force", "not_revoked", "facts"}
    assert {told[name]["value"] for name in set(told) - {"facts"}} == {"yes"}
    assert told["issued_by"]["host"] == "demo.skillhub.example"


def test_without_lists_it_is_not_known_whether_it_was_revoked(run, files):
    done = run("credentials", "verify", files / "c.json", "--offline")

    assert done.exit_code == 3
    assert "没有被撤销：没查到" in done.output


def test_a_code_is_checked_offline(run, files, made):
    done = run("credentials", "verify", files / "c.txt", "--offline")

    assert done.exit_code == 3
    assert "内容没有被改过：是" in done.output
    assert made.people[0].name in done.output


def test_one_changed_character_of_a_code_shows_nothing(run, files, made):
    text = (files / "c.txt").read_text()
    (files / "c.txt").write_text(text[:40] + ("A" if text[40] != "A" else "B") + text[41:])

    done = run("credentials", "verify", files / "c.txt", "--offline")

    assert done.exit_code == 1
    assert made.people[0].name not in done.output


def test_an_edited_file_shows_nothing(run, files, made):
    text = (files / "c.json").read_text(encoding="utf-8")
    (files / "c.json").write_text(text.replace(made.people[0].name, "李四"), encoding="utf-8")

    done = run("credentials", "verify", files / "c.json")

    assert done.exit_code == 1
    assert "李四" not in done.output


def test_a_revoked_one_is_refused(run, files, made, public_id):
    service.revoke(actor=made.school.actor, certificate=public_id, reason="成绩登记错误")
    service.bring_up_to_date()

    done = run("credentials", "verify", files / "c.pdf")

    assert done.exit_code == 1
    assert "没有被撤销：否" in done.output


@pytest.mark.parametrize("data", [b"", b"{}", b"%PDF-1.7 nothing", b"SH1.a.b", b"\xff\xfe", b"[" * 5000])
def test_what_is_no_certificate_is_refused(run, public_id, tmp_path, data):
    (tmp_path / "x").write_bytes(data)

    assert run("credentials", "verify", tmp_path / "x").exit_code == 1


def test_a_file_that_is_not_there_is_wrong_usage(run, tmp_path):
    assert run("credentials", "verify", tmp_path / "x").exit_code == 2


def test_the_attached_credential_is_the_download_byte_for_byte(api, files, made, public_id):
    download = api.as_(made.people[0]).get(f"certificates/{public_id}/credential").data
    from_api = api.as_(made.people[0]).get(f"certificates/{public_id}.pdf").data

    assert attachment.taken_out(from_api) == download
    assert (files / "c.pdf").read_bytes() == from_api


def test_published_files_are_enough_without_an_installation(run, files, tmp_path):
    allocation_keys.current()
    assert run("publish", "--to", tmp_path / "public").exit_code == 0
    assert (tmp_path / "public" / public.LOG_KEYS).read_text() == allocation_keys.document()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "skillhub.command",
            "credentials",
            "verify",
            files / "c.pdf",
            "--trust",
            tmp_path / "public",
        ],
        cwd=elsewhere,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert list(elsewhere.iterdir()) == []


def test_a_folder_without_keys_is_told(run, files, tmp_path):
    (tmp_path / "empty").mkdir()

    done = run("credentials", "verify", files / "c.json", "--trust", tmp_path / "empty")

    assert done.exit_code == 1


def test_nothing_is_published_before_anything_is_signed(run, tmp_path):
    assert run("publish", "--to", tmp_path / "public").exit_code == 1
    assert not (tmp_path / "public").exists()
