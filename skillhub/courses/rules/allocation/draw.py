"""The hashes of a drawing: what is promised before it, and who comes first in it."""

from __future__ import annotations

import hashlib

SEED_BYTES = 32
NO_BEACON = bytes(32)
"""Stands for the head of the last signed allocation log while the installation has none."""


def commitment(seed: bytes, batch: str) -> str:
    """Return what is published instead of the seed, in hexadecimal digits."""
    return hashlib.sha256(seed + batch.encode()).hexdigest()


def ticket(*, seed: bytes, beacon: bytes, receipt_sha256: str) -> str:
    """Return the ticket of an application, in hexadecimal digits: the lowest comes first."""
    return hashlib.sha256(seed + beacon + bytes.fromhex(receipt_sha256)).hexdigest()
