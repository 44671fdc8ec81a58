import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import Mode
from tests.courses.queue_logs import KEY, KEY_ID, OPENS, PUBLIC, Afternoon


@pytest.fixture
def log(tmp_path):
    """A genuine log as a file."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(Afternoon(Mode.FIRST_COME, 3).lived().text())
    return path


@pytest.fixture
def keys(tmp_path):
    """The published keys as a file."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(queue_log.keys_document([(KEY_ID, PUBLIC.raw.hex(), OPENS)])))
    return path


def test_a_genuine_log_is_derived_again_without_any_installation(run, data, log, keys):
    result = run("queue", "verify", str(log), "--key", str(keys))

    assert (result.exit_code, result.stderr) == (0, "")
    assert "重新推算的结果和记录一致" in result.stdout
    assert KEY_ID in result.stdout
    assert not data.exists()


def test_a_bare_key_is_enough(run, log, tmp_path):
    pem = tmp_path / "key.pem"
    pem.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    assert run("queue", "verify", str(log), "--key", str(pem)).exit_code == 0


def test_without_a_key_the_signature_stays_open(run, log):
    result = run("queue", "verify", str(log))

    assert result.exit_code == 3
    assert "签名没有核对" in result.stdout


def test_the_keys_of_this_installation_are_known(run, data, log, keys):
    published = data / "public" / ".well-known" / "skillhub-keys.json"
    published.parent.mkdir(parents=True)
    published.write_text(keys.read_text())

    assert run("queue", "verify", str(log)).exit_code == 0


def test_the_first_wrong_line_is_named_with_what_belongs_there(run, log, keys):
    log.write_text(log.read_text("utf-8").replace('"state":"enrolled"', '"state":"offered"', 1), "utf-8")

    said = run("queue", "verify", str(log), "--key", str(keys))
    told = json.loads(run("queue", "verify", str(log), "--key", str(keys), "--json").stdout)

    assert said.exit_code == 1
    assert said.stdout.startswith(f"第{told['fault']['line']}行不对：hash 和这一行的内容不符")
    assert (told["valid"], told["derived"], told["fault"]["code"]) == ("no", "no", "hash_wrong")


@pytest.mark.parametrize("text", ["no keys", "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n"])
def test_a_file_that_holds_no_key_is_wrong_usage(run, log, keys, text):
    keys.write_text(text)

    result = run("queue", "verify", str(log), "--key", str(keys))

    assert result.exit_code == 2
    assert "不是公钥文件" in result.stderr


def test_a_log_that_is_not_there_is_wrong_usage(run, tmp_path):
    assert run("queue", "verify", str(tmp_path / "none")).exit_code == 2


def test_a_new_key_is_added_to_those_that_are_published(installed, data):
    assert json.loads(installed("queue", "keys").stdout) == {"keys": []}

    first = json.loads(installed("queue", "keys", "--new").stdout)["keys"]
    both = json.loads(installed("queue", "keys", "--new").stdout)["keys"]

    assert both[:1] == first
    assert len({each["id"] for each in both}) == 2
    assert json.loads((data / "public" / ".well-known" / "skillhub-keys.json").read_text())["keys"] == both
