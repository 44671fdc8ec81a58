"""The only place where the staff finds somebody: by what the person shows or tells, and always on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from skillhub.accounts.errors import TooManySearches, reading
from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.accounts.rules import identity, names, phones, text
from skillhub.accounts.rules.identity import IdType
from skillhub.accounts.wrong import Wrong
from skillhub.base import audit, clock, idempotency
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import NotFound

FINDERS = (Role.DESK, Role.OFFICER, Role.SCHOOL)
MOST_SHOWN = 20
NAMESAKES_READ = 200
MOST_SEARCHES, SEARCHES_WITHIN = 120, timedelta(minutes=10)
SEARCH = "person.search"
TAIL = 4


@dataclass(frozen=True, kw_only=True)
class Clue:
    """What is known of somebody: one whole number, or two things together."""

    who: str = ""
    name: str = ""
    phone_tail: str = ""
    id_last4: str = ""
    born_on: date | None = None


def find(*, actor: Actor, district: str, clue: Clue) -> tuple[PersonView, ...]:
    """Return who fits, and put on record that somebody looked, and whom they saw.

    A whole phone or document number or the handle is enough; else the whole name with the
    end of the phone, or the end of the document with the date of birth. Nobody is listed
    by a name or a part of a number alone.

    :raises Forbidden: the actor is no staff.
    :raises NotFound: the actor is the staff of another district.
    :raises Invalid: nothing was typed by which a person can be found.
    :raises TooManySearches: somebody looks for more people than come to a desk.
    """
    require_role(actor, *FINDERS)
    require(actor, *(Right(role, district=district) for role in FINDERS))
    if audit.count_since(actor, SEARCH, clock.real_now() - SEARCHES_WITHIN) >= MOST_SEARCHES:
        raise TooManySearches
    by, found = _fitting(district, clue)
    if len(found) > MOST_SHOWN:
        with reading() as fields:
            fields.refuse("name", "too_many_found")
    with idempotency.apart(), unit_of_work() as unit:
        audit.record(
            unit,
            actor=actor,
            verb=SEARCH,
            subject=f"district:{district}",
            district=district,
            by=by,
            found=[each.id for each in found],
        )
    return found


def _fitting(district: str, clue: Clue) -> tuple[str, tuple[PersonView, ...]]:
    if clue.who.strip():
        return _by_whole_number(district, clue.who)
    name, tail = clue.name.strip(), text.half_width(clue.phone_tail).strip()
    last4 = text.half_width(clue.id_last4).strip().upper()
    with reading() as fields:
        if name and tail:
            whole = fields.read("name", lambda: names.name(name))
            if not (len(tail) == TAIL and tail.isascii() and tail.isdigit()):
                fields.refuse("phone_tail", "phone_tail_form")
        elif last4 and clue.born_on:
            if not (len(last4) == TAIL and last4.isascii() and last4.isalnum()):
                fields.refuse("id_last4", "id_last4_form")
        elif name:
            fields.refuse("phone_tail", "phone_tail_missing")
        elif last4:
            fields.refuse("born_on", "born_on_missing")
        else:
            fields.refuse("who", "clue_missing")
    if name and tail:
        most = NAMESAKES_READ
        return "name", people.named(whole or "", district=district, phone_tail=tail, most=most)
    return "document_tail", people.born(clue.born_on or date.min, district=district, last4=last4)


def _by_whole_number(district: str, typed: str) -> tuple[str, tuple[PersonView, ...]]:
    given = text.half_width(typed).strip()
    if given.lower().startswith("p-"):
        return "handle", people.of_district(_by_handle(given.lower()), district)
    try:
        return "phone", people.of_district(people.with_phone(phones.mobile(given)), district)
    except Wrong:
        return "document", people.of_district(_by_document(given), district)


def _by_handle(given: str) -> tuple[PersonView, ...]:
    try:
        return (people.by_handle(given),)
    except NotFound:
        return ()


def _by_document(given: str) -> tuple[PersonView, ...]:
    with reading() as fields:
        try:
            document = identity.identity(IdType.RESIDENT_ID, given, today=clock.today("Asia/Shanghai"))
        except Wrong:
            fields.refuse("who", "who_form")
            return ()
    one = people.with_identity(document.id_type, document.number)
    return () if one is None else (one,)
