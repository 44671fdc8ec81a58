"""The only place that makes and opens private signing keys: Ed25519, a file for each, named by its purpose.

Whoever serves pages never calls this, and in production refuses to start where it
could (`require_unreadable`): the background worker and the command line sign.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.base import seal

_ID = re.compile(r"([a-z]+(?:-[a-z]+)*)-([0-9]{4})-([0-9]{2})(?:-([0-9]+))?")


@dataclass(frozen=True)
class SigningKey:
    """One key; its id is the name of its file: ``purpose-YYYY-MM``, with a serial from the second on."""

    key_id: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public half, in hexadecimal digits."""
        return self.private.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> bytes:
        """Return the signature; the same message always has the same one."""
        return self.private.sign(message)


def path_of(folder: Path, key_id: str) -> Path:
    """Return the file of a key."""
    return folder / f"{key_id}.key"


def newest(folder: Path, purpose: str) -> SigningKey | None:
    """Open the newest key of a purpose, None if there is none.

    :raises skillhub.base.seal.KeyProblem: it is damaged, or others can read it.
    """
    ids = _ids(folder, purpose)
    return opened(folder, ids[-1]) if ids else None


def opened(folder: Path, key_id: str) -> SigningKey:
    """Open a key.

    :raises skillhub.base.seal.KeyProblem: its file is missing, damaged, or readable by others.
    """
    return SigningKey(key_id, Ed25519PrivateKey.from_private_bytes(seal.read(path_of(folder, key_id))))


def make(folder: Path, key_id: str) -> SigningKey:
    """Write a new key, readable by its owner only.

    :raises FileExistsError: there is one with this id.
    """
    private = Ed25519PrivateKey.generate()
    seal.write(path_of(folder, key_id), private.private_bytes_raw())
    return SigningKey(key_id, private)


def next_id(folder: Path, purpose: str, day: date, taken: Collection[str] = ()) -> str:
    """Return the id of a key that is made on this day: a free one, whose file is not there either."""
    key_id, serial = f"{purpose}-{day:%Y-%m}", 1
    while key_id in taken or path_of(folder, key_id).exists():
        serial += 1
        key_id = f"{purpose}-{day:%Y-%m}-{serial}"
    return key_id


def require_unreadable(folder: Path) -> None:
    """Refuse to go on where this process could open a key that signs.

    :raises skillhub.base.seal.KeyProblem: it could.
    """
    for path in sorted(folder.glob("*.key")):
        if _ID.fullmatch(path.stem) and os.access(path, os.R_OK):
            raise seal.KeyProblem(
                f"网页服务能读到签发密钥 {path.name}，所以没有启动。"
                "请把签发密钥放到只有后台用户能读的目录"
                "（给后台单独设置 SKILLHUB_KEYS），网页服务的密钥目录里不要有它。"
            )


def _ids(folder: Path, purpose: str) -> list[str]:
    """Return the ids of a purpose, the newest last."""
    found = [_ID.fullmatch(path.stem) for path in folder.glob(f"{purpose}-*.key")]
    ordered = sorted(
        (int(each[2]), int(each[3]), int(each[4] or 1), each[0])
        for each in found
        if each and each[1] == purpose
    )
    return [each[-1] for each in ordered]
