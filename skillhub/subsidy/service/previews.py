"""What a training would bring, by the same rules that decide the claim; nothing is written."""

from __future__ import annotations

from datetime import date
from typing import Any

from skillhub import plugins
from skillhub.accounts.queries import people
from skillhub.base import clock
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.courses.queries import applications, batches
from skillhub.courses.queries.applications import ApplicationView
from skillhub.districts import queries as districts
from skillhub.districts import switches
from skillhub.subsidy.errors import NoRules
from skillhub.subsidy.queries import facts
from skillhub.subsidy.rules.decisions import Decision, from_answer, waived

ASKERS = (Role.TRAINEE, Role.SCHOOL, Role.DESK, Role.OFFICER, Role.AUDITOR)


def preview(*, actor: Actor, person: str, batch: str, on: date | None = None) -> Decision:
    """Ask the district's rules about one person and one batch.

    :param person: the person's handle; trainees ask about themselves.
    :param on: the civil date whose rules apply; today, or the batch's last day if that lies ahead.
    :raises NotFound: person or batch do not exist for this actor.
    :raises NoRules: the district has no rules switched on.
    """
    require_role(actor, *ASKERS)
    found = people.by_handle(person)
    taught = batches.batch(batch)
    require(
        actor,
        Right(Role.TRAINEE, person=found.id),
        Right(Role.SCHOOL, organisation=taught.body_id),
        *(Right(role, district=taught.district) for role in (Role.DESK, Role.OFFICER, Role.AUDITOR)),
    )
    day = on or max(clock.today(districts.district(taught.district).zone), taught.ends_on)
    held = _held(found.id, taught.id)
    if held is not None and held.is_unsubsidised:
        return waived(facts.chances_used(found.id, day.year, except_application=held.id))
    seen = facts.of_application(held, day) if held else facts.before_applying(found.id, taught, day)
    return ask(taught.district, seen, found.id, held.id if held else None)


def _held(person_id: int, batch_id: int) -> ApplicationView | None:
    """Return the seat that a person holds in a batch, or the place in line."""
    return next(
        (each for each in applications.of_person(person_id) if each.batch_id == batch_id and each.is_active),
        None,
    )


def ask(district: str, seen: dict[str, Any], person_id: int, application_id: int | None) -> Decision:
    """Ask the rules of a district about one set of facts (outside any unit of work).

    :raises NoRules: no plugin has an opinion.
    """
    used = facts.chances_used(person_id, seen["on"].year, except_application=application_id)
    answer = switches.decide("decide_subsidy", district=district, **seen, chances=plugins.Chances(used=used))
    if answer is None:
        raise NoRules
    return from_answer(answer, used)
