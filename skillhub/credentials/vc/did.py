"""The only place that knows did:web: which host an issuer is, and the document that names its keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from skillhub.credentials.vc import proof

PREFIX = "did:web:"
CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")


def of_host(host: str) -> str:
    """Return the identifier of a host; a port is written as the method asks."""
    return PREFIX + host.replace(":", "%3A")


def host_of(identifier: str) -> str:
    """Return the host behind an identifier, empty if it is no plain did:web."""
    if not identifier.startswith(PREFIX):
        return ""
    return identifier.removeprefix(PREFIX).replace("%3A", ":")


def key_address(identifier: str, key_id: str) -> str:
    """Return the address of one key; the fragment is a name and never the key itself."""
    return f"{identifier}#{key_id}"


def document(identifier: str, asserting: Mapping[str, str], others: Mapping[str, str]) -> dict[str, Any]:
    """Return the DID document.

    :param asserting: key ids and multibase keys that sign credentials.
    :param others: keys for other purposes, which no credential may be signed with.
    """
    return {
        "@context": list(CONTEXTS),
        "id": identifier,
        "verificationMethod": [
            {
                "id": key_address(identifier, key_id),
                "type": "Multikey",
                "controller": identifier,
                "publicKeyMultibase": key,
            }
            for key_id, key in (*asserting.items(), *others.items())
        ],
        "assertionMethod": [key_address(identifier, key_id) for key_id in asserting],
    }


def asserting_keys(found: Mapping[str, Any], identifier: str) -> dict[str, Ed25519PublicKey]:
    """Return the keys by address with which this issuer signs credentials; others do not count."""
    if found.get("id") != identifier:
        return {}
    named = {each for each in _items(found.get("assertionMethod")) if isinstance(each, str)}
    return {address: key for address, key in _methods(found, identifier).items() if address in named}


def named_keys(found: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """Return all keys of a document by host and name: ``demo.example#offline-2025-11``."""
    identifier = str(found.get("id"))
    methods = _methods(found, identifier)
    return {f"{host_of(identifier)}#{address.partition('#')[2]}": key for address, key in methods.items()}


def _methods(found: Mapping[str, Any], identifier: str) -> dict[str, Ed25519PublicKey]:
    keys: dict[str, Ed25519PublicKey] = {}
    for method in _items(found.get("verificationMethod")):
        if not isinstance(method, Mapping) or method.get("controller") != identifier:
            continue
        address, key = method.get("id"), proof.public_key(str(method.get("publicKeyMultibase", "")))
        if isinstance(address, str) and address.startswith(f"{identifier}#") and key is not None:
            keys[address] = key
    return keys


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()
