"""The only place that says what a registrar is shown of the person who was registered."""

from __future__ import annotations

from dataclasses import dataclass

from skillhub.accounts.queries import actors, people
from skillhub.accounts.queries.people import ConsentView, PersonView
from skillhub.base.access import Actor, Right, Role, require

REGISTRARS = (Role.DESK, Role.OFFICER, Role.SCHOOL)


@dataclass(frozen=True)
class RegistrationView:
    """A registered person, and the consents that stand."""

    person: PersonView
    consents: tuple[ConsentView, ...]


def registration(actor: Actor, handle: str) -> RegistrationView:
    """Return a person who is registered in a district in which the actor registers people.

    :raises NotFound: there is no such person, or not here.
    """
    person = people.by_handle(handle)
    here = {person.district} | {grant.district for grant in actors.grants_of(person.id) if grant.district}
    require(actor, *(Right(role, district=district) for role in REGISTRARS for district in sorted(here)))
    return RegistrationView(person, people.consents(person.id))
