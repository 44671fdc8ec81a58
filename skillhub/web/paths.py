"""Where a visitor may be sent next: the one check of addresses that come from outside."""

from __future__ import annotations

import re
from urllib.parse import unquote

LONGEST = 2000
_BEYOND = re.compile(
    r"[\x00-\x20\x7f\\]"
)  # control characters, blanks and backslashes: browsers read them differently


def own(address: str | None, otherwise: str = "/") -> str:
    """Return an address if it is a path on this host, else `otherwise`."""
    if not address or len(address) > LONGEST or not address.startswith("/") or address.startswith("//"):
        return otherwise
    decoded = unquote(unquote(address))
    if _BEYOND.search(decoded.split("?", 1)[0]) or _BEYOND.search(address) or decoded.startswith("//"):
        return otherwise
    return otherwise if _has_control(decoded) else address


def _has_control(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text)
