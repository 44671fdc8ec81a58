"""The only place that looks into a font somebody has uploaded: whether a paper may and can embed it."""

from __future__ import annotations

import io
from dataclasses import dataclass

from fontTools.ttLib import TTFont

from skillhub.credentials.errors import FontRefused
from skillhub.credentials.font_conversion import FAMILY_NAME_ID, as_ranges

LARGEST_FONT = 12 * 1024 * 1024
LONGEST_NAME = 80
TRUETYPE = (b"\x00\x01\x00\x00", b"true")
NEEDED = ("cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post")
RESTRICTED, NOT_IN_PARTS, BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
"""What a font's maker can forbid (OS/2 fsType): embedding, embedding a part of it, embedding outlines."""


@dataclass(frozen=True)
class Examined:
    """What a font calls itself, and for which characters it has something to draw."""

    name: str
    characters: tuple[int, ...]

    @property
    def ranges(self) -> list[list[int]]:
        """The characters as runs of first and last."""
        return [list(each) for each in as_ranges(list(self.characters))]


def examined(data: bytes) -> Examined:
    """Return what a font offers.

    :raises FontRefused: it is too large, damaged, of another kind, or may not be embedded.
    """
    if len(data) > LARGEST_FONT:
        raise FontRefused("too_large")
    if not data.startswith(TRUETYPE):
        raise FontRefused("not_truetype")
    try:
        with TTFont(io.BytesIO(data), lazy=True) as font:
            return _examined(font)
    except FontRefused:
        raise
    except Exception as error:
        raise FontRefused("damaged") from error


def _examined(font: TTFont) -> Examined:
    if any(table not in font for table in NEEDED):
        raise FontRefused("not_truetype")
    forbidden = font["OS/2"].fsType if "OS/2" in font else 0
    if forbidden & (RESTRICTED | NOT_IN_PARTS | BITMAPS_ONLY):
        raise FontRefused("not_embeddable")
    outlines = font["glyf"]
    drawn = tuple(
        sorted(point for point, name in font.getBestCmap().items() if outlines[name].numberOfContours)
    )
    name = font["name"].getDebugName(FAMILY_NAME_ID) or ""
    return Examined(" ".join(name.split())[:LONGEST_NAME], drawn)
