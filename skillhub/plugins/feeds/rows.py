"""Rows out of a dropped file, each with its line; hostile text ends in FeedUnreadable and nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from skillhub.plugins.errors import FeedUnreadable

MOST_ROWS = 20_000
"""Rows of one file that are read; the first beyond is rejected with its line, the rest not looked at."""
MOST_CHARACTERS = 50_000_000
MOST_CELLS = 200

Row = tuple[int, Mapping[str, str] | None]
"""(line counted from 1, cells by name; None for a row that is no record)."""


def of_json(text: str, member: str | None) -> Iterator[Row]:
    """Yield the records of a JSON list, or of the list in one member of an object."""
    _not_too_long(text)
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FeedUnreadable(f"不是可读的 JSON：{_short(error)}") from error
    if member is not None:
        data = data.get(member) if isinstance(data, dict) else None
    if not isinstance(data, list):
        place = "顶层" if member is None else f"“{member}”"
        raise FeedUnreadable(f"JSON 的{place}应当是列表")
    for line, item in enumerate(data, start=1):
        yield line, {key: _cell(value) for key, value in item.items()} if isinstance(item, dict) else None


def of_csv(text: str) -> Iterator[Row]:
    """Yield the rows of a CSV file with a header line."""
    _not_too_long(text)
    if "\x00" in text:
        raise FeedUnreadable("CSV 文件里有空字符，可能不是文本文件")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        if not any(header) or len(header) > MOST_CELLS or len(set(header)) != len(header):
            raise FeedUnreadable("CSV 第一行应当是不重复的栏目名称")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                fits = len(cells) <= len(header)
                yield reader.line_num, dict(zip(header, cells, strict=False)) if fits else None
    except csv.Error as error:
        raise FeedUnreadable(f"不是可读的 CSV（第 {reader.line_num} 行）：{_short(error)}") from error


def _cell(value: Any) -> str:
    """Return a JSON value as the text that a form would hold."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_cell(item) for item in value[:MOST_CELLS] if not isinstance(item, list))
    return str(value)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _not_too_long(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise FeedUnreadable(f"文件超过 {MOST_CHARACTERS} 个字符")


def _short(error: BaseException) -> str:
    return f"{error}"[:120]
