"""Dated values of a district: what a notice says, from which day to which, and where it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from skillhub.plugins import toml
from skillhub.plugins.errors import NoParameter, PackageInvalid

FILE = "parameters.toml"
Value = int | str | tuple[str, ...]
"""A whole number, a text, or a list of texts such as the groups of people that a notice names."""
GRADES = ("A", "B", "C", "D", "ours")
"""The number was read in the text of a rule, in a digest of one, is general knowledge, a guess; or our own.

Whether that rule is in force on the days of the row is another matter: the source says it, and only
``official`` lets a number pass for the rule of the day."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One value, the days on which it holds (the last included), and who says so.

    ``official`` is False unless the row says otherwise: an example must never pass for a rule.
    """

    value: Value
    first_day: date
    last_day: date | None
    unit: str
    source: str
    grade: str
    official: bool

    def holds(self, on: date) -> bool:
        """Say whether the row is in force on a day."""
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)


class Parameters:
    """The tables of one ``parameters.toml``, each in the order of its first days."""

    def __init__(self, tables: Mapping[str, Sequence[Parameter]], file: str = FILE) -> None:
        self._tables = {name: _in_order(name, rows, file) for name, rows in tables.items()}

    @classmethod
    def of(cls, package: str) -> Parameters:
        """Read the ``parameters.toml`` of a package: ``Parameters.of(__name__)`` in a plugin with code."""
        return cls.load(Path(str(files(package))))

    @classmethod
    def load(cls, folder: Path) -> Parameters:
        """Read the ``parameters.toml`` in a folder."""
        return cls._read(toml.load(folder / FILE))

    @classmethod
    def parse(cls, text: str) -> Parameters:
        """Read tables from TOML text."""
        return cls._read(toml.parse(text, FILE))

    @property
    def kinds(self) -> dict[str, type[Value]]:
        """The type of each table's values, by name."""
        return {name: type(rows[0].value) for name, rows in self._tables.items()}

    def at(self, name: str, on: date) -> Parameter:
        """Return the row that holds on a day.

        :raises NoParameter: none does, or there is no such table.
        """
        for row in self._tables.get(name, ()):
            if row.holds(on):
                return row
        raise NoParameter(name, on)

    def rows(self, name: str) -> tuple[Parameter, ...]:
        """Return all rows of a table, the oldest first."""
        return self._tables[name]

    @classmethod
    def _read(cls, tables: Mapping[str, Any]) -> Parameters:
        read: dict[str, list[Parameter]] = {}
        for name, rows in tables.items():
            if not (name.isascii() and name.isidentifier() and name == name.lower()):
                raise PackageInvalid(FILE, "names of tables are lower-case words joined by _", where=name)
            if not isinstance(rows, list) or not rows:
                raise PackageInvalid(FILE, f"write rows as [[{name}]]", where=name)
            read[name] = [_row(name, number, row) for number, row in enumerate(rows, start=1)]
        return cls(read)


def _row(name: str, number: int, values: Any) -> Parameter:
    table = toml.Table(FILE, f"{name}, row {number}", values)
    row = Parameter(
        value=_value(table),
        first_day=table.take("from", date),
        last_day=table.take("to", date, None),
        unit=table.take("unit", str),
        source=table.take("source", str),
        grade=table.take("grade", str),
        official=table.take("official", bool, default=False),
    )
    table.end()
    if row.grade not in GRADES:
        raise table.wrong(f"grade must be one of {', '.join(GRADES)}")
    if not row.source.strip():
        raise table.wrong("source must say where the value stands")
    if row.last_day is not None and row.last_day < row.first_day:
        raise table.wrong(f"to ({row.last_day}) is before from ({row.first_day})")
    if type(row.value) is int and not -(2**53) < row.value < 2**53:
        raise table.wrong("value is too large to count with")
    return row


def _value(table: toml.Table) -> Value:
    value: int | str | list[Any] = table.take("value", (int, str, list))
    if not isinstance(value, list):
        return value
    if not all(type(each) is str and each.strip() for each in value):
        raise table.wrong("value must be a list of texts, none of them empty")
    return tuple(value)


def _in_order(name: str, rows: Sequence[Parameter], file: str) -> tuple[Parameter, ...]:
    ordered = tuple(sorted(rows, key=lambda row: row.first_day))
    for one, following in pairwise(ordered):
        if one.holds(following.first_day):
            day = following.first_day
            hint = f"end the earlier row with to = {day - timedelta(days=1)}"
            raise PackageInvalid(file, f"two rows hold on {day}; {hint}", where=name)
    if len({type(row.value) for row in ordered}) > 1:
        raise PackageInvalid(file, "all values must be whole numbers, or all texts, or all lists", where=name)
    return ordered
