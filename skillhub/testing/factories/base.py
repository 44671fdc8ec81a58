"""Districts, organisations and people with roles, made through the services."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from skillhub.accounts.queries import actors
from skillhub.accounts.queries import organisations as organisation_queries
from skillhub.accounts.queries import people as people_queries
from skillhub.accounts.service import grants, people
from skillhub.accounts.service import organisations as organisation_service
from skillhub.base import access, clock
from skillhub.base.access import Actor, Role
from skillhub.base.db import unit_of_work
from skillhub.districts.service import districts

TESTS = access.system("tests")
_serial = itertools.count(1)
LUNAN, LIWAN = "130202", "440103"


@dataclass(frozen=True)
class SomePerson:
    """A person whom a test has made."""

    person_id: int
    handle: str
    name: str
    phone: str
    actor: Actor
    organisation: str | None = None


@dataclass(frozen=True)
class SomeOrganisation:
    """An organisation that a test has made."""

    id: int
    code: str
    name: str


def make_districts() -> None:
    """Make Lunan, with its plugin on, and Liwan, with none."""
    with unit_of_work() as unit:
        for code, short, name, english, city, province in (
            (LUNAN, "路南", "路南区", "Lunan", "唐山市", "河北省"),
            (LIWAN, "荔湾", "荔湾区", "Liwan", "广州市", "广东省"),
        ):
            districts.add_in(
                unit,
                actor=TESTS,
                code=code,
                name=name,
                short_name=short,
                name_en=english,
                city=city,
                province=province,
            )
        districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin="tangshan_lunan", is_on=True)


def id_number(serial: int, prefix: str = "130202", born: str = "19750308") -> str:
    """Return a fictitious resident's number with a right check digit, another for each serial number.

    From a thousand on the place is counted up and not the birthday, which tests of ages rely on.
    """
    body = f"{int(prefix) + serial // 1000:06d}{born}{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


class Organisations:
    """Makes employers and training bodies."""

    def __init__(self, district: str) -> None:
        """Make them in this district unless another is named."""
        self.district = district

    def employer(self, district: str | None = None, *, is_visited: bool = True) -> SomeOrganisation:
        """Return a new employer, visited by the market's staff unless told otherwise."""
        return self._make("employer", district, is_visited=is_visited)

    def training_body(self, district: str | None = None) -> SomeOrganisation:
        """Return a new training body."""
        return self._make("training_body", district, is_visited=False)

    def _make(self, kind: str, district: str | None, *, is_visited: bool) -> SomeOrganisation:
        code = f"T-{next(_serial):05d}"
        name = f"测试机构{code}（虚构）"
        with unit_of_work() as unit:
            made = organisation_service.register_in(
                unit,
                actor=TESTS,
                code=code,
                kind=kind,
                district=district or self.district,
                name=name,
                visited_on=clock.today("Asia/Shanghai") if is_visited else None,
                visited_by="工作人员01" if is_visited else None,
                visit_result="属实" if is_visited else None,
                is_fictitious=True,
            )
        return SomeOrganisation(made, code, name)


class Persons:
    """Makes people with roles."""

    def __init__(self, district: str) -> None:
        """Make them in this district unless another is named."""
        self.district = district
        self._organisations = Organisations(district)

    def trainee(
        self,
        district: str | None = None,
        *,
        has_identity: bool = True,
        born: str = "19750308",
        groups: Sequence[str] = (),
    ) -> SomePerson:
        """Return a registered job seeker."""
        return self._make(Role.TRAINEE, district, None, has_identity=has_identity, born=born, groups=groups)

    def officer(self, district: str | None = None) -> SomePerson:
        """Return a district officer."""
        return self._make(Role.OFFICER, district, None)

    def auditor(self, district: str | None = None) -> SomePerson:
        """Return a district's auditor."""
        return self._make(Role.AUDITOR, district, None)

    def desk(self, district: str | None = None) -> SomePerson:
        """Return a station clerk."""
        return self._make(Role.DESK, district, None)

    def operator(self) -> SomePerson:
        """Return the installation's operator."""
        return self._make(Role.OPERATOR, None, None)

    def employer(
        self, organisation: SomeOrganisation | None = None, district: str | None = None
    ) -> SomePerson:
        """Return a person who acts for an employer."""
        return self._make(Role.EMPLOYER, district, organisation or self._organisations.employer(district))

    def school(self, organisation: SomeOrganisation | None = None, district: str | None = None) -> SomePerson:
        """Return a person who acts for a training body."""
        return self._make(Role.SCHOOL, district, organisation or self._organisations.training_body(district))

    def trainer(
        self, organisation: SomeOrganisation | None = None, district: str | None = None
    ) -> SomePerson:
        """Return a trainer of a training body."""
        return self._make(Role.TRAINER, district, organisation or self._organisations.training_body(district))

    def _make(
        self,
        role: Role,
        district: str | None,
        organisation: SomeOrganisation | None,
        *,
        has_identity: bool = True,
        born: str = "19750308",
        groups: Sequence[str] = (),
    ) -> SomePerson:
        serial = next(_serial)
        name = "测试" + "".join("零一二三四五六七八九"[int(digit)] for digit in str(serial))
        phone = f"199{serial:08d}"
        with unit_of_work() as unit:
            person_id = people.register_in(
                unit,
                actor=TESTS,
                name=name,
                id_type="resident_id" if has_identity else None,
                id_number=id_number(serial, born=born) if has_identity else None,
                phone=phone,
                district=district or self.district,
                groups=groups,
                is_fictitious=True,
            )
            if role is not Role.TRAINEE:
                grants.grant_in(
                    unit,
                    actor=TESTS,
                    person_id=person_id,
                    role=role,
                    district=None if role is Role.OPERATOR else district or self.district,
                    organisation=organisation.id if organisation else None,
                )
        view = people_queries.person(person_id)
        code = organisation_queries.organisation(organisation.id).code if organisation else None
        return SomePerson(person_id, view.handle, name, phone, actors.actor_of(person_id), code)
