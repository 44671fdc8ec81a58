"""The only place that measures an XLSX archive before it is read: what it says of itself, then what it is.

Every part is unpacked once and thrown away, counted on the way and walked through by the XML
parser, so that neither a table of contents that lies nor a document type gets past.
"""

from __future__ import annotations

import io
import zlib
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from skillhub.base.sheets.errors import SheetUnreadable

MOST_PARTS = 500
MOST_UNPACKED = 96 * 1024 * 1024
MOST_TEXTS = 24 * 1024 * 1024
MOST_CELLS_IN_ROW = 400
MOST_RATIO, RATIO_FROM = 150, 1024 * 1024
_CHUNK = 256 * 1024
_TEXTS = "xl/sharedstrings.xml"
_XML = (".xml", ".rels", ".vml")


def inspect(content: bytes) -> None:
    """Let an archive pass that is a plain workbook of a bearable size.

    :raises SheetUnreadable: says what it is instead.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _look_at_contents(parts)
            left = MOST_UNPACKED
            for part in parts:
                left -= _unpack(archive, part, left)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, OSError):
        raise SheetUnreadable("damaged") from None


def _look_at_contents(parts: list[ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    if len(set(names)) != len(names) or any(".." in name or name.startswith("/") for name in names):
        raise SheetUnreadable("damaged")
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise SheetUnreadable("not_workbook")
    if any(name.startswith("xl/externallinks/") or name == "xl/connections.xml" for name in names):
        raise SheetUnreadable("external_links")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise SheetUnreadable("macros")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetUnreadable("bomb")
    if any(_is_bomb(part.file_size, part.compress_size) for part in parts):
        raise SheetUnreadable("bomb")


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > RATIO_FROM and unpacked > packed * MOST_RATIO


def _unpack(archive: ZipFile, part: ZipInfo, left: int) -> int:
    """Unpack a part to nowhere and return its size."""
    name = part.filename.lower()
    limit = min(left, MOST_TEXTS) if name == _TEXTS else left
    walk = _Walk() if name.endswith(_XML) else None
    size = 0
    with archive.open(part) as unpacked:
        while chunk := unpacked.read(_CHUNK):
            size += len(chunk)
            if size > limit or _is_bomb(size, part.compress_size):
                raise SheetUnreadable("bomb")
            if walk is not None:
                walk.feed(chunk)
    if walk is not None:
        walk.feed(b"", is_last=True)
    return size


class _Walk:
    """Walks through one part's XML: stops at a document type and at a row that is too wide."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._element
        self._in_row = 0

    def feed(self, chunk: bytes, *, is_last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError:
            raise SheetUnreadable("damaged") from None

    def _doctype(self, *_names: object) -> None:
        raise SheetUnreadable("document_type")

    def _element(self, name: str, _attributes: object) -> None:
        if name.endswith(" c"):
            self._in_row += 1
            if self._in_row > MOST_CELLS_IN_ROW:
                raise SheetUnreadable("too_wide")
        elif name.endswith(" row"):
            self._in_row = 0
