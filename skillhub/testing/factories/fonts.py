"""Fonts as a district may add them: the smallest that a paper can embed, with boxes for characters."""

from __future__ import annotations

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


def font(characters: str, *, embedding: int = 0, height: int = 700) -> bytes:
    """Return a font that draws a box for each character."""
    pen = TTGlyphPen(None)
    for place, point in enumerate(((0, 0), (0, height), (800, height), (800, 0))):
        (pen.lineTo if place else pen.moveTo)(point)
    pen.closePath()
    names = [".notdef", *(f"box{place}" for place in range(len(characters)))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(each): name for each, name in zip(characters, names[1:], strict=True)})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "补字", "styleName": "Regular", "psName": "Spare"})
    builder.setupOS2(fsType=embedding)
    builder.setupPost(keepGlyphNames=False)
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()
