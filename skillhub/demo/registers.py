"""Loads who takes part: training bodies, employers, job seekers with their wishes, trainers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from skillhub.accounts.rules.consents import BASIC, FACE, Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import entering, grants, organisations, people, registration
from skillhub.accounts.service.organisations import Entry
from skillhub.accounts.service.registration import Filing
from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.base.db import Unit
from skillhub.demo import data
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, REGISTER, Known, day_by_day, in_units
from skillhub.demo.places import founded

ID_TYPES = {"居民身份证": "resident_id"}
TEAMS = ("team", "person", "workshop")
"""Who gives work without being a firm: one person, or people who take on orders together."""
ORGANISATIONS_A_UNIT = 90
PEOPLE_A_UNIT = 25  # file, role, consents, number, and three lines of audit
WISHES_A_UNIT = 90
UNNAMED = "E-SC-0000"
"""Stands for the employer of a posting that names none, since work is always somebody's."""


def load_organisations() -> Iterator[int]:
    """Load training bodies and employers, with the visits that market staff paid them."""
    entries = [_body(row) for row in data.table("training_bodies")]
    entries += [_employer(row) for row in data.table("employers")]
    entries.append(
        Entry(
            code=UNNAMED,
            kind="employer",
            district="330102",
            name="没有写明的用人单位（演示）",
            is_fictitious=True,
        )
    )

    def load(unit: Unit, _day: date, together: Sequence[Entry]) -> None:
        with clock.frozen_at(founded(together[0].district)):
            organisations.register_all_in(unit, actor=LOADER, entries=together)

    for district in dict.fromkeys(entry.district for entry in entries):
        own = [entry for entry in entries if entry.district == district]
        yield from day_by_day(own, lambda entry: founded(entry.district).date(), load, ORGANISATIONS_A_UNIT)


def _body(row: Row) -> Entry:
    return Entry(
        code=row["body_id"],
        kind="training_body",
        district=row["district_code"],
        name=row["name"],
        permit_valid_to=data.day(row["permit_valid_to"]),
        is_fictitious=row["fictitious"] == "1",
    )


def _employer(row: Row) -> Entry:
    return Entry(
        code=row["employer_id"],
        kind="team" if row["kind"] in TEAMS else "employer",
        district=row["district_code"],
        name=row["name"],
        uscc=row["uscc"] or None,
        contact_name=row["contact_name"] or None,
        contact_phone=row["contact_phone"] or None,
        licence_checked_on=data.day(row["licence_checked_on"]),
        visited_on=data.day(row["visited_on"]),
        visited_by=row["visited_by"] or None,
        visit_result=row["visit_result"] or None,
        is_fictitious=row["fictitious"] == "1",
    )


def load_people() -> Iterator[int]:
    """Load job seekers with their consents, then their wishes, at the days on which they registered."""
    yield from day_by_day(data.table("people"), _registered_on, _people, PEOPLE_A_UNIT)
    known = Known()

    def wish(unit: Unit, day: date, together: Sequence[Row]) -> None:
        with clock.frozen_at(data.on(day)):
            entering.add_wishes_in(unit, actor=LOADER, wishes=[_wished(row, known) for row in together])

    yield from day_by_day(data.table("wishes"), _registered_on, wish, WISHES_A_UNIT)


def _registered_on(row: Row) -> date:
    return data.known_day(row["registered_on"])


def _people(unit: Unit, day: date, together: Sequence[Row]) -> None:
    with clock.frozen_at(data.on(day)):
        made = entering.enter_in(unit, actor=LOADER, entries=[_entry(row, data.on(day)) for row in together])
    numbers = dict(zip((row["person_id"] for row in together), made, strict=True))
    people.add_aliases_in(unit, actor=LOADER, register=REGISTER, numbers=numbers)


def _entry(row: Row, at: datetime) -> entering.Entry:
    given = [Given(BASIC, "2025-01", at)] if row["consent_basic"] == "1" else []
    given += [Given(FACE, "2025-01", at)] if row["consent_face"] == "1" else []
    filed = registration.read(
        Filing(
            name=row["name"],
            id_type=ID_TYPES[row["id_type"]],
            id_number=row["id_number"],
            phone=row["phone"],
            district=row["district_code"],
            groups=data.listed(row["group_tags"]),
        )
    )
    return entering.Entry(
        filed=filed,
        district=row["district_code"],
        street=row["street"] or None,
        education=row["education"] or None,
        channel=row["channel"] or None,
        registered_by=row["registered_by"] or None,
        consents=tuple(given),
        is_fictitious=row["fictitious"] == "1",
    )


def _wished(row: Row, known: Known) -> entering.Wished:
    return entering.Wished(
        person_id=known.person(row["person_id"]),
        district=row["district_code"],
        wish=WishMade(
            kind=row["kind"],
            trade=row["trade"],
            time_slot=row["time_slot"] or None,
            within_km=int(row["within_km"]) if row["within_km"] else None,
        ),
        channel=row["channel"] or None,
        registered_by=row["registered_by"] or None,
    )


def load_trainers() -> Iterator[int]:
    """Load the trainers, people who teach for a training body; their phones are ours, of the same range."""
    districts = {row["body_id"]: row["district_code"] for row in data.table("training_bodies")}
    known = Known()

    def load(unit: Unit, row: Row) -> None:
        district = districts[row["body_id"]]
        with clock.frozen_at(founded(district)):
            person_id = people.register_in(
                unit,
                actor=LOADER,
                name=row["name"],
                id_type=None,
                id_number=None,
                phone=f"199000071{row['trainer_id'][1:]}",
                district=district,
                is_fictitious=True,
            )
            people.add_alias_in(
                unit, actor=LOADER, person_id=person_id, register=REGISTER, number=row["trainer_id"]
            )
            grants.grant_in(
                unit,
                actor=LOADER,
                person_id=person_id,
                role=Role.TRAINER,
                district=district,
                organisation=known.organisation(row["body_id"]),
            )

    yield from in_units(data.table("trainers"), load)
