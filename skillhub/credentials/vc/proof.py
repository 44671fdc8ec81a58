"""The only place that makes and checks `eddsa-rdfc-2022` proofs (W3C Data Integrity EdDSA Cryptosuites)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from skillhub.credentials.vc import canon, contexts
from skillhub.credentials.vc.canon import Loader

TYPE = "DataIntegrityProof"
SUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
BASE58 = "z"
ED25519 = b"\xed\x01"
SIGNATURE_BYTES = 64
KEY_BYTES = 32


def options(*, created: str, key: str) -> dict[str, str]:
    """Return a proof without its value: these members are signed together with the document."""
    return {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": key,
        "proofPurpose": PURPOSE,
    }


def hash_data(document: Mapping[str, Any], proof: Mapping[str, Any], load: Loader = contexts.load) -> bytes:
    """Return what is signed: hash of the canonical proof options, then hash of the canonical document.

    :raises skillhub.credentials.vc.canon.Unsigned: a member would not be covered.
    :raises skillhub.credentials.vc.contexts.UnknownContext: a context is not ours.
    """
    bare = {name: value for name, value in proof.items() if name != "proofValue"}
    configuration = bare | {"@context": document["@context"]}
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return _sha256(_options_of(json.dumps(configuration), load)) + _sha256(canon.canonical(unsecured, load))


@lru_cache(maxsize=32)  # those that are signed together have the same
def _options_of(configuration: str, load: Loader) -> str:
    return canon.canonical(json.loads(configuration), load)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def sign(document: Mapping[str, Any], proof: Mapping[str, str], key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the document with its one proof, as an array, which Open Badges asks for."""
    value = BASE58 + base58.b58encode(key.sign(hash_data(document, proof))).decode()
    return {**document, "proof": [{**proof, "proofValue": value}]}


def is_good(document: Mapping[str, Any], proof: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    """Tell whether one proof is by this key, over this document.

    :raises skillhub.credentials.vc.canon.Unsigned: a member is not covered by any signature.
    :raises skillhub.credentials.vc.contexts.UnknownContext: a context is not ours.
    """
    signature = decoded(str(proof.get("proofValue", "")))
    if signature is None or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        key.verify(signature, hash_data(document, proof))
    except InvalidSignature:
        return False
    return True


def decoded(text: str) -> bytes | None:
    """Return the bytes of a base58 multibase text, None if it is none."""
    if not text.startswith(BASE58) or not text.isascii():
        return None
    try:
        found = base58.b58decode(text[1:])
    except ValueError:
        return None
    return found if BASE58 + base58.b58encode(found).decode() == text else None


def multikey(key: Ed25519PublicKey) -> str:
    """Return a public key as `publicKeyMultibase`."""
    return BASE58 + base58.b58encode(ED25519 + key.public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey | None:
    """Return the key of a `publicKeyMultibase`, None if it is no Ed25519 key."""
    found = decoded(text)
    if found is None or len(found) != len(ED25519) + KEY_BYTES or not found.startswith(ED25519):
        return None
    return Ed25519PublicKey.from_public_bytes(found[len(ED25519) :])
