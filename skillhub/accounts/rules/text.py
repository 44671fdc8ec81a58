"""The only place that knows which characters are written twice as wide and which are Han."""

from __future__ import annotations

FULL_WIDTH_FIRST, FULL_WIDTH_LAST, TO_HALF = 0xFF01, 0xFF5E, 0xFEE0
IDEOGRAPHIC_SPACE = "\u3000"
_HAN = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),  # planes 2 and 3: characters newer than Python's tables, too
)
_HAN_SIGNS = "〇々"
_HALF = {point: point - TO_HALF for point in range(FULL_WIDTH_FIRST, FULL_WIDTH_LAST + 1)}
_HALF[ord(IDEOGRAPHIC_SPACE)] = ord(" ")


def half_width(text: str) -> str:
    """Return the text with full-width letters, digits and signs made half-width; Han characters stay."""
    return text if text.isascii() else text.translate(_HALF)


def is_han(character: str) -> bool:
    """Tell whether a character is Han, beyond the basic plane included."""
    if "\u4e00" <= character <= "\u9fff":  # nearly all of them
        return True
    point = ord(character)
    return character in _HAN_SIGNS or any(first <= point <= last for first, last in _HAN)
