"""The only place where somebody opens a person's whole file; every opening is put on record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from skillhub.accounts.queries import actors, people
from skillhub.accounts.queries.people import ConsentView, PersonView, WishView
from skillhub.base import audit
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import unit_of_work

STAFF = (Role.DESK, Role.OFFICER, Role.AUDITOR)
READERS = (*STAFF, Role.SCHOOL, Role.TRAINEE)


@dataclass(frozen=True)
class PersonFile:
    """What is on file about one person on this floor; phone and document masked."""

    person: PersonView
    phone_masked: str | None
    consents: tuple[ConsentView, ...]
    wishes: tuple[WishView, ...]


def read_file(*, actor: Actor, handle: str, bodies: Collection[int] = ()) -> PersonFile:
    """Open the file of a person and record who did.

    It opens for the person, for the staff of the districts where the person is registered,
    and for the schools that teach the person: the caller knows them and names them.

    :param bodies: ids of the training bodies whose classes the person took.
    :raises Forbidden: the actor holds none of these roles.
    :raises NotFound: there is no such person for this actor.
    """
    require_role(actor, *READERS)
    person = people.by_handle(handle)
    require(actor, *_rights(person, bodies))
    with unit_of_work() as unit:
        audit.record(
            unit,
            actor=actor,
            verb="person.file.read",
            subject=f"person:{person.id}",
            district=person.district,
        )
    return PersonFile(
        person, _masked(people.phone_of(person.id)), people.consents(person.id), people.wishes(person.id)
    )


def _rights(person: PersonView, bodies: Collection[int]) -> tuple[Right, ...]:
    registered = {each.district for each in actors.grants_of(person.id) if each.role is Role.TRAINEE}
    districts = sorted({person.district} | {code for code in registered if code is not None})
    return (
        Right(Role.TRAINEE, person=person.id),
        *(Right(role, district=code) for role in STAFF for code in districts),
        *(Right(Role.SCHOOL, organisation=body) for body in sorted(bodies)),
    )


def _masked(phone: str | None) -> str | None:
    return None if phone is None else f"{phone[:3]}＊＊＊＊{phone[-4:]}"
