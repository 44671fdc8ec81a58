"""The only place that decides what a file is: by its first bytes, which must agree with its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from skillhub.base.sheets import delimited, workbook
from skillhub.base.sheets.cells import Row
from skillhub.base.sheets.errors import SheetUnreadable

LARGEST_FILE = 12 * 1024 * 1024
WORKBOOK, TEXTS = ".xlsx", (".csv", ".txt", ".tsv")
EXTENSIONS = (WORKBOOK, *TEXTS)
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_PAGES = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml", b"mime-version:")
_LOOKS_AT = 512


def opened(name: str, content: bytes) -> Iterator[Row]:
    """Return the rows of a file, read while they are asked for.

    :param name: as the file was called; its ending must agree with what is inside.
    :raises SheetUnreadable: it is no table; while reading, too, for what only shows then.
    """
    if not content:
        raise SheetUnreadable("empty")
    if len(content) > LARGEST_FILE:
        raise SheetUnreadable("too_large")
    ending = PurePath(name).suffix.lower()
    _refuse_others(content[:_LOOKS_AT])
    if ending not in EXTENSIONS:
        raise SheetUnreadable("extension")
    if ending == WORKBOOK:
        if not is_workbook(content):
            raise SheetUnreadable("not_workbook")
        return workbook.rows(content)
    if is_workbook(content):
        raise SheetUnreadable("not_text")
    return delimited.rows(content)


def is_workbook(content: bytes) -> bool:
    """Tell whether a file begins like an XLSX archive."""
    return content.startswith(_ZIP)


def _refuse_others(beginning: bytes) -> None:
    if beginning.startswith(_OLD):
        raise SheetUnreadable("old_workbook")
    if beginning.startswith(_PDF):
        raise SheetUnreadable("pdf")
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_PAGES):
        raise SheetUnreadable("web_page")
