"""What every loader of the past rests on: who loads, units of a size, and people by the tables' numbers.

Each loader loads one kind at the instants at which it happened, and yields after
every unit of at most 200 rows, so that the caller can show how far it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from skillhub.accounts.queries import organisations as organisation_queries
from skillhub.accounts.queries import people as people_queries
from skillhub.base import access
from skillhub.base.db import Unit, unit_of_work

LOADER = access.system("demo")
REGISTER = "demo"
ITEMS_A_UNIT = 40  # a person is up to five rows: file, role, consents, wish, audit
Item = TypeVar("Item")


def in_units(
    items: Sequence[Item], load: Callable[[Unit, Item], object], size: int = ITEMS_A_UNIT
) -> Iterator[int]:
    """Load items, so many in a unit; yield how many after each unit."""
    for start in range(0, len(items), size):
        part = items[start : start + size]
        with unit_of_work() as unit:
            for item in part:
                load(unit, item)
        yield len(part)


def day_by_day(
    items: Iterable[Item],
    day_of: Callable[[Item], date],
    load: Callable[[Unit, date, Sequence[Item]], object],
    size: int,
) -> Iterator[int]:
    """Load items together that happened on the same day, days in order, at least `size` in a unit."""
    days: dict[date, list[Item]] = defaultdict(list)
    for item in items:
        days[day_of(item)].append(item)
    waiting: list[tuple[date, list[Item]]] = []
    for day in sorted(days):
        for start in range(0, len(days[day]), size):
            waiting.append((day, days[day][start : start + size]))
            if sum(len(part) for _day, part in waiting) >= size:
                yield _together(waiting, load)
                waiting = []
    if waiting:
        yield _together(waiting, load)


def _together(
    parts: Sequence[tuple[date, Sequence[Item]]], load: Callable[[Unit, date, Sequence[Item]], object]
) -> int:
    with unit_of_work() as unit:
        for day, part in parts:
            load(unit, day, part)
    return sum(len(part) for _day, part in parts)


def person_id(number: str) -> int:
    """Return the person whom the tables call by this number."""
    found = people_queries.with_alias(REGISTER, number)
    if found is None:
        raise LookupError(number)
    return found.id


class Known:
    """People and organisations by the tables' numbers, looked up once for all."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._people: dict[str, int] = {}
        self._organisations: dict[str, int] = {}

    def person(self, number: str) -> int:
        """Return the id of the person of a number."""
        if number not in self._people:
            self._people = people_queries.aliases(REGISTER)
        return self._people[number]

    def organisation(self, code: str) -> int:
        """Return the id of the organisation of a code."""
        if code not in self._organisations:
            self._organisations[code] = organisation_queries.by_code(code).id
        return self._organisations[code]
