"""Drops each district's jobs as a file in its own field names, and reads it as the worker does.

Which field is called what is asked of the plugin's `feed.toml`, so that the
demonstration and the plugin cannot differ.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence

from skillhub.demo import data, history
from skillhub.demo.data import Row
from skillhub.demo.places import DISTRICTS
from skillhub.districts import catalogue
from skillhub.jobs import service as jobs
from skillhub.plugins.feeds import reader
from skillhub.plugins.feeds.reader import FeedReader

NAME = "jobs"
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
"""Which column of the table says what a field of ours asks."""


def load() -> Iterator[int]:
    """Drop and read the jobs of every district that has a plugin with a feed."""
    rows = data.grouped(data.table("jobs"), "district_code")
    for district in DISTRICTS:
        for plugin in catalogue.plugins():
            if district in plugin.manifest.districts and (plugin.folder / reader.FILE).is_file():
                _drop(district, reader.load(plugin.folder), rows.get(district, []))
        jobs.refresh(actor=history.LOADER, district=district)
        yield 1


def _drop(district: str, feed: FeedReader, rows: Sequence[Row]) -> None:
    folder = jobs.drop_folder(district)
    folder.mkdir(parents=True, exist_ok=True)
    said = [_in_own_names(feed.fields, row) for row in rows]
    written = _csv(said, list(feed.fields.values())) if feed.format == "csv" else _json(feed, said)
    (folder / f"{NAME}.{feed.format}").write_text(written, encoding="utf-8")


def _in_own_names(fields: Mapping[str, str], row: Row) -> dict[str, str]:
    """Return a job under the names that the district's own system uses, without what nobody said."""
    return {
        fields[field]: row[column] for field, column in COLUMNS.items() if field in fields and row[column]
    }


def _json(feed: FeedReader, said: Sequence[Mapping[str, str]]) -> str:
    listed = {feed.list_member: said} if feed.list_member else said
    return json.dumps(listed, ensure_ascii=False, indent=1)


def _csv(said: Sequence[Mapping[str, str]], names: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(said)
    return text.getvalue()
