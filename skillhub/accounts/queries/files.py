"""The only place that decides who of the staff may open a person's file, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass

from skillhub.accounts.queries import actors, people
from skillhub.accounts.queries.people import ConsentView, PersonView, WishView
from skillhub.base.access import Actor, Right, Role, require

READERS = (Role.DESK, Role.OFFICER, Role.SCHOOL, Role.AUDITOR)


@dataclass(frozen=True)
class FileView:
    """One person's file as a clerk sees it."""

    person: PersonView
    consents: tuple[ConsentView, ...]
    wishes: tuple[WishView, ...]


def file(actor: Actor, handle: str) -> FileView:
    """Return the file of a person who is registered in a district where the actor is a clerk or auditor.

    :raises NotFound: there is no such person, or not here.
    """
    person = people.by_handle(handle)
    here = {person.district} | {grant.district for grant in actors.grants_of(person.id) if grant.district}
    require(actor, *(Right(role, district=district) for role in READERS for district in sorted(here)))
    return FileView(person, people.consents(person.id), people.wishes(person.id))
