"""The only place that writes lines of an allocation log: canonical JSON, each chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from skillhub.courses.rules.allocation import WHOLE_BATCH, Plan

VERSION = 1
CONTEXT = b"skillhub allocation log v1\n"
"""Stands before what is signed, so that the signature is good for nothing else."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the first line says: the batch, its plan, and of a draw its hashes in hexadecimal digits."""

    batch: str
    plan: Plan
    seed_commitment: str | None = None
    seed: str | None = None
    beacon: str | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry before it is chained; one about the whole batch has the defaults."""

    at: datetime
    event: str
    state: str
    receipt_sha256: str = WHOLE_BATCH
    order_no: int = 0
    group: str | None = None
    name_masked: str = ""


@dataclass(frozen=True)
class Frozen:
    """All lines but the signed last one, the number of entries, and the hash that stands for them all."""

    text: str
    size: int
    root: str


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one way of writing a JSON object (RFC 8785).

    :raises rfc8785.CanonicalizationError: it holds a number or a text that cannot be written.
    """
    return rfc8785.dumps(value)


def instant(at: datetime) -> str:
    """Write an instant in UTC, always with six digits of microseconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def sha256(data: bytes) -> str:
    """Return a hash in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def receipt_sha256(receipt: str) -> str:
    """Return what stands for a receipt; who holds it can compute this, nobody else can turn it round."""
    return sha256(receipt.encode())


def plan_sha256(batch: str, plan: Plan) -> str:
    """Return the hash of a plan, which is published before anybody applies."""
    return plan_hash(batch, plan.mode.value, plan_values(plan))


def plan_hash(batch: object, mode: object, plan: object) -> str:
    """Return the hash of a plan as it stands in a first line."""
    return sha256(canonical({"batch": batch, "mode": mode, "plan": plan}))


def plan_values(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON."""
    return {
        "seats": plan.seats,
        "quotas": [{"group": each.group, "seats": each.seats} for each in plan.quotas],
        "release_at": instant(plan.release_at) if plan.release_at else None,
        "cut_off": instant(plan.cut_off),
    }


def chained(prev: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of an entry: of the hash before it, and of its own line without `hash`."""
    return sha256(bytes.fromhex(prev) + canonical(entry))


def frozen(header: Header, lines: Iterable[Line]) -> Frozen:
    """Write the first line and all entries."""
    first = canonical(
        {
            "v": VERSION,
            "batch": header.batch,
            "mode": header.plan.mode.value,
            "plan": plan_values(header.plan),
            "plan_sha256": plan_sha256(header.batch, header.plan),
            "seed_commitment": header.seed_commitment,
            "seed": header.seed,
            "beacon": header.beacon,
        }
    )
    return extended(Frozen(first.decode() + "\n", 0, sha256(first)), lines)


def extended(before: Frozen, lines: Iterable[Line]) -> Frozen:
    """Go on from an earlier edition, whose lines stay as they are."""
    written, root, size = [before.text], before.root, before.size
    for line in lines:
        size += 1
        entry = {
            "n": size,
            "receipt_sha256": line.receipt_sha256,
            "order_no": line.order_no,
            "group": line.group,
            "name_masked": line.name_masked,
            "at": instant(line.at),
            "event": str(line.event),
            "state": str(line.state),
            "prev": root,
        }
        root = chained(root, entry)
        written.append(canonical(entry | {"hash": root}).decode() + "\n")
    return Frozen("".join(written), size, root)


def names(text: str) -> dict[str, str]:
    """Return the masked name of each receipt that an earlier edition has."""
    entries = [json.loads(line) for line in text.split("\n")[1:-1]]
    return {entry["receipt_sha256"]: entry["name_masked"] for entry in entries}


def signed_bytes(*, size: int, root: str, key_id: str) -> bytes:
    """Return what the key signs."""
    return CONTEXT + canonical({"size": size, "root": root, "key_id": key_id})


def last_line(*, size: int, root: str, key_id: str, signature: bytes) -> str:
    """Write the last line."""
    last = {"size": size, "root": root, "key_id": key_id, "signature": signature.hex()}
    return canonical(last).decode() + "\n"
