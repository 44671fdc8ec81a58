"""The only place that makes and opens the issuer's private keys: one file for each purpose and month.

The worker opens them, and commands that act for it; a web process never does, and in
production refuses to start where it could (`require_unreadable`).
"""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.base import clock, seal
from skillhub.base.seal import KEY_BYTES, KeyProblem

FILE = "-key-"


class Purpose(StrEnum):
    """What a key signs; its value begins the names of its files."""

    CREDENTIAL = "credential"
    OFFLINE = "offline"

    @property
    def fragment(self) -> str:
        """How the names of such keys begin where the public sees them."""
        return "key" if self is Purpose.CREDENTIAL else self.value


def path_of(folder: Path, purpose: Purpose, key_id: str) -> Path:
    """Return the file of a key."""
    return folder / f"{purpose.value}{FILE}{key_id.removeprefix(purpose.fragment + '-')}"


def make(folder: Path, purpose: Purpose, taken: frozenset[str]) -> str:
    """Write a new key of this month and return its id; a second one of a month gets a number."""
    month = f"{purpose.fragment}-{clock.real_now():%Y-%m}"
    key_id, count = month, 1
    while key_id in taken or path_of(folder, purpose, key_id).exists():
        count += 1
        key_id = f"{month}-{count}"
    seal.write_key(path_of(folder, purpose, key_id), secrets.token_bytes(KEY_BYTES))
    return key_id


def found(folder: Path, purpose: Purpose) -> tuple[str, ...]:
    """Return the ids of the keys that lie in the folder."""
    stem = f"{purpose.value}{FILE}"
    return tuple(
        f"{purpose.fragment}-{path.name.removeprefix(stem)}" for path in sorted(folder.glob(f"{stem}*"))
    )


def opened(folder: Path, purpose: Purpose, key_id: str) -> Ed25519PrivateKey:
    """Return a private key.

    :raises KeyProblem: its file is missing, damaged, or readable by others.
    """
    return Ed25519PrivateKey.from_private_bytes(seal.read_key(path_of(folder, purpose, key_id)))


def require_unreadable(folder: Path) -> None:
    """Refuse to go on where this process could open a key of the issuer.

    :raises KeyProblem: it could.
    """
    for purpose in Purpose:
        for path in sorted(folder.glob(f"{purpose.value}{FILE}*")):
            if os.access(path, os.R_OK):
                raise KeyProblem(
                    f"网页服务能读到签发密钥 {path.name}，所以没有启动。"
                    "请把签发密钥放到只有后台用户能读的目录"
                    "（给后台单独设置 SKILLHUB_KEYS），网页服务的密钥目录里不要有它。"
                )
