"""The only place that enters certificates of an earlier register, whose numbers and days are known.

Nobody is told. All of one class are entered by a handful of statements, however many they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import organisations, people
from skillhub.base import access, audit, events, ids
from skillhub.base.access import Actor
from skillhub.base.db import Unit
from skillhub.base.errors import NotFound
from skillhub.courses.queries import applications, batches, results
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.service import seats
from skillhub.credentials.errors import AlreadyIssued, NumberMalformed, NumberTaken
from skillhub.credentials.events import CertificateIssued
from skillhub.credentials.model import Certificate
from skillhub.credentials.queries import certificates
from skillhub.credentials.rules import numbers
from skillhub.credentials.rules.facts import Facts
from skillhub.credentials.service import issue


@dataclass(frozen=True)
class Known:
    """A certificate as the earlier register has it."""

    application_id: int
    number: str
    issued_on: date


def enter_in(unit: Unit, *, actor: Actor, batch: str, known: Sequence[Known]) -> list[str]:
    """Enter certificates of one class inside a unit, and return their public ids in order.

    :raises NotFound: no such class for this actor, or an application of another class.
    :raises Conflict: no pass, no identity on file, class not over, one was issued, a number is taken.
    :raises CharacterMissing: the font cannot print a character, which is named.
    """
    taught = batches.batch(batch)
    access.require(actor, *certificates.issuers(taught))
    seats.hold(unit, batch_id=taught.id)
    issued = {each.application_id: each for each in certificates.of_batch(taught.id)}
    for each in known:
        if each.application_id in issued:
            raise AlreadyIssued(number=issued[each.application_id].number)
    held = {each.id: each for each in applications.of_batch(taught.id)}
    if any(each.application_id not in held for each in known):
        raise NotFound
    made = {issue.new_public_id(): facts for facts in _facts(taught, held, known)}
    entered = [held[each.application_id] for each in known]
    _reserve(unit, list(made.values()))
    _write(unit, actor, taught, made, entered)
    return list(made)


def _facts(taught: BatchView, held: Mapping[int, ApplicationView], known: Sequence[Known]) -> list[Facts]:
    persons = people.many([held[each.application_id].person_id for each in known])
    marks = {each.application_id: each for each in results.of_batch(taught.id)}
    body = organisations.organisation(taught.body_id).name
    found = []
    for each in known:
        issue.check_over(taught, each.issued_on)
        person = persons[held[each.application_id].person_id]
        unnumbered = issue.draft(taught, body, person, marks.get(each.application_id), each.issued_on)
        found.append(dataclasses.replace(unnumbered, number=each.number))
    return found


def _reserve(unit: Unit, entered: Sequence[Facts]) -> None:
    """Keep the series from giving these numbers out again."""
    highest: dict[str, int] = {}
    for facts in entered:
        number = numbers.read(facts.number)
        if number is None or number.district != facts.district:
            raise NumberMalformed(number=facts.number, district=facts.district)
        highest[number.series] = max(number.serial, highest.get(number.series, 0))
    for series, serial in sorted(highest.items()):
        ids.reserve_up_to(unit, series, serial)


def _write(
    unit: Unit,
    actor: Actor,
    taught: BatchView,
    made: Mapping[str, Facts],
    entered: Sequence[ApplicationView],
) -> None:
    told = list(zip(made.items(), entered, strict=True))
    if not told:
        return
    try:
        with unit.session.begin_nested():
            unit.session.execute(
                insert(Certificate),
                [issue.row(key, facts, taught, application, actor) for (key, facts), application in told],
            )
    except IntegrityError as error:
        raise NumberTaken(number="、".join(facts.number for facts in made.values())) from error
    audit.record_all(
        unit, (issue.audit_row(key, facts, application.id, actor) for (key, facts), application in told)
    )
    for (key, facts), application in told:
        events.publish(
            unit,
            CertificateIssued(
                certificate=key,
                person_id=application.person_id,
                application_id=application.id,
                batch_id=taught.id,
                district=facts.district,
            ),
        )
