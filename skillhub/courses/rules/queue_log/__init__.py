"""The allocation log: how it is written, signed, read and checked, knowing no database.

docs/allocation-log.md says the same to the byte, for strangers.
"""

from __future__ import annotations

from skillhub.courses.rules.queue_log.keys import PublicKey, from_document, from_pem, keys_document
from skillhub.courses.rules.queue_log.lines import (
    Frozen,
    Header,
    Line,
    extended,
    frozen,
    instant,
    last_line,
    names,
    plan_sha256,
    receipt_sha256,
    signed_bytes,
)
from skillhub.courses.rules.queue_log.verifying import Answer, Fault, Verdict, verify

__all__ = [
    "Answer",
    "Fault",
    "Frozen",
    "Header",
    "Line",
    "PublicKey",
    "Verdict",
    "extended",
    "from_document",
    "from_pem",
    "frozen",
    "instant",
    "keys_document",
    "last_line",
    "names",
    "plan_sha256",
    "receipt_sha256",
    "signed_bytes",
    "verify",
]
