"""The only place that seals and opens ID numbers and phones, and that hashes them for look-up.

AES-256-GCM, bound to the row (a sealed text copied to another row does not
open); the key's id stands before the text, so that keys can be changed. Look-up
goes by HMAC-SHA-256 with a key of its own: without it an 18-digit number could
be found by trying them all. Keys lie in files of their own, outside the database.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

NONCE_BYTES = 12
KEY_BYTES = 32


class KeyProblem(Exception):
    """A key file is missing, or others can read it; the message says what to do."""


@dataclass(frozen=True)
class Keyring:
    """The keys of one installation; `sealing` maps a key's id to its bytes, the last id seals."""

    sealing: Mapping[str, bytes]
    lookup: bytes
    session: bytes

    def seal(self, text: str, *, bound_to: str) -> bytes:
        """Return the sealed text; `bound_to` names table, column and row."""
        key_id = max(self.sealing)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.sealing[key_id]).encrypt(nonce, text.encode(), bound_to.encode())
        return key_id.encode() + b":" + nonce + sealed

    def opened(self, sealed: bytes, *, bound_to: str) -> str:
        """Return the text again.

        :raises cryptography.exceptions.InvalidTag: it was changed, or belongs to another row.
        :raises KeyProblem: its key is not in the keyring.
        """
        key_id, _, rest = sealed.partition(b":")
        key = self.sealing.get(key_id.decode())
        if key is None:
            raise KeyProblem(f"缺少密钥 seal-{key_id.decode()}.key，请从备份恢复到密钥目录。")
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound_to.encode()).decode()

    def hashed(self, kind: str, text: str) -> str:
        """Return the keyed hash by which a sealed text is found; kinds never meet."""
        return hmac.new(self.lookup, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()


def make(folder: Path) -> None:
    """Write a new set of keys, readable by their owner only; existing files are kept."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("seal-1.key", "lookup.key", "session.key"):
        if not (folder / name).exists():
            write(folder / name, secrets.token_bytes(KEY_BYTES))


def write(path: Path, key: bytes) -> None:
    """Write a key into a file of its own that only its owner can read.

    :raises FileExistsError: there is one already; keys are never written over.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())


def load(folder: Path) -> Keyring:
    """Read the keys.

    :raises KeyProblem: a file is missing, damaged, or readable by others.
    """
    sealing = {path.stem.removeprefix("seal-"): read(path) for path in sorted(folder.glob("seal-*.key"))}
    if not sealing:
        raise KeyProblem(
            f"密钥目录 {folder} 里没有 seal-*.key。新装请运行 skillhub init，旧库请从备份恢复密钥。"
        )
    return Keyring(sealing, read(folder / "lookup.key"), read(folder / "session.key"))


def read(path: Path) -> bytes:
    """Return the 32 bytes of a key file.

    :raises KeyProblem: it is missing, damaged, or readable by others.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise KeyProblem(f"读不到密钥 {path}（{error.strerror}）。请从备份恢复这个文件。") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyProblem(f"密钥 {path} 别人也能读。请运行：chmod 600 {path}")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyProblem(f"密钥 {path} 不是64位十六进制数。请从备份恢复这个文件。")
    return key


def keyring() -> Keyring:
    """Return the keys of the running application."""
    ring = current_app.extensions["skillhub.keyring"]
    if not isinstance(ring, Keyring):
        raise TypeError("the application has no keyring")
    return ring
