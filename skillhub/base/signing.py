"""The only place that makes and opens private signing keys: Ed25519, a file for each, named by its purpose.

Whoever serves pages never calls this: the background worker and the command line sign.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.base import seal


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


def newest(folder: Path, purpose: str) -> SigningKey | None:
    """Open the newest key of a purpose, None if there is none.

    :raises skillhub.base.seal.KeyProblem: it is damaged, or others can read it.
    """
    ids = _ids(folder, purpose)
    if not ids:
        return None
    private = Ed25519PrivateKey.from_private_bytes(seal.read(folder / f"{ids[-1]}.key"))
    return SigningKey(ids[-1], private)


def make(folder: Path, key_id: str) -> SigningKey:
    """Write a new key, readable by its owner only.

    :raises FileExistsError: there is one with this id.
    """
    private = Ed25519PrivateKey.generate()
    descriptor = os.open(folder / f"{key_id}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(private.private_bytes_raw().hex())
        file.flush()
        os.fsync(file.fileno())
    return SigningKey(key_id, private)


def _ids(folder: Path, purpose: str) -> list[str]:
    """Return the ids of a purpose, the newest last."""
    named = re.compile(rf"{re.escape(purpose)}-([0-9]{{4}})-([0-9]{{2}})(?:-([0-9]+))?")
    found = [named.fullmatch(path.stem) for path in folder.glob(f"{purpose}-*.key")]
    ordered = sorted((int(each[1]), int(each[2]), int(each[3] or 1), each[0]) for each in found if each)
    return [each[-1] for each in ordered]
