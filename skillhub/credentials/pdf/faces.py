"""The only place that hands our Chinese font to ReportLab, and puts its text map right.

ReportLab writes characters above U+FFFF into a font's ToUnicode map as five digits;
readers expect UTF-16 there, so that a rare character would be copied as another one.
The map is therefore written here.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from skillhub.credentials import fonts
from skillhub.credentials.pdf.setting import Run

REGULAR = "SkillHub-Regular"
BOLD = "SkillHub-Bold"
MAP_NAME = "toUnicodeCMap:"
WIDTHS_KEPT = 8192
MOST_IN_BLOCK = 100  # the format allows no more entries in one block
_once = threading.Lock()


class Face(ttfonts.TTFont):  # type: ignore[misc]  # ReportLab has no types
    """One weight, embedded as the subset of glyphs that a document uses."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (ReportLab's name)
        """Add the subsets to the document, each with a text map that readers understand."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        before = set(doc.idToObject)
        super().addObjects(doc)
        maps = [name for name in doc.idToObject if name.startswith(MAP_NAME) and name not in before]
        for name, subset in zip(maps, subsets, strict=True):
            doc.idToObject[name].content = text_map(name.removeprefix(MAP_NAME), subset)


def text_map(font: str, subset: list[int]) -> str:
    """Return the map from the codes of a subset back to text, in UTF-16."""
    entries = [f"<{code:02X}> <{utf16(point)}>" for code, point in enumerate(subset)]
    blocks = [entries[start : start + MOST_IN_BLOCK] for start in range(0, len(entries), MOST_IN_BLOCK)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /{font} def\n"
        "/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


def utf16(point: int) -> str:
    """Return a code point as big-endian UTF-16 in hexadecimal; two units above U+FFFF."""
    return chr(point).encode("utf-16-be").hex().upper()


def register() -> None:
    """Load both weights, once in a process.

    :raises skillhub.credentials.fonts.FontError: the fonts are not there and cannot be made.
    """
    with _once:
        if BOLD in pdfmetrics.getRegisteredFontNames():
            return
        files = fonts.ensure()
        for name, path in ((REGULAR, files.regular), (BOLD, files.bold)):
            pdfmetrics.registerFont(Face(name, str(path), asciiReadable=False, shapable=False))


@dataclass(frozen=True)
class Spare:
    """A face for what ours lack: its name among the registered ones, and which characters it has."""

    name: str
    has: Callable[[str], bool]


def spare(sha256: str, path: Path, has: Callable[[str], bool]) -> Spare:
    """Load a font of a district, once in a process: the name says what is in it."""
    name = f"SkillHub-{sha256[:16]}"
    with _once:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(Face(name, str(path), asciiReadable=False, shapable=False))
    return Spare(name, has)


def can_draw(sha256: str, path: Path, text: str) -> bool:
    """Tell whether a page with these characters can be made with a font that somebody has uploaded."""
    try:
        name = spare(sha256, path, lambda _: True).name
        canvas = Canvas(io.BytesIO(), initialFontName=name)
        canvas.drawString(0, 0, text)
        canvas.save()
    except Exception:  # noqa: BLE001 (a damaged file makes the library stumble in any way)
        return False
    return True


def split(run: Run, spares: Sequence[Spare]) -> tuple[Run, ...]:
    """Return a run as runs in faces that have its characters; the first spare that has one draws it."""
    missing = frozenset(fonts.missing_characters(run.text)) if spares else frozenset()
    if not missing:
        return (run,)

    def face_of(character: str) -> str:
        if character not in missing:
            return run.face
        return next((each.name for each in spares if each.has(character)), run.face)

    return tuple(
        Run("".join(characters), face, run.size) for face, characters in groupby(run.text, key=face_of)
    )


@lru_cache(maxsize=WIDTHS_KEPT)
def width(text: str, face: str, size: float) -> float:
    """Return the width of a text in points; lines are measured character by character, so it is kept."""
    return float(pdfmetrics.stringWidth(text, face, size))
