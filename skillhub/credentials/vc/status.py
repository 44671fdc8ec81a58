"""The only place that writes and reads Bitstring Status Lists (W3C Bitstring Status List v1.0)."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import zlib
from collections.abc import Iterable

SIZE = 131_072
"""Bits in a list: the least that the standard allows, so that one bit says little about whom it is."""
PURPOSE = "revocation"
BASE64URL = "u"
_BYTES = SIZE // 8


class ListUnreadable(ValueError):
    """The encoded list is none that the standard allows."""


def encoded(revoked: Iterable[int]) -> str:
    """Return the list with these bits set; index 0 is the left-most bit. The same bits give the same text."""
    bits = bytearray(_BYTES)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return BASE64URL + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def bits(text: str) -> bytes:
    """Return the bits of an encoded list.

    :raises ListUnreadable: no multibase, no gzip, or another length than ours.
    """
    if not text.startswith(BASE64URL):
        raise ListUnreadable("no base64url multibase")
    body = text[1:]
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        with gzip.open(io.BytesIO(packed)) as file:
            found = file.read(_BYTES + 1)
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error) as error:
        raise ListUnreadable(type(error).__name__) from error
    if len(found) != _BYTES:
        raise ListUnreadable("another length")
    return found


def is_set(found: bytes, index: int) -> bool:
    """Tell whether a bit is set."""
    return bool(found[index // 8] & (0x80 >> index % 8))


def indexes(found: bytes) -> frozenset[int]:
    """Return which bits are set."""
    return frozenset(
        place * 8 + bit
        for place, byte in enumerate(found)
        if byte
        for bit in range(8)
        if byte & (0x80 >> bit)
    )
