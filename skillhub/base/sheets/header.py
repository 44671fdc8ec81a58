"""The only place that finds where a table begins: titles above it, headings over two lines, sums below."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from skillhub.base.sheets import cells
from skillhub.base.sheets.cells import Cell, Row
from skillhub.base.sheets.errors import SheetUnreadable

LOOKS_AT = 20
MOST_SUMS = 3  # beside the word
_TELLING = ("id_number", "phone", "code", "kind")
_BESIDE = re.compile(r"[\s*＊:：]+|[（(][^（）()]*[）)]")
_SUM = re.compile(r"(?:合|总|小|共)\s*计|总人数|total\b", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?:填表|制表|填报|审核|复核|经办|负责|登记|报送)(?:人|单位|部门|日期)?(?:签[字章名])?\s*[:：]"
    r"|^(?:注|备注|说明|填表说明)\s*[:：]|[(（](?:签[字章]|盖章)[)）]"
)


@dataclass(frozen=True)
class Table:
    """Where each field stands, and the rows that hold data."""

    places: Mapping[str, int]
    rows: Iterator[Row]

    def values(self, row: Row) -> dict[str, Cell]:
        """Return a row's cells by field; what the row is too short for is None."""
        return {
            field: row.cells[place] if place < len(row.cells) else None
            for field, place in self.places.items()
        }


def plain(cell: Cell) -> str:
    """Return a heading as it is compared: without spaces, marks and what stands in brackets."""
    return _BESIDE.sub("", cells.text(cell)).lower()


def found(rows: Iterator[Row], names: Mapping[str, str], needed: Collection[str], said: str) -> Table:
    """Find the header among the first rows, and return what follows without sums and signatures.

    :param names: the field of each heading, as `plain` writes it.
    :param needed: fields of which at least one must have a column, besides ``name``.
    :param said: how to name them to people.
    :raises SheetUnreadable: there is no header.
    """
    first = list(itertools.islice(rows, LOOKS_AT))
    best: tuple[int, int, dict[str, int]] | None = None
    for start in range(len(first)):
        for height in (1, 2):
            places = _places(first[start : start + height], names)
            is_header = "name" in places and any(field in places for field in needed)
            if is_header and (best is None or len(places) > len(best[2])):
                best = (start, height, places)
    if best is None:
        raise SheetUnreadable("no_header", needed=said)
    start, height, places = best
    return Table(places, _data(itertools.chain(first[start + height :], rows), places))


def _places(lines: Sequence[Row], names: Mapping[str, str]) -> dict[str, int]:
    """Return where each field stands; below a merged heading the lower line says more."""
    places: dict[str, int] = {}
    for row in lines:
        for place, cell in enumerate(row.cells):
            field = names.get(plain(cell))
            if field is not None and field not in places:
                places[field] = place
    return places


def _data(rows: Iterator[Row], places: Mapping[str, int]) -> Iterator[Row]:
    for row in rows:
        if not row.is_empty and not is_remark(row, places):
            yield row


def is_remark(row: Row, places: Mapping[str, int]) -> bool:
    """Tell whether a row is a sum or a signature: it says so, and has nothing where numbers stand."""
    shown = (cells.text(cell).strip() for cell in row.cells if not cells.is_blank(cell))
    first = next(shown, None)
    if first is None:
        return True
    tells = (places[field] for field in _TELLING if field in places)
    if any(place < len(row.cells) and not cells.is_blank(row.cells[place]) for place in tells):
        return bool(_SUM.match(first)) and len(list(shown)) < MOST_SUMS
    return bool(_SUM.match(first) or _SIGNED.search(first))
