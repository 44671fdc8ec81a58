"""The only place that reads JSON-LD contexts: from an installed, locked package, each pinned by its SHA-256.

Nothing is ever fetched: a context that is not listed here does not exist for us.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
BADGE = (CREDENTIALS, OPEN_BADGES, EXTENSIONS)
"""The contexts of an Open Badge, in the order that the standard asks for."""
STATUS_LIST = (CREDENTIALS,)

PACKAGE = "openbadgeslib"
FOLDER = "openbadgeslib/ob3/contexts"
PINNED: Mapping[str, tuple[str, str]] = {
    CREDENTIALS: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    EXTENSIONS: (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
}


class UnknownContext(ValueError):
    """A document names a context that is not pinned here."""


class ContextAltered(RuntimeError):
    """The installed package does not carry the context that was reviewed."""


@cache
def document(address: str) -> dict[str, Any]:
    """Return a context.

    :raises UnknownContext: it is none of ours.
    :raises ContextAltered: the installed file is not the one that was reviewed.
    """
    if address not in PINNED:
        raise UnknownContext(address)
    name, sha256 = PINNED[address]
    data = Path(str(distribution(PACKAGE).locate_file(f"{FOLDER}/{name}"))).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ContextAltered(f"{PACKAGE}: {name}")
    found: dict[str, Any] = json.loads(data)
    return found


def load(address: str, _options: object = None) -> dict[str, Any]:
    """Return a context in the shape that PyLD asks its loaders for."""
    return {
        "contextUrl": None,
        "documentUrl": address,
        "contentType": "application/ld+json",
        "document": document(address),
    }
