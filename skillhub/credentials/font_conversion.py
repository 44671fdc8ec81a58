"""The only place that turns outlines of the Chinese font into outlines a PDF can embed.

Noto Sans CJK comes as a variable collection with cubic outlines (CFF2). ReportLab
embeds quadratic outlines (TrueType) only, so one weight of the simplified-Chinese
face is drawn glyph by glyph into a new file. This takes half a minute and much
memory: it runs in a process of its own, and nothing but set-up should import it.

    python -m skillhub.credentials.font_conversion SOURCE WEIGHT FONT CHARACTERS
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

FACE = "Noto Sans CJK SC"
FAMILY = "SkillHub Sans SC"  # the font's licence reserves the name of the original
STYLES = {400: "Regular", 700: "Bold"}
LARGEST_DEVIATION = 1.0  # in units of a thousandth of an em: invisible, and half the size of 0.5
FAMILY_NAME_ID = 1
COPYRIGHT_NAME_ID = 0
VERSION_NAME_ID = 5


@contextmanager
def opened_face(source: Path, face: str = FACE) -> Iterator[TTFont]:
    """Open one face of a font collection.

    :raises LookupError: the collection has no face of that name.
    """
    with TTCollection(str(source), lazy=True) as collection:
        fonts = [font for font in collection.fonts if font["name"].getDebugName(FAMILY_NAME_ID) == face]
        if not fonts:
            raise LookupError(f"{source} has no face {face!r}")
        yield fonts[0]


def as_ranges(characters: list[int]) -> list[tuple[int, int]]:
    """Return sorted code points as runs of first and last."""
    ranges: list[tuple[int, int]] = []
    for point in characters:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


def draw_glyphs(face: TTFont, weight: int, names: list[str]) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the quadratic outline and the advance width of each glyph at a weight."""
    glyph_set = face.getGlyphSet(location={"wght": weight})
    outlines: dict[str, Any] = {}
    widths: dict[str, int] = {}
    for name in names:
        pen = TTGlyphPen(None)
        # Cubic outlines run the other way round than TrueType's.
        glyph_set[name].draw(Cu2QuPen(pen, LARGEST_DEVIATION, reverse_direction=True))
        outlines[name] = pen.glyph()
        widths[name] = round(glyph_set[name].width)
    return outlines, widths


def names_of(face: TTFont, style: str) -> dict[str, str]:
    """Return the name table of the new font, with the copyright and licence of the original."""
    original = face["name"]
    compact = FAMILY.replace(" ", "")
    return {
        "copyright": original.getDebugName(COPYRIGHT_NAME_ID) or "",
        "familyName": FAMILY,
        "styleName": style,
        "uniqueFontIdentifier": f"{compact}-{style}",
        "fullName": f"{FAMILY} {style}",
        "version": original.getDebugName(VERSION_NAME_ID) or "Version 1.0",
        "psName": f"{compact}-{style}",
        "licenseDescription": "SIL Open Font License, Version 1.1. Converted from Noto Sans CJK SC.",
        "licenseInfoURL": "https://openfontlicense.org",
    }


def build_font(face: TTFont, weight: int, cmap: dict[int, str]) -> FontBuilder:
    """Return a TrueType font with the mapped characters of the face at one weight."""
    reached = set(cmap.values())
    names = [name for name in face.getGlyphOrder() if name == ".notdef" or name in reached]
    outlines, widths = draw_glyphs(face, weight, names)
    builder = FontBuilder(face["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(outlines)
    placed = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (widths[name], getattr(placed[name], "xMin", 0)) for name in names})
    builder.setupHorizontalHeader(ascent=face["hhea"].ascent, descent=face["hhea"].descent)
    builder.setupNameTable(names_of(face, STYLES[weight]))
    metrics = face["OS/2"]
    builder.setupOS2(
        usWeightClass=weight,
        sTypoAscender=metrics.sTypoAscender,
        sTypoDescender=metrics.sTypoDescender,
        sTypoLineGap=metrics.sTypoLineGap,
        usWinAscent=metrics.usWinAscent,
        usWinDescent=metrics.usWinDescent,
        sxHeight=metrics.sxHeight,
        sCapHeight=metrics.sCapHeight,
        fsType=0,  # may be embedded
    )
    builder.setupPost(keepGlyphNames=False)
    return builder


def convert(*, source: Path, weight: int, font: Path, characters: Path) -> None:
    """Write one weight as TrueType and the list of its characters; a half-written file never shows."""
    with opened_face(source) as face:
        cmap: dict[int, str] = face.getBestCmap()
        builder = build_font(face, weight, cmap)
    ranges = as_ranges(sorted(cmap))
    unfinished = font.with_name(f".{font.name}.{os.getpid()}")
    try:
        builder.save(str(unfinished))
        unfinished.replace(font)
        unfinished.write_text(json.dumps(ranges, separators=(",", ":")), encoding="ascii")
        unfinished.replace(characters)
    finally:
        unfinished.unlink(missing_ok=True)


def main(arguments: list[str]) -> None:
    """Convert what the command line names."""
    source, weight, font, characters = arguments
    convert(source=Path(source), weight=int(weight), font=Path(font), characters=Path(characters))


if __name__ == "__main__":
    main(sys.argv[1:])
