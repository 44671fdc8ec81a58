"""The rules of the allocation log: what is genuine passes, and the first wrong line is named."""

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.command.queue import WORDS
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import Mode
from skillhub.courses.rules.queue_log.lines import Frozen, sha256
from tests.courses.queue_logs import KEY_ID, PUBLIC, Afternoon, signed

RULES = Path(queue_log.__file__).parents[1]
CODES = re.compile(r"(?:Impossible|Unreadable|_Wrong)\((?:[^()\"]*(?:\([^()]*\))?[^()\"]*)\"([a-z_]+)\"")


def verify(data, keys=(PUBLIC,)):
    return queue_log.verify(data, keys)


def objects(data):
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def written(value):
    """Write a line as RFC 8785 has it, and what that cannot write as well: a forger may try anything."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def joined(lines):
    return b"".join(written(each) + b"\n" for each in lines)


def rechained(lines, key=None):
    """Write changed lines as their forger would: every hash and the signature made anew."""
    first = written(lines[0])
    root, chain = sha256(first), [first + b"\n"]
    for place, each in enumerate(lines[1:-1], start=1):
        entry = {name: value for name, value in each.items() if name != "hash"} | {"n": place, "prev": root}
        root = sha256(bytes.fromhex(root) + written(entry))
        chain.append(written(entry | {"hash": root}) + b"\n")
    frozen = Frozen(b"".join(chain).decode(), len(lines) - 2, root)
    return signed(frozen) if key is None else signed(frozen, key)


@pytest.fixture(scope="module")
def genuine():
    return Afternoon(Mode.FIRST_COME, 7).lived().text()


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("seed", range(12))
def test_a_genuine_log_of_each_mode_is_valid(mode, seed):
    afternoon = Afternoon(mode, seed).lived()

    verdict = verify(afternoon.text())

    assert (verdict.answer, verdict.fault) == ("yes", None)
    assert len(verdict.enrolled) == sum(row.state == "enrolled" for row in afternoon.table.rows.values())


def test_without_a_key_it_stays_open_who_signed(genuine):
    verdict = verify(genuine, ())

    assert (verdict.answer, verdict.derived, verdict.signed) == ("unknown", "yes", "unknown")


def test_a_changed_line_is_named(genuine):
    for place in range(1, len(objects(genuine)) - 1):
        lines = objects(genuine)
        lines[place]["name_masked"] = "钱＊"

        fault = verify(joined(lines)).fault

        assert (fault.line, fault.code) == (place + 1, "hash_wrong")


def test_a_line_that_is_gone_is_missed_where_it_stood(genuine):
    lines = objects(genuine)
    del lines[3]

    assert verify(joined(lines)).fault.line == 4


def test_who_chains_a_change_anew_lacks_the_key(genuine):
    lines = objects(genuine)

    for each in lines[1:-1]:
        if each["receipt_sha256"] == lines[1]["receipt_sha256"]:
            each["name_masked"] = "钱＊"

    verdict = verify(rechained(lines, Ed25519PrivateKey.generate()))

    assert (verdict.derived, verdict.signed, verdict.fault.code) == ("yes", "no", "signature_wrong")


def test_even_the_owner_of_the_key_cannot_let_somebody_pass():
    afternoon = Afternoon(Mode.FIRST_COME, 1, seats=1, people=3)
    for _ in range(3):
        afternoon.newcomer()
    lines = objects(afternoon.text())
    waiting = next(place for place, each in enumerate(lines) if each.get("state") == "waitlisted")
    lines[waiting]["state"] = "enrolled"

    fault = verify(rechained(lines)).fault

    assert (fault.line, fault.code, fault.detail) == (waiting + 1, "state_differs", "waitlisted")


def test_another_seed_than_was_promised_is_named():
    lines = objects(Afternoon(Mode.DRAW, 3).lived().text())
    lines[0]["seed"] = "0" * 64

    assert verify(rechained(lines)).fault.code == "seed_wrong"


def test_another_plan_than_was_published_is_named(genuine):
    lines = objects(genuine)
    lines[0]["plan"]["seats"] += 1

    assert verify(rechained(lines)).fault.code == "plan_hash_wrong"


def test_a_tail_that_is_cut_off_is_named(genuine):
    assert verify(genuine[:-1]).fault.code == "end_missing"
    assert verify(genuine[: genuine[:-1].rindex(b"\n") + 1]).fault.code == "wrong_shape"
    assert verify(b"").fault.code == "end_missing"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"\xff\xfe", "not_json"),
        (b"", "not_json"),
        (b"[" * 20_000, "not_json"),
        (b'{"v": 1}', "not_canonical"),
        (b'{"v":1,"v":1}', "not_canonical"),
        (b'{"v":1e400}', "not_json"),
        (b"7", "not_canonical"),
        (b'{"v":1}', "wrong_shape"),
        (b" " * 70_000, "line_too_long"),
    ],
)
def test_a_line_that_is_none_is_named_and_breaks_nothing(genuine, line, code):
    rest = genuine.split(b"\n", 1)[1]

    fault = verify(line + b"\n" + rest).fault

    assert (fault.line, fault.code) == (1, code)


def test_a_key_of_another_name_has_not_signed(genuine):
    assert verify(genuine, (queue_log.PublicKey("allocation-log-2024-01", PUBLIC.raw),)).signed == "no"
    assert verify(genuine, (queue_log.PublicKey(None, PUBLIC.raw),)).signed == "yes"


def test_a_later_edition_begins_with_the_lines_of_the_one_before():
    afternoon = Afternoon(Mode.FIRST_COME, 5).lived()
    header = queue_log.Header(batch=afternoon.batch, plan=afternoon.plan)
    early = queue_log.frozen(header, afternoon.lines[:4])

    late = queue_log.extended(early, afternoon.lines[4:])

    assert late == queue_log.frozen(header, afternoon.lines)
    assert late.text.startswith(early.text)
    assert queue_log.names(early.text) == {
        line.receipt_sha256: line.name_masked for line in afternoon.lines[:4]
    }


def test_the_document_of_keys_reads_back():
    text = json.dumps(queue_log.keys_document([(KEY_ID, PUBLIC.raw.hex(), Afternoon(Mode.DRAW, 1).at)]))

    assert queue_log.from_document(text) == (PUBLIC,)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"keys":{}}', '{"keys":[{"use":"allocation-log","algorithm":"Ed25519"}]}']
)
def test_what_is_no_document_of_keys_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 (callers ask only whether it could be read)
        queue_log.from_document(text)


def test_every_fault_has_its_words():
    source = "".join(
        path.read_text("utf-8")
        for folder in ("queue_log", "allocation")
        for path in (RULES / folder).glob("*.py")
    )
    quoted = {code for code in WORDS if f'"{code}"' in source}

    assert set(WORDS) == quoted
    raised = set(CODES.findall(source))
    assert raised <= set(WORDS), raised - set(WORDS)
