"""How questions and answers lie on the wire: a length, a number, and JSON; the only place that knows."""

from __future__ import annotations

import json
import struct
from typing import Any, NoReturn

from skillhub.plugins.workers.faults import Garbled

HEAD = struct.Struct(">IQ")
"""Bytes of JSON that follow, and the number of the question."""
MOST_ANSWER = 4_000_000
"""Bytes in one answer."""
HELLO = 0
"""The number of the child's first frame, which answers no question."""


def frame(number: int, value: Any) -> bytes:
    """Return one frame."""
    return framed(number, encoded(value))


def encoded(value: Any) -> bytes:
    """Return plain values as JSON."""
    return _ENCODER.encode(value).encode()


def framed(number: int, body: bytes) -> bytes:
    """Return JSON as one frame."""
    return HEAD.pack(len(body), number) + body


def value_of(body: bytes) -> Any:
    """Return what a frame says.

    :raises Garbled: it is no JSON, or JSON that only Python writes (NaN).
    """
    try:
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise Garbled(f"the answer is no JSON: {error}") from error


class Incoming:
    """Bytes as they come in, cut into frames."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what has been read."""
        self._bytes += data

    def next(self) -> tuple[int, bytes] | None:
        """Return (number, JSON) of the next whole frame, None as long as there is none.

        :raises Garbled: it announces more than an answer may hold.
        """
        if len(self._bytes) < HEAD.size:
            return None
        length, number = HEAD.unpack_from(self._bytes)
        if length > MOST_ANSWER:
            raise Garbled(f"the answer has {length} bytes, more than {MOST_ANSWER}")
        end = HEAD.size + length
        if len(self._bytes) < end:
            return None
        body = bytes(self._bytes[HEAD.size : end])
        del self._bytes[:end]
        return number, body


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


# Made once: the module's own functions make new ones for each call that is not of the plainest kind.
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_no_number)
