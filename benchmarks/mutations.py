"""Whether anything that was made of a genuine certificate passes for one.

    python benchmarks/mutations.py [--count 100000] [--seed 7]

Prints JSON. Genuine credentials, codes and papers are changed at random: bytes, members, values, what
stands where, pieces of another certificate. Each result is judged, and told apart by a reader of our
own that knows no signature: either it says the same as before (spelled otherwise, or a set in another
order), then it has to be accepted, or it does not, then it must not be. `accepted` counts changed ones
that were answered with four times yes, `refused` genuine ones that were not; both have to be 0.
"""

from __future__ import annotations

import argparse
import base64
import copy
import dataclasses
import json
import os
import platform
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.credentials import attachment, pdf
from skillhub.credentials.vc import badge, compact, did, listing, presented, proof, signing, verify
from skillhub.credentials.vc.shapes import Badge, StatusList
from skillhub.credentials.vc.verify import Answer
from skillhub.testing.factories.papers import FACTS

HOST = "demo.skillhub.example"
ISSUER = did.of_host(HOST)
KEY, OFFLINE = "key-2025-11", "offline-2025-11"
AT = datetime(2025, 11, 12, 8, 0, tzinfo=UTC)
OTHER = dataclasses.replace(FACTS, number="SH1302022025000002", name="买买提·艾力", theory=60, practice=61)
SETS = ("identifier", "result", "resultDescription")
"""Members whose values stand in no order: turned round they say the same."""
HOSTILE: tuple[Any, ...] = (
    "",
    " ",
    "x",
    "0",
    "001",
    None,
    True,
    False,
    0,
    1e9,
    [],
    {},
    ["x"],
    {"id": "urn:uuid:0"},
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "https://demo.skillhub.example/verify/cOTHER",
    "did:web:other.example",
    "2035-01-01T00:00:00Z",
    "z" + "1" * 87,
    "\u202e",
    "张\u200b三",
)
NAMES = (
    "@graph",
    "@included",
    "evidence",
    "validUntil",
    "shoeSize",
    "jwk",
    "termsOfUse",
    "ID",
    "Name",
    "proof",
)


@dataclass
class Bench:
    """Genuine ones to change, what believes them, and the chance that changes them."""

    chance: random.Random
    trust: verify.Trust
    documents: list[bytes]
    codes: list[str]
    papers: list[bytes]


def made(seed: int) -> Bench:
    """Sign two certificates in all their forms."""
    key, offline = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    options = proof.options(created="2025-11-10T02:00:00Z", key=did.key_address(ISSUER, KEY))
    both = [(FACTS, "cABCDEFGHIJKLMNOPQRSTUV", 4711), (OTHER, "cVUTSRQPONMLKJIHGFEDCBA", 815)]
    documents, codes, papers = [], [], []
    for facts, public_id, index in both:
        subject = f"urn:uuid:{public_id[1:9].encode().hex()[:8]}-0000-4000-8000-000000000000"
        place = badge.Place(host=HOST, public_id=public_id, subject=subject, list_number=1, index=index)
        documents.append(signing.signed(Badge, badge.unsigned(facts, place), options, key).encode())
        codes.append(
            compact.sign(compact.frozen(facts, host=HOST, key_id=OFFLINE, public_id=public_id), offline)
        )
        drawn = pdf.draw(facts, address=f"https://{HOST}/verify/{public_id}", code=codes[-1], hue=214)
        papers.append(attachment.attached(drawn, documents[-1]))
    bits = listing.unsigned(HOST, 1, (5, 6), at=AT - timedelta(hours=1))
    address = badge.list_address(HOST, 1)
    keys = ({KEY: proof.multikey(key.public_key())}, {OFFLINE: proof.multikey(offline.public_key())})
    trust = verify.Trust(
        issuers={ISSUER: did.document(ISSUER, *keys)},
        lists={address: signing.signed(StatusList, bits, options, key).encode()},
    )
    return Bench(random.Random(seed), trust, documents, codes, papers)  # noqa: S311 (changes, no secrets)


# What a changed one says, without asking any signature


