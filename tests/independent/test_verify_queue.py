"""Our verifier and the one that a stranger wrote from docs/allocation-log.md judge the same."""

import copy
import json
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import Mode
from tests.courses.queue_logs import KEY, KEY_ID, PUBLIC, Afternoon
from tests.courses.test_queue_log import joined, objects, rechained
from tests.independent import verify_queue

DOCUMENT = Path(__file__).parents[2] / "docs" / "allocation-log.md"
MUTATED = 1_000
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
VALUES = (
    None,
    "",
    "x",
    "0" * 64,
    "f" * 64,
    0,
    1,
    2,
    -1,
    True,
    2**60,
    1.5,
    [],
    {},
    "enrolled",
    "waitlisted",
    "offered",
)
VALUES += (
    "withdrawn",
    "apply",
    "offer",
    "seats",
    "cancel",
    "2025-11-10T01:00:00.000000Z",
    "孙＊凤",
    "\u2028",
)


def ours(data):
    verdict = queue_log.verify(data, (PUBLIC,))
    return "genuine" if verdict.answer == "yes" else verdict.fault.line


def theirs(data):
    try:
        verify_queue.verify(data, {KEY_ID: PUBLIC.raw})
    except verify_queue.Wrong as error:
        return error.number
    return "genuine"


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("seed", range(30))
def test_both_accept_genuine_logs_and_let_in_the_same_people(mode, seed):
    data = Afternoon(mode, seed).lived().text()

    assert ours(data) == "genuine"
    table = verify_queue.verify(data, {KEY_ID: PUBLIC.raw})
    states = {each["order_no"] for each in table.people.values() if each["state"] == "enrolled"}
    assert sorted(states) == list(queue_log.verify(data, (PUBLIC,)).enrolled)


def test_the_genuine_logs_show_everything_that_can_happen():
    seen = {line.event for mode in Mode for seed in range(30) for line in Afternoon(mode, seed).lived().lines}

    assert seen == verify_queue.WHOLE | verify_queue.SINGLE


def edited(lines, chance):
    place = chance.randrange(len(lines))
    lines[place][chance.choice(sorted(lines[place]))] = copy.copy(chance.choice(VALUES))


def swapped_values(lines, chance):
    """Give one line a value of another one."""
    one, other = chance.sample(range(len(lines)), 2)
    common = sorted(set(lines[one]) & set(lines[other]) or {"v"})
    name = chance.choice(common)
    lines[one][name] = lines[other].get(name)


def deleted(lines, chance):
    del lines[chance.randrange(len(lines))]


def inserted(lines, chance):
    lines.insert(chance.randrange(len(lines) + 1), copy.deepcopy(chance.choice(lines)))


def reordered(lines, chance):
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]


def cut(lines, chance):
    del lines[chance.randrange(1, len(lines)) :]


def unmembered(lines, chance):
    place = chance.randrange(len(lines))
    lines[place].pop(chance.choice(sorted(lines[place])))
    if chance.random() < 0.5:
        lines[place]["more"] = 1


def plan_changed(lines, chance):
    plan = lines[0]["plan"]
    name = chance.choice(("seats", "cut_off", "release_at", "quotas"))
    quota = [{"group": "大龄", "seats": chance.choice((0, 1, 5))}] * chance.choice((1, 2))
    plan[name] = chance.choice(
        (1, 2, 9, 0, None, "2025-11-10T01:00:30.000000Z", "2025-02-30T00:00:00.000000Z", quota)
    )


def figures_changed(lines, chance):
    """Change a number somewhere: of a line, in the plan, or in the last line."""
    place = chance.choice((0, chance.randrange(len(lines)), len(lines) - 1))
    where = lines[place]["plan"] if "plan" in lines[place] else lines[place]
    numbers = [name for name, value in sorted(where.items()) if type(value) is int]
    where[chance.choice(numbers)] += chance.choice((-1, 1, 10))


CHANGES = (
    figures_changed,
    edited,
    swapped_values,
    deleted,
    inserted,
    reordered,
    cut,
    unmembered,
    plan_changed,
)


def bytes_changed(data, chance):
    place = chance.randrange(len(data))
    what = chance.choice((b"", b"0", b" ", b"\n", b'"', bytes([data[place] ^ 1]), b"\xff"))
    return data[:place] + what + data[place + chance.choice((0, 1)) :]


def forged(data, chance):
    """Change a log somehow, and return it with how it was passed off as genuine."""
    how = chance.choice(("bytes", "plain", "other key", "own key"))
    if how == "bytes":
        return bytes_changed(data, chance), how
    lines = objects(data)
    chance.choice(CHANGES)(lines, chance)
    if how == "plain" or len(lines) < 3:
        return joined(lines), how
    if "plan" in lines[0] and chance.random() < 0.7:
        with_plan = {name: lines[0].get(name) for name in ("batch", "mode", "plan")}
        lines[0]["plan_sha256"] = queue_log.lines.sha256(queue_log.lines.canonical(with_plan))
    return rechained(lines, KEY if how == "own key" else OTHER_KEY), how


def test_both_judge_a_thousand_forged_logs_alike_and_name_the_same_line():
    chance = random.Random(20251110)  # noqa: S311 (the same forgeries every time)
    genuine = [Afternoon(mode, seed).lived().text() for mode in Mode for seed in range(8)]
    told = Counter()
    while sum(told.values()) < MUTATED:
        data = chance.choice(genuine)
        changed, how = forged(data, chance)
        if changed == data:
            continue
        judged = ours(changed)
        assert judged == theirs(changed), changed.decode(errors="replace")
        if how != "own key":
            assert judged != "genuine", changed.decode(errors="replace")
        told[how, judged == "genuine"] += 1

    assert sum(told.values()) == MUTATED
    assert all(told[how, False] > 100 for how in ("bytes", "plain", "other key", "own key")), told


@pytest.mark.parametrize("mode", list(Mode))
def test_any_change_in_any_row_makes_both_refuse(mode):
    data = Afternoon(mode, 4).lived().text()
    lines = objects(data)
    for place, line in enumerate(lines):
        for name, value in line.items():
            for other in (f"{value}x", 0 if value is None else None):
                changed = joined([*lines[:place], {**line, name: other}, *lines[place + 1 :]])
                judged = ours(changed)
                assert judged not in ("genuine", None), (place, name, other)
                assert judged == theirs(changed), (place, name, other)


def test_the_worked_example_of_the_document_is_genuine(tmp_path):
    text = DOCUMENT.read_text("utf-8")
    log = re.search(r"```jsonl\n(.*?)```", text, re.DOTALL)[1].encode()
    public = re.search(r"The public key is `([0-9a-f]{64})`", text)[1]
    key = {"id": KEY_ID, "use": "allocation-log", "algorithm": "Ed25519", "public_key": public}
    (tmp_path / "log.jsonl").write_bytes(log)
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key]}))

    program = [sys.executable, "-I", verify_queue.__file__, tmp_path / "log.jsonl", tmp_path / "keys.json"]
    run = subprocess.run(program, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout) == (0, "genuine: 1 seats, 2 applications, enrolled [2]\n")
    assert ours(log) == "genuine"
    for receipt in re.findall(r"`([A-Za-z0-9]{22})`", text):
        assert queue_log.receipt_sha256(receipt).encode() in log


def test_the_strangers_verifier_imports_nothing_of_ours():
    imported = re.findall(
        r"^(?:import|from) (\w+)", Path(verify_queue.__file__).read_text("utf-8"), re.MULTILINE
    )

    assert set(imported) == {"hashlib", "json", "re", "sys", "datetime", "pathlib", "cryptography"}
