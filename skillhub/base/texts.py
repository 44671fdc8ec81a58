"""Characters that no reader sees: the one place that says what no text may hold, whoever sends it."""

from __future__ import annotations

import re

# Control characters other than tab and line ends, half characters, and signs that turn the
# direction of what follows.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# Signs without width, and letters and patterns that are drawn as nothing.
_UNSEEN = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f"
    r"\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]*"
)


def is_hidden(text: str) -> bool:
    """Tell whether a text holds what nobody sees, or is nothing else; blanks alone are another matter."""
    return _HIDDEN.search(text) is not None or (text.strip() != "" and _UNSEEN.fullmatch(text) is not None)
