"""The only place that reads a district's colour from the style sheet, so that paper and page agree."""

from __future__ import annotations

import functools
import re

from skillhub.web import assets

SHEET = "tokens.css"
_ANY = re.compile(r":root\s*\{\s*--hue:\s*([0-9]+)")
_ONE = re.compile(r"\[data-district=\"([0-9]{6})\"\]\s*\{\s*--hue:\s*([0-9]+)")


def hue(district: str) -> int:
    """Return the hue of a district, 0 to 360; the common one for a district without its own."""
    common, own = _hues()
    return own.get(district, common)


@functools.cache
def _hues() -> tuple[int, dict[str, int]]:
    sheet = (assets.FOLDER / SHEET).read_text(encoding="utf-8")
    common = _ANY.search(sheet)
    return int(common.group(1)) if common else 0, {code: int(number) for code, number in _ONE.findall(sheet)}
