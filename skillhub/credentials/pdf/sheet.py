"""The only place that draws the certificate; millimetres from the top left, as the design has them.

The same facts give the same bytes: no clock, no chance, and only what was frozen is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from skillhub.credentials.pdf import faces, frame, layout
from skillhub.credentials.pdf.faces import Spare
from skillhub.credentials.pdf.frame import HEIGHT, WIDTH
from skillhub.credentials.pdf.setting import Line, Run, lines
from skillhub.credentials.rules import wording
from skillhub.credentials.rules.facts import Facts

INK, INK_2, RULE = (0.078, 0.102, 0.09), (0.286, 0.333, 0.31), (0.604, 0.647, 0.624)
TITLE_SIZE, TITLE_EN_SIZE, NUMBER_SIZE = 40.0, 12.0, 10.5
SMALL, SMALL_TITLE, SEAL_SIZE = 8.0, 9.5, 13.0
SEAL_X, SEAL_Y, SEAL_RADIUS = 137.0, 222.0, 20.0
CODE_Y, CODE_SIDE, CODE_TEXT_X = 243.5, 28.0, 65.0
OFFLINE_Y, OFFLINE_SIDE, OFFLINE_WIDTH = 203.0, 38.0, 27.0
MOST_STRETCH = 0.35  # of the size: beyond it a line stays ragged
rl_config.useA85 = 0  # streams as they are: written as text they would be a quarter longer


def draw(facts: Facts, *, address: str, code: str, hue: int, spares: Sequence[Spare] = ()) -> bytes:
    """Return the certificate as a PDF of one page.

    :param address: where the first QR code leads.
    :param code: the signed facts in the second one, which is read without a network.
    :param hue: the colour of the district, 0 to 360.
    :param spares: faces for characters that ours lack, in the order in which they are asked.
    """
    faces.register()
    target = io.BytesIO()
    canvas = Canvas(
        target,
        pagesize=A4,
        invariant=1,
        pageCompression=1,
        initialFontName=faces.REGULAR,  # otherwise an unembedded Helvetica is declared
        lang="zh-Hans",
    )
    _describe(canvas, facts)
    frame.frame(canvas, hue)
    _heading(canvas, facts, hue)
    arranged = layout.arrange(facts, spares)
    _paragraph(canvas, arranged)
    _table(canvas, arranged)
    _seal(canvas, facts, spares)
    _offline(canvas, code)
    _foot(canvas, facts, address)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _describe(canvas: Any, facts: Facts) -> None:
    canvas.setTitle(f"{wording.paper(facts).title} {facts.number}")
    canvas.setAuthor(facts.body)
    canvas.setSubject(f"{facts.name} {facts.course} {facts.issued_on.isoformat()}")
    canvas.setCreator("SkillHub")
    canvas.setProducer("SkillHub")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _write(canvas: Any, runs: Iterable[Run], x: float, y: float, spacing: float = 0.0) -> None:
    """Write runs on one base line, as one text, so that it is read back as one."""
    text = canvas.beginText(x * mm, (HEIGHT - y) * mm)
    text.setCharSpace(spacing)
    for run in runs:
        text.setFont(run.face, run.size)
        text.textOut(run.text)
    canvas.drawText(text)


def _centred(canvas: Any, run: Run, x: float, y: float, spacing: float = 0.0) -> None:
    wide = (faces.width(run.text, run.face, run.size) + spacing * (len(run.text) - 1)) / mm
    _write(canvas, (run,), x - wide / 2, y, spacing)


def _heading(canvas: Any, facts: Facts, hue: int) -> None:
    canvas.setFillColorRGB(*INK)
    label = Run(f"{wording.NUMBER_LABEL}　", faces.REGULAR, NUMBER_SIZE)
    number = Run(facts.number, faces.BOLD, NUMBER_SIZE)
    wide = sum(faces.width(run.text, run.face, run.size) for run in (label, number)) / mm
    _write(canvas, (label, number), layout.RIGHT - wide, 31.5)
    canvas.setFillColorRGB(*frame.hsl(hue, 0.64, 0.22))
    paper = wording.paper(facts)
    _centred(canvas, Run(paper.title, faces.BOLD, TITLE_SIZE), WIDTH / 2, 61, TITLE_SIZE * 0.26)
    canvas.setFillColorRGB(*INK_2)
    english = Run(paper.title_en, faces.REGULAR, TITLE_EN_SIZE)
    _centred(canvas, english, WIDTH / 2, 71.5, TITLE_EN_SIZE * 0.16)


def _paragraph(canvas: Any, arranged: layout.Layout) -> None:
    canvas.setFillColorRGB(*INK)
    room = (layout.RIGHT - layout.LEFT) * mm
    y = layout.TEXT_TOP + arranged.text_leading * 0.7
    for place, line in enumerate(arranged.text):
        indent = 0.0 if place else 2 * arranged.text_size
        is_last = place == len(arranged.text) - 1
        spacing = 0.0 if is_last else _stretch(line, room - indent, arranged.text_size)
        _write(canvas, line.runs, layout.LEFT + indent / mm, y, spacing)
        y += arranged.text_leading


def _stretch(line: Line, room: float, size: float) -> float:
    spacing = (room - line.width) / max(line.gaps, 1)
    return spacing if spacing <= size * MOST_STRETCH else 0.0


def _table(canvas: Any, arranged: layout.Layout) -> None:
    y = arranged.table_top
    _rule(canvas, y, 0.5, INK)
    for place, cell in enumerate(arranged.cells):
        if place:
            _rule(canvas, y, 0.15, RULE)
        base = y + arranged.row_padding + arranged.cell_leading * 0.74
        _label(canvas, Run(cell.label, faces.REGULAR, arranged.cell_size), base)
        canvas.setFillColorRGB(*INK)
        for line in cell.lines:
            _write(canvas, line.runs, layout.LEFT + layout.VALUE, base)
            base += arranged.cell_leading
        y += 2 * arranged.row_padding + arranged.cell_leading * len(cell.lines)
    _rule(canvas, y, 0.5, INK)


def _label(canvas: Any, run: Run, base: float) -> None:
    """Write a label so that all labels fill one width, as on a printed form."""
    canvas.setFillColorRGB(*INK_2)
    missing = layout.LABEL * mm - faces.width(run.text, run.face, run.size)
    with _read_as(canvas, run.text):
        _write(canvas, (run,), layout.LEFT, base, missing / max(len(run.text) - 1, 1))


@contextmanager
def _read_as(canvas: Any, words: str) -> Iterator[None]:
    """Say what is read back: letters set far apart would be taken for words of their own."""
    canvas.addLiteral(f"/Span <</ActualText <FEFF{words.encode('utf-16-be').hex().upper()}>>> BDC")
    yield
    canvas.addLiteral("EMC")


def _rule(canvas: Any, y: float, thickness: float, colour: tuple[float, float, float]) -> None:
    canvas.setStrokeColorRGB(*colour)
    canvas.setLineWidth(thickness * mm)
    canvas.line(layout.LEFT * mm, (HEIGHT - y) * mm, layout.RIGHT * mm, (HEIGHT - y) * mm)


def _seal(canvas: Any, facts: Facts, spares: Sequence[Spare]) -> None:
    frame.ring(canvas, SEAL_X, SEAL_Y, SEAL_RADIUS)
    name, size = layout.signature(facts.body, spares)
    leading = size * 1.55 / mm
    y = SEAL_Y - leading * (len(name) - 1) - 1.5
    canvas.setFillColorRGB(*INK)
    for line in name:
        _write(canvas, line.runs, SEAL_X - line.width / mm / 2, y)
        y += leading
    day = Run(wording.in_characters(facts.issued_on), faces.REGULAR, SEAL_SIZE)
    _centred(canvas, day, SEAL_X, max(y, SEAL_Y + 6.5))
    canvas.setFillColorRGB(*frame.RED)
    _centred(canvas, Run(wording.SEAL_LABEL, faces.REGULAR, SMALL), SEAL_X, SEAL_Y + SEAL_RADIUS - 3.5)


def _offline(canvas: Any, code: str) -> None:
    frame.code(canvas, code, layout.LEFT - 1.5, OFFLINE_Y, OFFLINE_SIDE)
    canvas.setFillColorRGB(*INK)
    x = layout.LEFT + OFFLINE_SIDE + 0.5
    _write(canvas, (Run(wording.OFFLINE_TITLE, faces.BOLD, SMALL_TITLE),), x, OFFLINE_Y + 6)
    canvas.setFillColorRGB(*INK_2)
    y = OFFLINE_Y + 11
    for line in lines((Run(wording.OFFLINE_TEXT, faces.REGULAR, SMALL),), OFFLINE_WIDTH * mm, faces.width):
        _write(canvas, line.runs, x, y)
        y += SMALL * 1.6 / mm


def _foot(canvas: Any, facts: Facts, address: str) -> None:
    frame.code(canvas, address, layout.LEFT - 1.5, CODE_Y, CODE_SIDE)
    canvas.setFillColorRGB(*INK)
    _write(canvas, (Run(wording.SCAN_TITLE, faces.BOLD, SMALL_TITLE),), CODE_TEXT_X, CODE_Y + 5)
    canvas.setFillColorRGB(*INK_2)
    words = [wording.SCAN_TEXT, address, wording.paper(facts).not_a_level]
    if facts.is_fictitious:
        words.append(wording.FICTITIOUS)
    y = CODE_Y + 10
    for text in words:
        for line in lines((Run(text, faces.REGULAR, SMALL),), (layout.RIGHT - CODE_TEXT_X) * mm, faces.width):
            _write(canvas, line.runs, CODE_TEXT_X, y)
            y += SMALL * 1.6 / mm
