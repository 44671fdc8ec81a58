"""The only place that decides sizes and lines: as designed, or a little smaller when words are long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from skillhub.credentials.pdf import faces
from skillhub.credentials.pdf.faces import Spare
from skillhub.credentials.pdf.setting import Line, Run, lines
from skillhub.credentials.rules import wording
from skillhub.credentials.rules.facts import Facts

LEFT, RIGHT = 31.0, 179.0
LABEL, VALUE = 26.0, 32.0
TEXT_TOP, TABLE_TOP, TABLE_END = 88.0, 117.0, 199.0
TEXT_SIZE, NAME_SIZE, CELL_SIZE = 15.0, 18.0, 12.0
NAME_OF_USUAL_LENGTH = 12
LOOSEST_ROW, TIGHTEST_ROW = 2.6, 0.9
LITTLE_SMALLER = 0.86  # rather than a second line with two characters on it
SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64)
SEAL_WIDTH, SEAL_SIZES = 84.0, (13.0, 12.0, 11.0, 10.0)
SEAL_LINES = 2


@dataclass(frozen=True)
class Cell:
    """One row of the table: its label and the lines of its value."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Layout:
    """Everything on the sheet whose place depends on how long the words are; millimetres and points."""

    text: tuple[Line, ...]
    text_size: float
    text_leading: float
    table_top: float
    cells: tuple[Cell, ...]
    cell_size: float
    cell_leading: float
    row_padding: float


def arrange(facts: Facts, spares: Sequence[Spare] = ()) -> Layout:
    """Return the largest layout that fits; the smallest one if none does."""
    tried = (_at_scale(facts, scale, spares) for scale in SCALES)
    layout = next(tried)
    while layout.row_padding < TIGHTEST_ROW and (smaller := next(tried, None)) is not None:
        layout = smaller
    return layout


def _at_scale(facts: Facts, scale: float, spares: Sequence[Spare]) -> Layout:
    size, cell_size = TEXT_SIZE * scale, CELL_SIZE * scale
    text = _paragraph(facts, size, scale, spares)
    leading = size * (2 if len(text) <= 2 else 1.7) / mm  # noqa: PLR2004 (as the design has it)
    table_top = max(TABLE_TOP, TEXT_TOP + leading * len(text) + 6)
    cells = tuple(_cell(row, cell_size, spares) for row in wording.rows(facts))
    cell_leading = cell_size * 1.3 / mm
    left_over = TABLE_END - table_top - cell_leading * sum(len(cell.lines) for cell in cells)
    padding = min(LOOSEST_ROW, left_over / (2 * len(cells)))
    return Layout(text, size, leading, table_top, cells, cell_size, cell_leading, padding)


def _paragraph(facts: Facts, size: float, scale: float, spares: Sequence[Spare]) -> tuple[Line, ...]:
    name_size = NAME_SIZE * scale if len(facts.name) <= NAME_OF_USUAL_LENGTH else size
    runs = (
        *faces.split(Run(facts.name, faces.BOLD, name_size), spares),
        *faces.split(Run("　" + wording.sentence(facts), faces.REGULAR, size), spares),
    )
    return tuple(lines(runs, (RIGHT - LEFT) * mm, faces.width, indent=2 * size))


def _cell(row: wording.Row, size: float, spares: Sequence[Spare]) -> Cell:
    room = (RIGHT - LEFT - VALUE) * mm
    runs = faces.split(Run(row.value, faces.REGULAR, size), spares)
    wide = sum(faces.width(run.text, run.face, run.size) for run in runs)
    own_size = size * room / wide if room < wide <= room / LITTLE_SMALLER else size
    sized = [Run(run.text, run.face, own_size) for run in runs]
    return Cell(row.label, tuple(lines(sized, room, faces.width)))


def signature(body: str, spares: Sequence[Spare] = ()) -> tuple[Sequence[Line], float]:
    """Return the name of the body over the seal, on two lines at most, and its size."""
    for size in SEAL_SIZES:
        runs = faces.split(Run(body, faces.REGULAR, size), spares)
        found = lines(runs, SEAL_WIDTH * mm, faces.width)
        if len(found) <= SEAL_LINES:
            break
    if len(found) == SEAL_LINES:
        half = (found[0].width + found[1].width) / 2 + size  # two lines of like length look meant
        found = lines(runs, min(half, SEAL_WIDTH * mm), faces.width)
    return found, size
