"""Drops each district's jobs as a file in the district's own field names, as its own system would.

The names are those of the package's `feed.toml`, so package and demonstration cannot differ.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence

from skillhub.demo import data, places
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER
from skillhub.demo.places import Place
from skillhub.districts import catalogue
from skillhub.jobs import service as jobs
from skillhub.plugins import feeds
from skillhub.plugins.feeds.reader import FeedReader

GB18030 = frozenset({"140403"})
"""Districts whose system still writes tables in the old encoding."""
COLUMNS = {
    "id": "job_id",
    "title": "title",
    "trade": "trade",
    "employer": "employer_name",
    "headcount": "headcount",
    "pay": "pay_text",
    "settlement": "settlement",
    "lon": "lng",
    "lat": "lat",
    "place": "place",
    "wish": "time_text",
    "requirements": "requirements",
    "insurance": "insurance",
    "posted_on": "posted_on",
    "valid_through": "valid_until",
    "visited_how": "visit_state",
}
"""Which column of our table fills which field of a posting."""
OWN: dict[str, Callable[[Row], str]] = {
    "急单": lambda row: "是" if row["urgent"] == "1" else "",
    "项目周期": lambda row: row["time_text"],
    "一口价": lambda row: row["pay_text"] if row["pay_kind"] == "一口价" else "",
    "工价(计件)": lambda row: row["pay_text"] if row["pay_kind"] == "计件" else "",
    "打卡日结": lambda row: "是" if row["settlement"] == "日结" else "",
}
"""What the tables can say in fields that only one district has."""


def load() -> Iterator[int]:
    """Drop and read the feeds; yield after each district."""
    for place in places.FIVE:
        rows = [row for row in data.table("jobs") if row["district_code"] == place.code]
        _drop(place, rows)
        jobs.refresh(actor=LOADER, district=place.code)
        yield 1


def _drop(place: Place, rows: Sequence[Row]) -> None:
    reader = feeds.load(catalogue.plugin(place.plugin).folder)
    written = [_in_own_names(reader, row) for row in rows]
    folder = jobs.drop_folder(place.code)
    folder.mkdir(parents=True, exist_ok=True)
    text = _table(written) if reader.format == "csv" else _list(reader, written)
    encoding = "gb18030" if place.code in GB18030 else "utf-8"
    (folder / f"jobs.{reader.format}").write_bytes(text.encode(encoding))


def _in_own_names(reader: FeedReader, row: Row) -> Row:
    said = {own: row[COLUMNS[field]] for field, own in reader.fields.items() if field in COLUMNS}
    said |= {own: OWN[own](row) for own in reader.extra if own in OWN}
    return {own: cell for own, cell in said.items() if cell}


def _list(reader: FeedReader, rows: Sequence[Row]) -> str:
    whole = rows if reader.list_member is None else {reader.list_member: rows}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _table(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    table = csv.DictWriter(written, names, restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()
