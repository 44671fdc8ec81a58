"""The only place that decides what is a person's name and how it is written: one way for each name."""

from __future__ import annotations

import re
import unicodedata

from skillhub.accounts.rules.text import half_width, is_han
from skillhub.accounts.wrong import Wrong

LONGEST = 50
DOT = "\u00b7"
_DOTS = (
    "\u2022\u30fb\u2027\uff0e\uff65\u2219\u22c5\u0387\u2024"  # all are written for the one dot of ID cards
)
_MASKS = "*\u2217\u203b\u00d7\u25cf\u25cb\u25a0\u25a1\u2588?#_"
_SIGNS = frozenset(DOT + " -'.()\u2019")
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_UNASSIGNED = "Cn"
_PRIVATE = "Co"


def name(text: str) -> str:
    """Return the name in the one form in which it is kept.

    :raises Wrong: says why it is no name.
    """
    written = _dotted(text)
    if any(unicodedata.category(character) in _HIDDEN for character in written):
        raise Wrong("name_hidden")
    written = _spaced(written)
    if not written:
        raise Wrong("name_missing")
    if _is_masked(written):
        raise Wrong("name_masked")
    if len(written) > LONGEST:
        raise Wrong("name_long")
    if unicodedata.category(written[0])[0] == "M" or not all(_is_of_a_name(each) for each in written):
        raise Wrong("name_signs")
    if not any(is_han(each) or each.isalpha() for each in written):
        raise Wrong("name_signs")
    return written


def _dotted(text: str) -> str:
    written = "".join(DOT if character in _DOTS else character for character in text)
    characters = list(half_width(written.strip()))
    for place in range(1, len(characters) - 1):
        if characters[place] == "." and is_han(characters[place - 1]) and is_han(characters[place + 1]):
            characters[place] = DOT
    return "".join(characters)


def _spaced(written: str) -> str:
    """Keep one space between Latin words, none beside Han characters or the dot."""
    kept: list[str] = []
    words = written.split()
    for place, word in enumerate(words):
        if place and not _joins(words[place - 1][-1], word[0]):
            kept.append(" ")
        kept.append(word)
    return "".join(kept)


def _joins(before: str, after: str) -> bool:
    return DOT in (before, after) or (is_han(before) and is_han(after))


def _is_masked(written: str) -> bool:
    if any(character in _MASKS for character in written):
        return True
    return is_han(written[0]) and bool(re.fullmatch(r".{1,2}(?:某{1,3}|[Xx]{1,3})|.某.", written))


def _is_of_a_name(character: str) -> bool:
    if is_han(character) or character in _SIGNS:
        return True
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd"
