"""The only place that checks the unified social credit code of an organisation (GB 32100, mod 31)."""

from __future__ import annotations

import re

from skillhub.accounts.rules.text import half_width
from skillhub.accounts.wrong import Wrong

_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z: they look like digits
_MODULUS = 31


def uscc(text: str) -> str:
    """Return the eighteen characters.

    :raises Wrong: says what cannot be right.
    """
    code = re.sub(r"[\s-]+", "", half_width(text)).upper()
    if not re.fullmatch(r"[0-9A-Z]{18}", code):
        raise Wrong("uscc_length")
    if any(character not in _CHARACTERS for character in code):
        raise Wrong("uscc_letters")
    if check_character(code[:17]) != code[17]:
        raise Wrong("uscc_check")
    return code


def check_character(first17: str) -> str:
    """Return the last character that belongs to the first seventeen."""
    total = sum(
        _CHARACTERS.index(character) * pow(3, place, _MODULUS) for place, character in enumerate(first17)
    )
    return _CHARACTERS[-total % _MODULUS]
