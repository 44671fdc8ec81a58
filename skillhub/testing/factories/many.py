"""Thousands of certificates at once: copies of one that the services made, for tests of what comes after."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import insert, select

from skillhub.base.db import Model, db, unit_of_work
from skillhub.credentials.rules import facts as rules
from skillhub.credentials.rules.numbers import Number

AT_ONCE = 500


def copied(public_id: str, count: int) -> None:
    """Put so many copies of a certificate into the database, each with its own person and application."""
    tables = Model.metadata.tables
    certificate = _row("certificate", tables["certificate"].c.public_id == public_id)
    application = _row("application", tables["application"].c.id == certificate["application_id"])
    person = _row("person", tables["person"].c.id == certificate["person_id"])
    start = int(certificate["number"][-6:])
    for first in range(0, count, AT_ONCE):
        places = range(first, min(first + AT_ONCE, count))
        with unit_of_work() as unit:
            persons = _inserted(unit, "person", [_person(person) for _ in places])
            applications = _inserted(
                unit,
                "application",
                [
                    _application(application, person_id, 10_000 + place)
                    for place, person_id in zip(places, persons, strict=True)
                ],
            )
            made = zip(places, persons, applications, strict=True)
            rows = [_certificate(certificate, start + 1 + place, *ids) for place, *ids in made]
            _inserted(unit, "certificate", rows)


def _row(table: str, condition: Any) -> dict[str, Any]:
    row = db.session.execute(select(Model.metadata.tables[table]).where(condition)).mappings().one()
    return {name: value for name, value in row.items() if name != "id"}


def _inserted(unit: Any, table: str, rows: list[dict[str, Any]]) -> list[int]:
    found = Model.metadata.tables[table]
    statement = insert(found).returning(found.c.id, sort_by_parameter_order=True)
    return list(unit.session.scalars(statement, rows))


def _person(row: dict[str, Any]) -> dict[str, Any]:
    unique = secrets.token_hex(16)
    return row | {"handle": unique, "id_number_hash": unique, "phone_hash": None, "phone_sealed": None}


def _application(row: dict[str, Any], person_id: int, order_no: int) -> dict[str, Any]:
    return row | {"receipt": secrets.token_hex(16), "person_id": person_id, "order_no": order_no}


def _certificate(row: dict[str, Any], serial: int, person_id: int, application_id: int) -> dict[str, Any]:
    number = str(Number(row["district_code"], row["issued_on"].year, serial))
    facts = row["facts"] | {"number": number}
    return row | {
        "public_id": f"c{secrets.token_urlsafe(16)}",
        "number": number,
        "person_id": person_id,
        "application_id": application_id,
        "facts": facts,
        "facts_sha256": rules.checksum(facts),
        "prepared_at": None,
    }
