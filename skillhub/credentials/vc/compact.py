"""The only place that knows the short signed form of a certificate, small enough for a QR code.

Form: ``SH1.<payload>.<signature>``, both base64url without padding. The payload is a
JSON array of texts in the order of `FIELDS`; signed is `DOMAIN` followed by the
payload's bytes, with Ed25519 and a key that signs nothing else.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from skillhub.credentials.rules.facts import Facts
from skillhub.credentials.vc import badge

MARK = "SH1"
KEY_NAMES = "offline-"
DOMAIN = b"SkillHub certificate 1\n"
LONGEST = 4000
FIELDS = (
    "host",
    "key",
    "public_id",
    "number",
    "name",
    "identity_last4",
    "course",
    "starts_on",
    "ends_on",
    "body",
    "issued_on",
    "trade",
    "level_name",
    "batch",
    *badge.NAMED,
)


@dataclass(frozen=True)
class Compact:
    """What a QR code says, and who says so; `is_signed` is None where the key is not known."""

    host: str
    key_id: str
    shown: badge.Shown
    is_signed: bool | None


def is_key(name: str) -> bool:
    """Tell by its name whether a key signs codes; others sign none."""
    return name.startswith(KEY_NAMES)


def frozen(facts: Facts, *, host: str, key_id: str, public_id: str) -> str:
    """Return the payload of a certificate, ready to be signed."""
    values = {
        "host": host,
        "key": key_id,
        "public_id": public_id,
        "starts_on": facts.starts_on.isoformat(),
        "ends_on": facts.ends_on.isoformat(),
        "issued_on": facts.issued_on.isoformat(),
    }
    texts = [values.get(name) or _text(getattr(facts, name, None)) for name in FIELDS]
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def sign(payload: str, key: Ed25519PrivateKey) -> str:
    """Return the text of the QR code."""
    body = payload.encode()
    return f"{MARK}.{_packed(body)}.{_packed(key.sign(DOMAIN + body))}"


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _packed(data) != text:
        raise ValueError("not the one spelling")
    return data


def read(text: str, keys: Mapping[str, Ed25519PublicKey]) -> Compact | None:
    """Return what a code says; None if it is none of ours.

    :param keys: the keys that one trusts, by host and id: ``demo.example#offline-2026-11``.
    """
    mark, _, rest = text.strip().partition(".")
    if mark != MARK or len(text) > LONGEST:
        return None
    try:
        body, signature = (_unpacked(part) for part in rest.split("."))
        values = dict(zip(FIELDS, _texts(body), strict=True))
        found = _shown(values)
    except (ValueError, binascii.Error):
        return None
    key = keys.get(f"{values['host']}#{values['key']}")
    is_signed = None if key is None else _is_good(key, signature, body)
    return Compact(values["host"], values["key"], found, is_signed)


def _texts(body: bytes) -> list[str]:
    found = json.loads(body.decode())
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError("no list of texts")
    return found


def _shown(values: Mapping[str, str]) -> badge.Shown:
    return badge.Shown(
        public_id=values["public_id"],
        number=values["number"],
        name=values["name"],
        identity_last4=values["identity_last4"],
        course=values["course"],
        trade=values["trade"],
        level_name=values["level_name"] or None,
        starts_on=date.fromisoformat(values["starts_on"]),
        ends_on=date.fromisoformat(values["ends_on"]),
        body=values["body"],
        issued_on=date.fromisoformat(values["issued_on"]),
        batch=values["batch"],
        results={name: int(values[name]) for name in badge.NAMED if values[name]},
    )


def _is_good(key: Ed25519PublicKey, signature: bytes, body: bytes) -> bool:
    try:
        key.verify(signature, DOMAIN + body)
    except InvalidSignature:
        return False
    return True
