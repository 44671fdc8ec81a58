"""From ``feed.toml`` to a reader of drops: which of the district's fields is which, and what is flagged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from skillhub.plugins import toml
from skillhub.plugins.feeds import cells, rows
from skillhub.plugins.toml import Table
from skillhub.plugins.types import ExtraField, FeedDrop, FeedResult, JobPosting, PayUnit, RejectedRow

FILE = "feed.toml"
FORMATS = ("json", "csv")

TEXTS = (
    "id",
    "title",
    "trade",
    "employer",
    "settlement",
    "place",
    "work",
    "requirements",
    "insurance",
    "visited_by",
    "visited_how",
    "wish",
)
DATES = ("posted_on", "valid_through", "visited_on")
COUNTS = ("headcount", "min_stars", "hours_to_start")
DEGREES = {"lon": 180.0, "lat": 90.0}
FIELDS = (*TEXTS, *DATES, *COUNTS, *DEGREES, "pay", "skills")
NEVER_NONE = ("id", "title", "trade", "employer", "place", "work", "requirements")
MANDATORY = {
    "employer": "employer_missing",
    "headcount": "headcount_missing",
    "requirements": "requirements_missing",
    "work": "work_missing",
    "place": "place_missing",
    "valid_through": "validity_missing",
}
"""What every advertisement has to say, and the flag when it does not; wages are looked at apart."""
MOST_ID = 100
MOST_TITLE = 200
MOST_STARS = 5
MOST_EXTRA = 20


@dataclass(frozen=True)
class Range:
    """Wages of one unit outside of which a slip is more likely than a wage."""

    least_fen: int
    most_fen: int


@dataclass(frozen=True)
class FeedReader:
    """Reads the drops of one district; ``extra`` are its own fields, with their names in English."""

    format: str
    list_member: str | None
    fields: Mapping[str, str]
    extra: Mapping[str, str]
    plausible: Mapping[PayUnit, Range]

    def read(self, drop: FeedDrop) -> FeedResult:
        """Translate one file; rows that are no postings are rejected with line and reason.

        :raises FeedUnreadable: the file is no feed of this district at all.
        """
        postings: dict[str, JobPosting] = {}
        rejected: list[RejectedRow] = []
        for count, (line, row) in enumerate(self._rows(drop), start=1):
            if count > rows.MOST_ROWS:
                rejected.append(RejectedRow(line=line, reason=f"超过 {rows.MOST_ROWS} 行，从这一行起没有读"))
                break
            posting = self._posting(row, drop.on) if row is not None else "这一行不是完整的记录"
            if isinstance(posting, JobPosting) and posting.id in postings:
                posting = f"岗位编号 {posting.id} 与前面的行重复"
            if isinstance(posting, str):
                rejected.append(RejectedRow(line=line, reason=posting))
            else:
                postings[posting.id] = posting
        return FeedResult(postings=tuple(postings.values()), rejected=tuple(rejected))

    def _rows(self, drop: FeedDrop) -> Iterator[rows.Row]:
        return rows.of_json(drop.text, self.list_member) if self.format == "json" else rows.of_csv(drop.text)

    def _posting(self, row: Mapping[str, str], on: date) -> JobPosting | str:
        """Return a posting, or why the row is none."""
        said = {field: row.get(name, "") for field, name in self.fields.items()}
        for field, most in (("id", MOST_ID), ("title", MOST_TITLE)):
            name = self.fields[field]
            if not cells.text(said[field]):
                return f"缺少“{name}”"
            if len(said[field]) > most:
                return f"“{name}”超过 {most} 个字"
        flags: list[str] = []
        values = self._values(said, flags)
        values.update(self._pay(said.get("pay", ""), flags))
        values["extra"] = self._extra(row, flags)
        flags.extend(flag for field, flag in MANDATORY.items() if not values.get(field))
        if values.get("valid_through") is not None and values["valid_through"] < on:
            flags.append("expired")
        if (values.get("lon") is None) != (values.get("lat") is None):
            values.update(lon=None, lat=None)
            flags.append("position_unreadable")
        return JobPosting(**values, flags=tuple(dict.fromkeys(flags)))

    def _values(self, said: Mapping[str, str], flags: list[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field, cell in said.items():
            if field == "pay":
                continue
            if len(cell) > cells.MOST_TEXT:
                flags.append("text_cut")
            value = _value(field, cell[: cells.MOST_TEXT])
            if value is None and cell.strip() and field not in TEXTS:
                flags.append("position_unreadable" if field in DEGREES else f"{field}_unreadable")
            values[field] = value
        return values

    def _extra(self, row: Mapping[str, str], flags: list[str]) -> tuple[ExtraField, ...]:
        found: list[ExtraField] = []
        for name, english in self.extra.items():
            cell = row.get(name, "")
            if len(cell) > cells.MOST_TEXT:
                flags.append("text_cut")
            if value := cells.text(cell[: cells.MOST_TEXT]):
                found.append(ExtraField(label=name, label_en=english, value=value))
        return tuple(found)

    def _pay(self, cell: str, flags: list[str]) -> dict[str, Any]:
        said = cells.text(cell)[: cells.MOST_TEXT]
        pay = cells.pay(said)
        if pay is None:
            flags.append("pay_missing" if not any(sign.isdigit() for sign in said) else "pay_unreadable")
            return {"pay_text": said}
        usual = self.plausible.get(pay.unit)
        if usual is not None and not usual.least_fen <= pay.min_fen <= pay.max_fen <= usual.most_fen:
            flags.append("pay_implausible")
        return {
            "pay_text": said,
            "pay_min_fen": pay.min_fen,
            "pay_max_fen": pay.max_fen,
            "pay_unit": pay.unit,
        }


def load(folder: Path) -> FeedReader:
    """Read the ``feed.toml`` of a package.

    :raises PackageInvalid: names the key and what to do.
    """
    return read(toml.load(folder / FILE))


def read(values: Mapping[str, Any]) -> FeedReader:
    """Read a feed's description from parsed TOML."""
    table = Table(FILE, "", values)
    kind = table.take("format", str)
    member = table.take("list", str, None)
    fields = Table(FILE, "fields", table.take("fields", dict))
    names = {field: fields.take(field, str, None) for field in FIELDS}
    fields.end()
    extra = table.take("extra", dict, {})
    usual = table.take("plausible", dict, {})
    table.end()
    if kind not in FORMATS or (member is not None and kind != "json"):
        raise table.wrong(f"format must be one of {', '.join(FORMATS)}; list goes with json only")
    if names["id"] is None or names["title"] is None:
        raise fields.wrong("id and title must be mapped: without them a row is no posting")
    mapped = {key: name for key, name in names.items() if name}
    return FeedReader(kind, member, mapped, _own(extra, mapped), _ranges(usual))


