"""As whom one signs in to the demonstration: one for each role of each district, random passwords."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from skillhub.accounts.queries import people as people_queries
from skillhub.accounts.rules.consents import BASIC, Given
from skillhub.accounts.service import grants, passwords, people
from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.demo import data
from skillhub.demo.history import LOADER, REGISTER, Known
from skillhub.demo.places import ABOUT, DISTRICTS, founded

FILE = "demo-sign-ins.json"
WORDS = "春夏秋冬山川江河梅兰竹菊松柏云霞"
EMPLOYERS = {
    "130202": "E-LN-0001",
    "500104": "E-DDK-0001",
    "440103": "E-LW-0001",
    "330102": "E-SC-0017",
    "140403": "E-LZ-0001",
}
"""The employer of each district for whom somebody signs in."""
TRAINERS = {
    "130202": ("T09",),
    "500104": ("T01",),
    "440103": ("T03", "T02"),
    "330102": ("T05",),
    "140403": ("T07", "T08"),
}
OFFICE = (
    ("管理员甲", Role.OFFICER),
    ("管理员乙", Role.OFFICER),
    ("审计员", Role.AUDITOR),
    ("窗口员", Role.DESK),
)
SCHOOL_NAMES = "甲乙丙丁"


@dataclass(frozen=True)
class Staff:
    """Somebody who works with the system; the operator belongs to no district."""

    number: str
    name: str
    phone: str
    role: Role
    district: str | None
    organisation: str | None = None


@dataclass(frozen=True)
class SignIn:
    """How to sign in as somebody; written once, to a file that only its owner reads."""

    role: str
    district: str | None
    phone: str
    password: str
    person: str


def everybody() -> tuple[Staff, ...]:
    """Return the operator, then the staff of each district."""
    operator = Staff("A-01", "示例操作员（虚构）", "19900009001", Role.OPERATOR, None)
    return (operator, *(each for index, code in enumerate(DISTRICTS) for each in _of_district(code, index)))


def _of_district(code: str, index: int) -> Iterator[Staff]:
    """Yield who works in a district: office, training bodies, and the employer's contact."""
    bodies = [row["body_id"] for row in data.table("training_bodies") if row["district_code"] == code]
    wanted: list[tuple[str, Role, str | None]] = [(name, role, None) for name, role in OFFICE]
    wanted += [(f"教务{name}", Role.SCHOOL, body) for name, body in zip(SCHOOL_NAMES, bodies, strict=False)]
    for count, (name, role, organisation) in enumerate(wanted, start=2):
        number = index * 10 + count
        full = f"{ABOUT[code].short}{name}（虚构）"
        yield Staff(f"A-{number:02d}", full, f"199000090{number:02d}", role, code, organisation)
    (employer,) = (row for row in data.table("employers") if row["employer_id"] == EMPLOYERS[code])
    yield Staff(
        f"A-{index * 10 + len(wanted) + 2:02d}",
        employer["contact_name"],
        employer["contact_phone"],
        Role.EMPLOYER,
        code,
        employer["employer_id"],
    )


def load_in(unit: Unit, each: Staff) -> int:
    """Register one of the staff with the role."""
    at = founded(each.district or DISTRICTS[0])
    with clock.frozen_at(at):
        person_id = people.register_in(
            unit,
            actor=LOADER,
            name=each.name,
            id_type=None,
            id_number=None,
            phone=each.phone,
            district=each.district or DISTRICTS[0],
            consents=[Given(BASIC, "2025-01", at)],
            is_fictitious=True,
        )
        people.add_alias_in(unit, actor=LOADER, person_id=person_id, register=REGISTER, number=each.number)
        grants.grant_in(
            unit,
            actor=LOADER,
            person_id=person_id,
            role=each.role,
            district=each.district,
            organisation=Known().organisation(each.organisation) if each.organisation else None,
        )
    return person_id


def open_doors(trainees: Sequence[tuple[str, str]]) -> tuple[SignIn, ...]:
    """Let staff, trainers and these trainees (district, number of the tables) in, and tell how they sign in.

    A district's people share one random password, so that whoever shows the demonstration
    to somebody goes from one role to the next with one word; no district's opens another.
    """
    wanted = [(each.district, each.number, each.role) for each in everybody()]
    wanted += [(code, number, Role.TRAINER) for code in DISTRICTS for number in TRAINERS[code]]
    wanted += [(code, number, Role.TRAINEE) for code, number in trainees]
    chosen = {code: _password() for code in (None, *DISTRICTS)}  # the operator belongs to none
    hashed = {code: passwords.hashed(word, phone=None) for code, word in chosen.items()}
    known = Known()
    made = []
    with unit_of_work() as unit:
        for code, number, role in wanted:
            person = people_queries.person(known.person(number))
            phone = people_queries.phone_of(person.id)
            if phone is None:
                raise LookupError(number)
            passwords.set_first_in(unit, person_id=person.id, hashed=hashed[code])
            made.append(SignIn(role.value, code, phone, chosen[code], person.handle))
    return tuple(made)


def _password() -> str:
    return f"{secrets.choice(WORDS)}{secrets.choice(WORDS)}-{secrets.token_hex(4)}"


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
