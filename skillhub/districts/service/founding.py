"""The only place that founds an installation or a further district: the first people and their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from skillhub.accounts.errors import reading
from skillhub.accounts.rules import names, phones
from skillhub.accounts.service import grants, invitations, organisations, registration
from skillhub.accounts.service.invitations import Invited
from skillhub.base import access, audit, ids
from skillhub.base.access import Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.districts.divisions import Division
from skillhub.districts.errors import AlreadyFounded, NotFounded, OfficersAlike
from skillhub.districts.model import District
from skillhub.districts.service import districts

FOUNDER = access.system("init")
OFFICERS = 2


@dataclass(frozen=True)
class Somebody:
    """A name and a mobile number, as they were typed."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be founded; a further district needs no operator."""

    district: Division
    officers: Sequence[Somebody]
    operator: Somebody | None
    body: str | None = None
    body_uscc: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Founded:
    """What was founded, with the links that are shown this once."""

    district: str
    body: str | None
    links: tuple[Invited, ...]


def found(*, plan: Plan) -> Founded:
    """Found an empty installation: district, operator, two officers, and a training body if one is named.

    :raises AlreadyFounded: there is a district.
    :raises Invalid: a name or number cannot be right.
    :raises OfficersAlike: two of the people are one.
    """
    with unit_of_work() as unit:
        if _is_founded(unit):
            raise AlreadyFounded
        return _found(unit, plan)


def add(*, plan: Plan) -> Founded:
    """Add a further district with two officers of its own.

    :raises NotFounded: there is no district yet.
    :raises DistrictKnown: this one exists.
    :raises Invalid: a name or number cannot be right.
    """
    with unit_of_work() as unit:
        if not _is_founded(unit):
            raise NotFounded
        return _found(unit, plan)


def _is_founded(unit: Unit) -> bool:
    ids.next_number(unit, "init")  # two at the same moment: the second waits here, and sees the first
    return unit.session.scalar(select(District.code).limit(1)) is not None


def _found(unit: Unit, plan: Plan) -> Founded:
    _check(plan)
    division = plan.district
    districts.add_in(
        unit,
        actor=FOUNDER,
        code=division.code,
        name=division.name,
        short_name=division.short_name,
        name_en=division.name_en,
        city=division.city,
        province=division.province,
        phone=plan.phone,
    )
    body = _body(unit, plan) if plan.body else None
    links = [_seat(unit, each, Role.OFFICER, division.code) for each in plan.officers]
    if plan.operator is not None:
        links.insert(0, _seat(unit, plan.operator, Role.OPERATOR, division.code))
    audit.record(
        unit,
        actor=FOUNDER,
        verb="district.found",
        subject=f"district:{division.code}",
        district=division.code,
        officers=len(plan.officers),
    )
    unit.refer(division.code)
    return Founded(division.code, body, tuple(links))


def _check(plan: Plan) -> None:
    """Say at once what is wrong with anybody; nobody may be two of the officers."""
    with reading() as fields:
        seats = {f"officer_{number}": each for number, each in enumerate(plan.officers, 1)}
        if plan.operator is not None:
            seats["operator"] = plan.operator
        numbers = []
        for field, each in seats.items():
            fields.read(field, lambda each=each: names.name(each.name))  # type: ignore[misc]  # a default binds it now
            number = fields.read(field, lambda each=each: phones.mobile(each.phone))  # type: ignore[misc]  # as above
            numbers.append(number)
    officers = numbers[: len(plan.officers)]
    if len(plan.officers) != OFFICERS or len(set(officers)) != OFFICERS:
        raise OfficersAlike


def _body(unit: Unit, plan: Plan) -> str:
    code = f"B-{plan.district.code}-{ids.next_number(unit, f'organisation:B:{plan.district.code}'):04d}"
    organisations.register_in(
        unit,
        actor=FOUNDER,
        code=code,
        kind="training_body",
        district=plan.district.code,
        name=plan.body or "",
        uscc=plan.body_uscc,
    )
    return code


def _seat(unit: Unit, somebody: Somebody, role: Role, district: str) -> Invited:
    person_id = registration.staff_in(
        unit, actor=FOUNDER, name=somebody.name, phone=somebody.phone, district=district
    )
    bound = None if role is Role.OPERATOR else district
    grants.grant_in(unit, actor=FOUNDER, person_id=person_id, role=role, district=bound)
    return invitations.invite_in(unit, actor=FOUNDER, person_id=person_id, role=role, district=bound)
