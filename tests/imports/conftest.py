"""Files as people send them: made by the tests, read by the services."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from skillhub.base import clock
from skillhub.imports.rules.people import Frame
from skillhub.imports.service.people import File
from skillhub.testing.factories.base import LUNAN, id_number

SHARED = Path(__file__).parents[3] / "shared" / "domain" / "demo"
_serial = itertools.count(1)


def workbook(rows: Sequence[Sequence[object]], *, merged: Sequence[str] = ()) -> bytes:
    """Return an XLSX file with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return a workbook with one more part, or another in the place of one of its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return made.getvalue()


def number(born: str = "19780311") -> str:
    """Return a document number that nobody has yet."""
    return id_number(next(_serial), born=born)


@pytest.fixture
def file(district: str) -> Callable[..., File]:
    """Makes a file of the district from its name and text or bytes."""

    def make(content: str | bytes, name: str = "名册.csv", *, has_consented: bool = False) -> File:
        frame = Frame(clock.today("Asia/Shanghai"), {LUNAN: "路南区"}, LUNAN, has_consented=has_consented)
        return File(name, content.encode() if isinstance(content, str) else content, frame)

    return make