def _own(values: Mapping[str, Any], mapped: Mapping[str, str]) -> dict[str, str]:
    table = Table(FILE, "extra", values)
    own: dict[str, str] = {name: table.take(name, str).strip() for name in values}
    for name, english in own.items():
        if name in mapped.values():
            raise table.wrong(f"{name} stands in [fields] already; write it in one place")
        if not english:
            raise table.wrong(f'{name} needs its name in English, such as "{name}" = "Sample photo"')
    if len(own) > MOST_EXTRA:
        raise table.wrong(f"holds more than {MOST_EXTRA} fields")
    return own


def _ranges(values: Mapping[str, Any]) -> dict[PayUnit, Range]:
    ranges: dict[PayUnit, Range] = {}
    for unit, inner in values.items():
        table = Table(FILE, f"plausible.{unit}", inner)
        if unit not in list(PayUnit):
            raise table.wrong(f"the unit must be one of {', '.join(PayUnit)}")
        ranges[PayUnit(unit)] = Range(table.take("least_fen", int), table.take("most_fen", int))
        table.end()
    return ranges


def _value(field: str, cell: str) -> Any:
    if field in DATES:
        return cells.day(cell)
    if field in COUNTS:
        count = cells.count(cell)
        return None if field == "min_stars" and (count or 0) > MOST_STARS else count
    if field in DEGREES:
        return cells.degree(cell, DEGREES[field])
    if field == "skills":
        return cells.items(cell)
    value = cells.text(cell)
    return value if value or field in NEVER_NONE else None
