"""The only place that signs; what no closed model reads, or no signature would cover, is refused."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.credentials.vc import proof
from skillhub.credentials.vc.shapes import Closed


def spelled(document: dict[str, Any]) -> str:
    """Return the one spelling in which our documents are kept and handed out."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def signed(
    shape: type[Closed], document: dict[str, Any], options: dict[str, str], key: Ed25519PrivateKey
) -> str:
    """Return a document with its proof, as it is handed out.

    :raises pydantic.ValidationError: it has a member that its shape has not, or lacks one.
    :raises skillhub.credentials.vc.canon.Unsigned: a member is in no context.
    """
    shape.read(document)
    made = proof.sign(document, options, key)
    shape.read(made)
    return spelled(made)
