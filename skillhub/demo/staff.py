"""As whom one signs in to the demonstration: for each district one for each role, random passwords."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries import people as people_queries
from skillhub.accounts.rules.consents import BASIC, Given
from skillhub.accounts.service import grants, passwords, people
from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.demo import data, places
from skillhub.demo.data import Row
from skillhub.demo.history import FOUNDED, LOADER, REGISTER, known_people
from skillhub.demo.places import Place

FILE = "demo-sign-ins.json"
WORDS = "春夏秋冬山川江河梅兰竹菊松柏云霞"
HASHED_AT_ONCE = 2  # Argon2 takes long on purpose, and lets other threads run


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Somebody who works with the system; `number` is our own, as the tables have none."""

    number: str
    name: str
    phone: str
    role: Role
    place: Place
    organisation: str | None = None

    @property
    def district(self) -> str | None:
        """The district in which the role is held; an operator holds none."""
        return None if self.role is Role.OPERATOR else self.place.code


@dataclass(frozen=True)
class SignIn:
    """How to sign in as somebody; written once, to a file that only its owner reads."""

    role: str
    district: str | None
    phone: str
    password: str
    person: str


def staff() -> tuple[Staff, ...]:
    """Return who works in the five districts: one operator, then for each district one for each role."""
    bodies = data.table("training_bodies")
    employers = {row["employer_id"]: row for row in data.table("employers")}
    operator = Staff(
        number="A-01",
        name="示例操作员（虚构）",
        phone="19900009001",
        role=Role.OPERATOR,
        place=places.FIVE[0],
    )
    found = [operator]
    for place in places.FIVE:
        schools = [row["body_id"] for row in bodies if row["district_code"] == place.code]
        found += _of(place, schools, employers[place.employer])
    return tuple(found)


def _of(place: Place, schools: Sequence[str], employer: Row) -> list[Staff]:
    in_office = (
        ("管理员甲", Role.OFFICER),
        ("管理员乙", Role.OFFICER),
        ("审计员", Role.AUDITOR),
        ("窗口员", Role.DESK),
    )
    posts: list[tuple[str, Role, str | None]] = [(title, role, None) for title, role in in_office]
    posts += [(f"教务{rank}", Role.SCHOOL, body) for rank, body in zip("甲乙", schools, strict=False)]
    found = [
        Staff(
            number=f"A-{place.code}-{index:02d}",
            name=f"示例{place.short_name}{title}（虚构）",
            phone=f"{place.staff_phones}{index:02d}",
            role=role,
            place=place,
            organisation=organisation,
        )
        for index, (title, role, organisation) in enumerate(posts, 2)
    ]
    found.append(
        Staff(
            number=f"A-{place.code}-20",
            name=employer["contact_name"] or f"示例{place.short_name}用工负责人（虚构）",
            phone=employer["contact_phone"] or f"{place.staff_phones}20",
            role=Role.EMPLOYER,
            place=place,
            organisation=employer["employer_id"],
        )
    )
    return found


def load_in(unit: Unit, each: Staff) -> int:
    """Register one of the staff with the role."""
    with clock.frozen_at(FOUNDED):
        person_id = people.register_in(
            unit,
            actor=LOADER,
            name=each.name,
            id_type=None,
            id_number=None,
            phone=each.phone,
            district=each.place.code,
            consents=[Given(BASIC, "2025-01", FOUNDED)],
            is_fictitious=True,
        )
        people.add_alias_in(unit, actor=LOADER, person_id=person_id, register=REGISTER, number=each.number)
        grants.grant_in(
            unit,
            actor=LOADER,
            person_id=person_id,
            role=each.role,
            district=each.district,
            organisation=organisations.by_code(each.organisation).id if each.organisation else None,
        )
    return person_id


def open_doors(trainees: Sequence[tuple[str, str]]) -> tuple[SignIn, ...]:
    """Give staff, one trainer of each district and these trainees a random password each.

    :param trainees: district and number of the tables of each.
    """
    wanted = [(each.number, each.role, each.district) for each in staff()]
    wanted += [(place.trainer, Role.TRAINER, place.code) for place in places.FIVE]
    wanted += [(number, Role.TRAINEE, district) for district, number in trainees]
    known = known_people()
    words = [f"{secrets.choice(WORDS)}{secrets.choice(WORDS)}-{secrets.token_hex(4)}" for _ in wanted]
    with ThreadPoolExecutor(HASHED_AT_ONCE) as threads:
        kept = list(threads.map(lambda word: passwords.hashed(word, phone=None), words))
    made = []
    with unit_of_work() as unit:
        for (number, role, district), word, hashed in zip(wanted, words, kept, strict=True):
            person = people_queries.person(known[number])
            passwords.set_first_in(unit, person_id=person.id, hashed=hashed)
            phone = people_queries.phone_of(person.id)
            if phone is None:
                raise LookupError(number)
            made.append(SignIn(role.value, district, phone, word, person.handle))
    return tuple(made)


def write(sign_ins: tuple[SignIn, ...], folder: Path) -> Path:
    """Write how to sign in to a file that only its owner reads."""
    path = folder / FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(each) for each in sign_ins], file, ensure_ascii=False, indent=1)
    path.chmod(0o600)
    return path


def read(folder: Path) -> list[dict[str, str | None]]:
    """Read how to sign in, empty where nothing was written."""
    path = folder / FILE
    if not path.is_file():
        return []
    found: list[dict[str, str | None]] = json.loads(path.read_text(encoding="utf-8"))
    return found
