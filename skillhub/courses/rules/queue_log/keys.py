"""Public keys of allocation logs: their ids, and the document in which an installation publishes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from skillhub.courses.rules.queue_log.lines import instant

USE = "allocation-log"
ALGORITHM = "Ed25519"
ADDRESS = "/.well-known/skillhub-keys.json"
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PublicKey:
    """One key that may have signed; `key_id` None stands for any (a bare key brings no name)."""

    key_id: str | None
    raw: bytes

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def keys_document(keys: Iterable[tuple[str, str, datetime]]) -> dict[str, object]:
    """Return what is published: of each key its id, the 32 bytes in hexadecimal digits, and since when."""
    return {
        "keys": [
            {"id": name, "use": USE, "algorithm": ALGORITHM, "public_key": public, "from": instant(made_at)}
            for name, public, made_at in keys
        ]
    }


def from_document(text: str) -> tuple[PublicKey, ...]:
    """Read a published document of keys; those for other uses are left out.

    :raises ValueError: it is no such document.
    """
    document = json.loads(text)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ValueError("no list of keys")
    ours = [each for each in listed if (each.get("use"), each.get("algorithm")) == (USE, ALGORITHM)]
    return tuple(_listed(each) for each in ours)


def _listed(entry: dict[str, object]) -> PublicKey:
    name, public = entry.get("id"), entry.get("public_key")
    if not isinstance(name, str) or not isinstance(public, str) or not _HEX.fullmatch(public):
        raise ValueError("a key without id or public_key")
    return PublicKey(name, bytes.fromhex(public))


def from_pem(text: str) -> tuple[PublicKey, ...]:
    """Read one Ed25519 public key in PEM.

    :raises ValueError: it is none.
    """
    try:
        key = load_pem_public_key(text.encode())
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("no Ed25519 key")  # noqa: TRY004 (callers know one error: unreadable)
    return (PublicKey(None, key.public_bytes_raw()),)
