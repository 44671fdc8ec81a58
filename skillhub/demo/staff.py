"""The people as whom one signs in to the demonstration, one for each role, with random passwords."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries import people as people_queries
from skillhub.accounts.rules.consents import BASIC, Given
from skillhub.accounts.service import grants, passwords, people
from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.demo.history import DISTRICT, FOUNDED, LOADER, REGISTER

FILE = "demo-sign-ins.json"
WORDS = "春夏秋冬山川江河梅兰竹菊松柏云霞"
EMPLOYER = "E-LN-0001"


@dataclass(frozen=True)
class Staff:
    """Somebody who works with the system."""

    number: str
    name: str
    phone: str
    role: Role
    organisation: str | None = None


@dataclass(frozen=True)
class SignIn:
    """How to sign in as somebody; written once, to a file that only its owner reads."""

    role: str
    district: str | None
    phone: str
    password: str
    person: str


STAFF = (
    Staff("A-01", "示例操作员（虚构）", "19900009001", Role.OPERATOR),
    Staff("A-02", "示例管理员甲（虚构）", "19900009002", Role.OFFICER),
    Staff("A-03", "示例管理员乙（虚构）", "19900009003", Role.OFFICER),
    Staff("A-04", "示例审计员（虚构）", "19900009004", Role.AUDITOR),
    Staff("A-05", "示例窗口员（虚构）", "19900009005", Role.DESK),
    Staff("A-06", "示例教务甲（虚构）", "19900009006", Role.SCHOOL, "B-LN-1"),
    Staff("A-07", "示例教务乙（虚构）", "19900009007", Role.SCHOOL, "B-LN-2"),
    Staff("A-08", "邓经理（虚构）", "19900005001", Role.EMPLOYER, EMPLOYER),
)
TRAINERS = ("T09",)


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
            district=DISTRICT,
            consents=[Given(BASIC, "2025-01", FOUNDED)],
            is_fictitious=True,
        )
        people.add_alias_in(unit, actor=LOADER, person_id=person_id, register=REGISTER, number=each.number)
        grants.grant_in(
            unit,
            actor=LOADER,
            person_id=person_id,
            role=each.role,
            district=None if each.role is Role.OPERATOR else DISTRICT,
            organisation=organisations.by_code(each.organisation).id if each.organisation else None,
        )
    return person_id


def open_doors(trainees: tuple[str, ...]) -> tuple[SignIn, ...]:
    """Give staff, one trainer and these trainees (numbers of the tables) a random password each."""
    wanted = [(each.number, each.role) for each in STAFF]
    wanted += [(number, Role.TRAINER) for number in TRAINERS]
    wanted += [(number, Role.TRAINEE) for number in trainees]
    made = []
    for number, role in wanted:
        person = people_queries.with_alias(REGISTER, number)
        phone = people_queries.phone_of(person.id) if person else None
        if person is None or phone is None:
            raise LookupError(number)
        password = f"{secrets.choice(WORDS)}{secrets.choice(WORDS)}-{secrets.token_hex(4)}"
        with unit_of_work() as unit:
            passwords.set_in(unit, actor=LOADER, person_id=person.id, password=password)
        made.append(
            SignIn(role.value, None if role is Role.OPERATOR else DISTRICT, phone, password, person.handle)
        )
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
