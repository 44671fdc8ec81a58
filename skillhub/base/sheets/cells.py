"""The only place that says what a cell of a file may be, and how it reads as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True)
class Formula:
    """A cell that a spreadsheet calculates: what it shows is not in the file's hands, so it is no value."""


Cell = str | int | float | date | time | Formula | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row, with the number that a spreadsheet shows beside it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing can be seen in it."""
        return all(is_blank(cell) for cell in self.cells)


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell shows nothing; one that calculates shows something of which we know nothing."""
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return cell is None or isinstance(cell, Formula)


def text(cell: Cell) -> str:
    """Return a cell as text; a whole number without its decimal point."""
    if isinstance(cell, str):
        return cell
    if cell is None or isinstance(cell, Formula):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
