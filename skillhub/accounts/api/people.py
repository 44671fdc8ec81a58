"""The JSON address by which a clerk's program registers people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from skillhub.accounts.errors import ManyDistricts
from skillhub.accounts.queries import registrations
from skillhub.accounts.rules.consents import Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import people
from skillhub.accounts.service.registration import Filing
from skillhub.base import access
from skillhub.base.access import Actor, Scope
from skillhub.web import api, requests

bp = Blueprint("people_api", __name__, url_prefix="/api/v1")

CHANNEL = "接口"
Word = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]


class ConsentPost(api.Shape):
    """A consent that was given, to which text."""

    purpose: Word
    text_version: Word


class WishPost(api.Shape):
    """What the person is looking for."""

    kind: Literal["job", "course", "both"]
    trade: Annotated[str, Field(min_length=1, max_length=40)]
    time_slot: Word | None = None
    within_km: Annotated[int, Field(ge=0, le=500)] | None = None


class PersonPost(api.Shape):
    """A person to be registered in the district of the token; `id_type` by its code or its Chinese name."""

    name: Annotated[str, Field(max_length=200)]
    id_type: Word
    id_number: Word
    phone: Word
    groups: Annotated[list[str], Field(max_length=50, default_factory=list)]
    consents: Annotated[list[ConsentPost], Field(max_length=20)]
    wish: WishPost | None = None


class ConsentShape(api.Shape):
    """A consent that stands."""

    purpose: str
    text_version: str
    given_at: datetime


class PersonShape(api.Shape):
    """A registered person; of the document only the last four characters."""

    handle: str
    name: str
    identity_last4: str | None
    groups: list[str]
    consents: list[ConsentShape]
    registered_at: datetime


def _show(handle: str) -> PersonShape:
    found = registrations.registration(requests.actor(), handle)
    return PersonShape(
        handle=found.person.handle,
        name=found.person.name,
        identity_last4=found.person.id_last4,
        groups=list(found.person.groups),
        consents=[
            ConsentShape(purpose=each.purpose, text_version=each.text_version, given_at=each.given_at)
            for each in found.consents
        ],
        registered_at=found.person.registered_at,
    )


@bp.post("/people")
@api.operation("Register a person", scope=Scope.APPLY, body=PersonPost, answer=PersonShape, status=201)
@api.writing(_show)
def register() -> api.Outcome:
    """Register a person in the token's district; the same document again answers 200 with the same handle."""
    actor = requests.actor()
    access.require_role(actor, *people.REGISTRARS)
    district = _district(actor)
    typed = api.read(PersonPost)
    done = people.file(
        actor=actor,
        filing=Filing(
            name=typed.name,
            id_type=typed.id_type,
            id_number=typed.id_number,
            phone=typed.phone,
            district=district,
            groups=typed.groups,
            consents=[Given(each.purpose, each.text_version) for each in typed.consents],
            wish=_wish(typed.wish),
            channel=CHANNEL,
        ),
    )
    return api.Outcome(done.handle, 201 if done.is_new else 200)


def _district(actor: Actor) -> str:
    districts = actor.districts(*people.REGISTRARS)
    if len(districts) != 1:
        raise ManyDistricts
    return next(iter(districts))


def _wish(typed: WishPost | None) -> WishMade | None:
    if typed is None:
        return None
    return WishMade(typed.kind, typed.trade, typed.time_slot, typed.within_km)
