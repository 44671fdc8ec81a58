"""Loads what lies in the past, through the services, at the instants at which it happened.

Each function loads one kind and yields after every unit of at most 200 rows, so
that the caller can show how far it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from skillhub.accounts.queries import organisations as organisation_queries
from skillhub.accounts.queries import people as people_queries
from skillhub.accounts.rules.consents import BASIC, FACE, Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import grants, organisations, people
from skillhub.base import access, clock
from skillhub.base.access import Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.service import courses, orders
from skillhub.demo import data, places
from skillhub.demo.data import Row
from skillhub.districts.service import districts, sites

LOADER = access.system("demo")
REGISTER = "demo"
VISITOR = "示例工作人员（虚构）"
ITEMS_A_UNIT = 40  # a person is up to five rows: file, role, consents, wish, audit
FOUNDED = data.on(data.known_day("2023-04-01"))
"""Before anything that the tables tell of."""
ID_TYPES = {"居民身份证": "resident_id"}
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


def load_districts() -> Iterator[int]:
    """Load the districts, and switch the plugin of each on."""

    def load(unit: Unit, row: Row) -> None:
        place = places.BY_CODE[row["code6"]]
        districts.add_in(
            unit,
            actor=LOADER,
            code=place.code,
            name=row["name"],
            short_name=place.short_name,
            name_en=place.name_en,
            city=row["city"],
            province=row["province"],
            phone=place.phone,
        )
        districts.switch_in(unit, actor=LOADER, district=place.code, plugin=place.plugin, is_on=True)

    with clock.frozen_at(FOUNDED):
        yield from in_units(data.table("districts"), load)


def load_sites() -> Iterator[int]:
    """Load market, centres and stations, those above before those below."""
    rows = sorted(data.table("sites"), key=lambda row: (row["tier"], row["site_id"]))
    known: dict[str, int] = {}

    def load(unit: Unit, row: Row) -> None:
        known[row["site_id"]] = sites.add_in(
            unit,
            actor=LOADER,
            code=row["site_id"],
            district=row["district_code"],
            name=row["name"],
            kind=row["kind"],
            tier=int(row["tier"]),
            address=row["address"] or row["name"],
            lon=float(row["lng"]) if row["lng"] else None,
            lat=float(row["lat"]) if row["lat"] else None,
            parent_id=known.get(row["parent_site_id"]),
        )

    with clock.frozen_at(FOUNDED):
        yield from in_units(rows, load, 100)


TEAMS = ("person", "workshop")
UNNAMED = data.empty("employers") | {
    "employer_id": "E-SC-0000",
    "fictitious": "1",
    "district_code": "330102",
    "name": "上城区星工驿站代登记的用工（虚构，演示补记）",
    "kind": "market",
}
"""Ten days of work name no employer; every engagement has one, so the market that noted them stands in."""


def load_organisations() -> Iterator[int]:
    """Load training bodies and employers, with the visits that market staff paid them."""

    def load_body(unit: Unit, row: Row) -> None:
        organisations.register_in(
            unit,
            actor=LOADER,
            code=row["body_id"],
            kind="training_body",
            district=row["district_code"],
            name=row["name"],
            permit_valid_to=data.day(row["permit_valid_to"]),
            is_fictitious=row["fictitious"] == "1",
        )

    def load_employer(unit: Unit, row: Row) -> None:
        organisations.register_in(
            unit,
            actor=LOADER,
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

    with clock.frozen_at(FOUNDED):
        yield from in_units(data.table("training_bodies"), load_body)
        yield from in_units([*data.table("employers"), UNNAMED], load_employer, 90)


def load_people() -> Iterator[int]:
    """Load job seekers with consents and wishes, at the days on which they registered."""
    wishes: dict[str, list[Row]] = defaultdict(list)
    for row in data.table("wishes"):
        wishes[row["person_id"]].append(row)

    def load(unit: Unit, row: Row) -> None:
        at = data.on(data.known_day(row["registered_on"]))
        with clock.frozen_at(at):
            given = [Given(BASIC, "2025-01", at)] if row["consent_basic"] == "1" else []
            given += [Given(FACE, "2025-01", at)] if row["consent_face"] == "1" else []
            person_id = people.register_in(
                unit,
                actor=LOADER,
                name=row["name"],
                id_type=ID_TYPES[row["id_type"]],
                id_number=row["id_number"],
                phone=row["phone"],
                district=row["district_code"],
                groups=data.listed(row["group_tags"]),
                consents=given,
                street=row["street"] or None,
                education=row["education"] or None,
                channel=row["channel"] or None,
                registered_by=row["registered_by"] or None,
                is_fictitious=row["fictitious"] == "1",
            )
            people.add_alias_in(
                unit, actor=LOADER, person_id=person_id, register=REGISTER, number=row["person_id"]
            )
        for wish in wishes.pop(row["person_id"], ()):
            _wish(unit, person_id, wish)

    yield from in_units(data.table("people"), load, 25)


def _wish(unit: Unit, person_id: int, row: Row) -> None:
    at = data.on(data.known_day(row["registered_on"]))
    with clock.frozen_at(at):
        people.add_wish_in(
            unit,
            actor=LOADER,
            person_id=person_id,
            district=row["district_code"],
            wish=WishMade(
                kind=row["kind"],
                trade=row["trade"],
                time_slot=row["time_slot"] or None,
                within_km=int(row["within_km"]) if row["within_km"] else None,
                registered_at=at,
            ),
            channel=row["channel"] or None,
            registered_by=row["registered_by"] or None,
        )


def load_trainers() -> Iterator[int]:
    """Load the trainers, people who teach for a training body; their phones are ours, of the same range."""

    def load(unit: Unit, row: Row) -> None:
        body = organisation_queries.by_code(row["body_id"])
        person_id = people.register_in(
            unit,
            actor=LOADER,
            name=row["name"],
            id_type=None,
            id_number=None,
            phone=f"199000071{row['trainer_id'][1:]}",
            district=body.district,
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
            district=body.district,
            organisation=body.id,
        )

    with clock.frozen_at(FOUNDED):
        yield from in_units(data.table("trainers"), load)


def taught_courses() -> list[Row]:
    """Return the courses that are taught in classes; what leads to no paper at all is an event."""
    return [row for row in data.table("courses") if row["certificate_kind"] != "none"]


def load_courses() -> Iterator[int]:
    """Load what is taught."""

    def load(unit: Unit, row: Row) -> None:
        courses.add_in(
            unit,
            actor=LOADER,
            code=row["course_id"],
            district=row["district_code"],
            name=row["title"],
            trade=row["trade"],
            occupation=row["occupation_code"] or None,
            theory_hours=int(row["hours_theory"]),
            practice_hours=int(row["hours_practice"]),
            minutes_per_hour=int(row["minutes_per_hour"]),
            kind=row["course_type"] or None,
        )

    with clock.frozen_at(FOUNDED):
        yield from in_units(taught_courses(), load)


def load_orders() -> Iterator[int]:
    """Load the training orders with the visit to their employer and their approval.

    The table has no site, and the visit stands with the employer; the wage is text.
    Where the employer's file has no visit, one is added on the day of approval, since
    nobody approves the order of an employer that nobody has seen.
    """
    taught = {row["course_id"]: row for row in data.table("courses")}
    unvisited = {row["employer_id"] for row in data.table("employers") if not row["visited_on"]}

    def load(unit: Unit, row: Row) -> None:
        course = taught[row["course_id"]]
        amount, unit_of_wage = data.wage(row["promised_pay"])
        with clock.frozen_at(data.on(data.known_day(row["asked_on"]))):
            orders.place_in(
                unit,
                actor=LOADER,
                code=row["order_id"],
                district=row["district_code"],
                employer=row["employer_id"],
                course=row["course_id"],
                trade=course["trade"],
                occupation=course["occupation_code"] or None,
                heads=int(row["heads"]),
                skills=data.listed(row["skills_wanted"]),
                wage_fen=amount,
                wage_unit=unit_of_wage,
                wage_text=row["promised_pay"],
                starts_on=data.known_day(row["wanted_by"]),
                promised_jobs=int(row["promised_jobs"]),
            )
        approved_on = data.known_day(row["approved_on"])
        with clock.frozen_at(data.on(approved_on, 15)):
            if row["employer_id"] in unvisited:
                orders.record_visit_in(
                    unit,
                    actor=LOADER,
                    code=row["order_id"],
                    on=approved_on,
                    by=VISITOR,
                    result="属实（演示补记）",
                )
            orders.decide_in(unit, actor=LOADER, code=row["order_id"], decision="approved")

    yield from in_units(data.table("orders"), load)


def known_people() -> dict[str, int]:
    """Return the ids of everybody loaded so far, by the tables' numbers."""
    return people_queries.aliases(REGISTER)


def person_id(number: str) -> int:
    """Return the person whom the tables call by this number."""
    found = people_queries.with_alias(REGISTER, number)
    if found is None:
        raise LookupError(number)
    return found.id