def meaning(data: bytes) -> str:
    """Return what a JSON text says; nothing for one that no two readers are sure to read alike."""
    try:
        return _spelled(_in_order(json.loads(data.decode(), object_pairs_hook=_once)))
    except (ValueError, RecursionError):
        return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _in_order(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {each: _in_order(member, each) for each, member in value.items()}
    if isinstance(value, list):
        items = [_in_order(each) for each in value]
        return sorted(items, key=_spelled) if name in SETS else items
    return value


def _spelled(value: object) -> str:
    return json.dumps(value, sort_keys=True)


# Changes


def bytes_changed(chance: random.Random, data: bytes, most: int = 3) -> bytes:
    """Flip, drop, double, insert or exchange a few bytes."""
    found = bytearray(data)
    for _ in range(chance.randint(1, most)):
        place, other = chance.randrange(len(found)), chance.randrange(len(found))
        match chance.randrange(5):
            case 0:
                found[place] ^= 1 << chance.randrange(8)
            case 1:
                del found[place]
            case 2:
                found.insert(place, found[other])
            case 3:
                found[place] = chance.choice(b' "\\{}[],:0aZ~\x00\xff')
            case _:
                found[place], found[other] = found[other], found[place]
    return bytes(found)


def members_changed(bench: Bench, which: int) -> bytes:
    """Change the tree of a credential at one to three places."""
    chance = bench.chance
    tree, donor = (json.loads(bench.documents[each]) for each in (which, 1 - which))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = list(_places(tree))
        _change(chance, chance.choice(places), places, donor)
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode()  # noqa: PLR2004 (one half)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for name in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, name
        if isinstance(value[name], dict | list):
            yield from _places(value[name])


def _change(chance: random.Random, at: tuple[Any, Any], places: list[tuple[Any, Any]], donor: Any) -> None:
    outer, name = at
    match chance.randrange(8):
        case 0:
            outer[name] = copy.deepcopy(chance.choice(HOSTILE))
        case 1:
            del outer[name]
        case 2:
            other, there = chance.choice(places)
            outer[name] = copy.deepcopy(other[there])
        case 3:
            other, there = chance.choice([each for each in _places(donor) if type(each[1]) is type(name)])
            outer[name] = copy.deepcopy(other[there])
        case 4 if isinstance(outer, dict):
            outer[chance.choice(NAMES)] = copy.deepcopy(chance.choice(HOSTILE))
        case 5 if isinstance(outer, list):
            chance.shuffle(outer)
        case 6 if isinstance(outer, list):
            outer.append(copy.deepcopy(outer[name]))
        case _:
            outer[name] = _text_changed(chance, outer[name])


def _text_changed(chance: random.Random, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return copy.deepcopy(chance.choice(HOSTILE))
    place = chance.randrange(len(value))
    piece = chance.choice(
        (value[place].swapcase(), "", chr(chance.randrange(0x20, 0xD7FF)), value[place] * 2)
    )
    return value[:place] + piece + value[place + 1 :]


def spelled_otherwise(chance: random.Random, data: bytes) -> bytes:
    """Spell a credential in another way: blanks, escapes, members and sets in another order."""
    tree = json.loads(data)
    for outer, name in list(_places(tree)):
        if isinstance(outer[name], list) and name in SETS:
            chance.shuffle(outer[name])
    shuffled = _shuffled(chance, tree)
    return json.dumps(
        shuffled, ensure_ascii=chance.choice((True, False)), indent=chance.choice((None, 1, "\t"))
    ).encode()


def _shuffled(chance: random.Random, value: Any) -> Any:
    if isinstance(value, list):
        return [_shuffled(chance, each) for each in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    chance.shuffle(names)
    return {name: _shuffled(chance, value[name]) for name in names}


def code_changed(bench: Bench, which: int) -> str:
    """Change the text of a code, its payload, or take half of another."""
    chance, text = bench.chance, bench.codes[which]
    mark, payload, signature = text.split(".")
    match chance.randrange(3):
        case 0:
            return bytes_changed(chance, text.encode()).decode("latin-1")
        case 1:
            values = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            place = chance.randrange(len(values))
            values[place] = str(_text_changed(chance, values[place]))
            packed = base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode())
            return f"{mark}.{packed.rstrip(b'=').decode()}.{signature}"
        case _:
            return f"{mark}.{payload}.{bench.codes[1 - which].split('.')[2]}"


# Judging


def changed(bench: Bench) -> tuple[str, bytes, bool]:
    """Return what kind of change it is, the result, and whether it still says the same."""
    which = bench.chance.randrange(2)
    genuine = bench.documents[which]
    kind = bench.chance.choices(("bytes", "members", "spelling", "code", "paper"), (30, 40, 8, 12, 10))[0]
    if kind == "code":
        text = code_changed(bench, which)
        return kind, text.encode("latin-1"), text.strip() in bench.codes
    if kind == "paper":
        if bench.chance.random() < 0.5:  # noqa: PLR2004 (one half)
            return "paper bytes", bytes_changed(bench.chance, bench.papers[which], most=40), False
        data = members_changed(bench, which)
        return kind, attachment.attached(bench.papers[which], data), meaning(data) == meaning(genuine)
    changes: dict[str, Callable[[], bytes]] = {
        "bytes": lambda: bytes_changed(bench.chance, genuine),
        "members": lambda: members_changed(bench, which),
        "spelling": lambda: spelled_otherwise(bench.chance, genuine),
    }
    data = changes[kind]()
    return kind, data, meaning(data) in [meaning(each) for each in bench.documents]


def judged(bench: Bench, data: bytes) -> verify.Judgement:
    """Judge what a stranger would hand in."""
    return presented.judge(data, bench.trust, at=AT)


def tried(bench: Bench, count: int) -> dict[str, Any]:
    """Change, judge and count."""
    shown = [judged(bench, each).shown for each in bench.documents]
    counted: Counter[str] = Counter()
    examples: dict[str, list[str]] = {"accepted": [], "refused": []}
    for _ in range(count):
        kind, data, is_same = changed(bench)
        found = judged(bench, data)
        is_accepted = found.unaltered.value is Answer.YES
        if kind == "paper bytes":  # what is drawn is not signed: whatever is attached still has to be genuine
            is_same = is_accepted and found.shown in shown
        wrong = {(True, False): "accepted", (False, True): "refused"}.get((is_accepted, is_same))
        counted[kind] += 1
        counted["same" if is_same else "changed"] += 1
        if wrong:
            counted[wrong] += 1
            examples[wrong] = [*examples[wrong], data.decode("latin-1")][:3]
    genuine = (*bench.documents, *bench.papers, *(each.encode() for each in bench.codes))
    counted["refused"] += sum(judged(bench, each).unaltered.value is not Answer.YES for each in genuine)
    return {
        **{name: counted[name] for name in ("accepted", "refused", "changed", "same")},
        "kinds": {name: counted[name] for name in sorted(counted) if name not in ("accepted", "refused")},
        "examples": {name: found for name, found in examples.items() if found},
    }


def main() -> int:
    """Try and print; exit 1 where one passed that must not, or did not pass that must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    start = time.process_time()
    found = {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]},
        "mutations": asked.count,
        **tried(made(asked.seed), asked.count),
    }
    print(json.dumps({**found, "seconds": time.process_time() - start}, indent=1, ensure_ascii=False))
    return int(bool(found["accepted"] or found["refused"]))


if __name__ == "__main__":
    sys.exit(main())
