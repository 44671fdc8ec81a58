"""The only place that reads text files of rows: which encoding, which separator, no mojibake.

UTF-8 with and without its mark, UTF-16, and GB18030 with the characters that its edition of
2022 moved. What fits none of them, or several at once, is refused.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from skillhub.base.sheets.cells import Row
from skillhub.base.sheets.errors import SheetUnreadable

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200_000, 200, 32_767
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATORS = (",", "\t", ";")
_LOOKS_AT_LINES = 20
_LOOKS_AT_BYTES = 4_096
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DOUBTFUL = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff\x80-\x9f]")
# The edition of 2022 gave these their place among the Han characters; older files hold the private place.
_MOVED = {0xE81E: "\u9fb4", 0xE826: "\u9fb5", 0xE82B: "\u9fb6", 0xE82C: "\u9fb7", 0xE832: "\u9fb8"}
_MOVED |= {0xE843: "\u9fb9", 0xE854: "\u9fba", 0xE864: "\u9fbb", 0xE863: "\u4dae"}


def rows(content: bytes) -> Iterator[Row]:
    """Return the rows of a text file.

    :raises SheetUnreadable: its encoding is unknown or mixed, or it is no text.
    """
    text = decoded(content)
    return _rows(text, _separator(text))


def decoded(content: bytes) -> str:
    """Return the text in whatever encoding it was written.

    :raises SheetUnreadable: no encoding fits, or several would.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(_strict(content[len(mark) :], encoding))
    if b"\0" in content[:_LOOKS_AT_BYTES]:
        return _checked(_strict(content, _wide(content[:_LOOKS_AT_BYTES])))
    try:
        return _checked(content.decode("utf-8"))
    except UnicodeDecodeError:
        _refuse_mixed(content)
    return _checked(_strict(content, "gb18030").translate(_MOVED))


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise SheetUnreadable("encoding") from None


def _wide(beginning: bytes) -> str:
    """Return which of two bytes is the zero in the letters and digits of a text without a mark."""
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    return "utf-16-be" if even > odd else "utf-16-le"


def _refuse_mixed(content: bytes) -> None:
    """Refuse a file in which some lines are UTF-8 and others are not (pasted together)."""
    for line in content.splitlines():
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if _HAN.search(text):
            raise SheetUnreadable("encoding_mixed")


def _checked(text: str) -> str:
    if _CONTROL.search(text):
        raise SheetUnreadable("not_text")
    if _DOUBTFUL.search(text) or _is_unassigned(text):
        raise SheetUnreadable("encoding")
    return text


def _is_unassigned(text: str) -> bool:
    rare = {character for character in set(text) if not ("\u4e00" <= character <= "\u9fff")}
    return any(unicodedata.category(each) == "Cn" and ord(each) < 0x20000 for each in rare)  # noqa: PLR2004 (newer Han)


def _separator(text: str) -> str:
    beginning = "\n".join(text.split("\n", _LOOKS_AT_LINES)[:_LOOKS_AT_LINES])
    return max(_SEPARATORS, key=beginning.count)


def _rows(text: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise SheetUnreadable("cell_long") from None
        if cells is None:
            return
        number += 1
        if len(cells) > MOST_COLUMNS:
            raise SheetUnreadable("too_wide")
        if number > MOST_ROWS:
            raise SheetUnreadable("too_long")
        yield Row(number, tuple(cells))
