"""How many people and employers a district has on its registers, and who they are."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from skillhub.accounts.model import Organisation, Person
from skillhub.base.db import db
from skillhub.base.periods import ALL_TIME, Period

EMPLOYING = ("employer", "team")


def registered(district: str, period: Period = ALL_TIME) -> int:
    """Count the people whose document is on file, by the day of registration; staff alone is not counted."""
    return int(db.session.scalar(select(func.count(Person.id)).where(*_people(district, period))) or 0)


def registered_ids(district: str, period: Period, *, after: int, limit: int) -> tuple[int, ...]:
    """Return the ids of these people, in order of registration."""
    statement = select(Person.id).where(*_people(district, period), Person.id > after).order_by(Person.id)
    return tuple(db.session.scalars(statement.limit(limit)))


def in_group(district: str, group: str) -> frozenset[int]:
    """Return the people of a district who bear a group tag."""
    return frozenset(person_id for person_id, groups in _groups(district) if group in groups)


def groups(district: str) -> tuple[str, ...]:
    """Return the group tags that people of a district bear, the most frequent first."""
    counted: dict[str, int] = {}
    for _person_id, names in _groups(district):
        for name in names:
            counted[name] = counted.get(name, 0) + 1
    return tuple(sorted(counted, key=lambda name: (-counted[name], name)))


def employers(district: str, period: Period = ALL_TIME) -> int:
    """Count employers and teams, by the day on which they were registered."""
    return int(
        db.session.scalar(select(func.count(Organisation.id)).where(*_employing(district, period))) or 0
    )


def employer_ids(district: str, period: Period, *, after: int, limit: int) -> tuple[int, ...]:
    """Return the ids of these employers and teams, in order of registration."""
    statement = (
        select(Organisation.id)
        .where(*_employing(district, period), Organisation.id > after)
        .order_by(Organisation.id)
    )
    return tuple(db.session.scalars(statement.limit(limit)))


def _groups(district: str) -> list[tuple[int, list[str]]]:
    rows = db.session.execute(
        select(Person.id, Person.groups).where(*_people(district, ALL_TIME)).order_by(Person.id)
    )
    return [(row.id, row.groups) for row in rows]


def _people(district: str, period: Period) -> list[ColumnElement[bool]]:
    return [
        Person.district_code == district,
        Person.id_number_hash.is_not(None),
        *period.of_instants(Person.registered_at),
    ]


def _employing(district: str, period: Period) -> list[ColumnElement[bool]]:
    return [
        Organisation.district_code == district,
        Organisation.kind.in_(EMPLOYING),
        *period.of_instants(Organisation.created_at),
    ]
