"""The only place that issues a certificate: its facts are frozen here and never written again."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from flask_babel import force_locale
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import organisations, people
from skillhub.accounts.queries.people import PersonView
from skillhub.base import access, audit, clock, events, i18n, ids
from skillhub.base.access import Actor
from skillhub.base.db import Unit
from skillhub.base.errors import NotFound
from skillhub.courses.queries import applications, batches, results
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.results import ResultView
from skillhub.courses.rules.levels import LEVELS
from skillhub.courses.service import seats
from skillhub.credentials.errors import (
    AlreadyIssued,
    CharacterMissing,
    IdentityMissing,
    NotEarned,
    NumberMalformed,
    NumberTaken,
)
from skillhub.credentials.events import CertificateIssued
from skillhub.credentials.model import Certificate
from skillhub.credentials.queries import certificates, district_fonts
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.rules import facts as rules
from skillhub.credentials.rules import numbers, readiness, wording
from skillhub.credentials.rules.facts import Facts, Status
from skillhub.credentials.service import messages
from skillhub.districts import queries as districts

CERTIFIED = "certified"
TRIES = 2


def issue_in(
    unit: Unit, *, actor: Actor, application_id: int, number: str | None = None, issued_on: date | None = None
) -> str:
    """Issue the certificate of an application inside a unit and return its public id.

    An application leads to one certificate: asked again, the first one is returned.

    :param number: the number that an earlier certificate bears already; else the next of the series.
    :param issued_on: the day it bears; else today in the district.
    :raises NotFound: no such application for this actor.
    :raises Conflict: no pass, no identity on file, class not over, another number issued, number taken.
    :raises CharacterMissing: the font cannot print a character, which is named.
    """
    application = applications.by_ids((application_id,)).get(application_id)
    if application is None:
        raise NotFound
    seats.hold(unit, batch_id=application.batch_id)  # so that no result is corrected meanwhile
    batch = batches.batch_by_id(application.batch_id)
    access.require(actor, *certificates.issuers(batch))
    first = certificates.of_application(application_id)
    if first is not None:
        return _again(first, number)
    day = issued_on or clock.today(districts.district(batch.district).zone)
    check_over(batch, day)
    person, result = people.person(application.person_id), results.result(application_id)
    unnumbered = draft(batch, organisations.organisation(batch.body_id).name, person, result, day)
    return _insert(
        unit, actor=actor, draft=unnumbered, batch=batch, application_id=application_id, number=number
    )


def check_over(batch: BatchView, day: date) -> None:
    """Refuse a class that did not take place or is not over, and a day before its end.

    :raises ClassCancelled: it was cancelled or never approved.
    :raises TooEarly: it is not over.
    """
    obstacle = readiness.obstacle(
        state=batch.state, is_taught=batch.is_taught, ends_on=batch.ends_on, day=day
    )
    if obstacle is not None:
        raise obstacle


def _again(first: CertificateView, number: str | None) -> str:
    if number is not None and number != first.number:
        raise AlreadyIssued(number=first.number)
    return first.public_id


def draft(batch: BatchView, body: str, person: PersonView, result: ResultView | None, day: date) -> Facts:
    """Return the facts with no number yet.

    :raises NotEarned: no pass was recorded.
    :raises IdentityMissing: no document is on file.
    :raises CharacterMissing: the font cannot print a character, which is named.
    """
    if result is None or result.outcome != CERTIFIED:
        raise NotEarned
    if not person.id_last4:
        raise IdentityMissing
    course = batch.course
    facts = Facts(
        number="",
        name=person.name,
        identity_last4=person.id_last4,
        course=course.name,
        starts_on=batch.starts_on,
        ends_on=batch.ends_on,
        body=body,
        issued_on=day,
        trade=course.trade,
        level=course.level,
        level_name=_level_name(course.level),
        hours=course.theory_hours + course.practice_hours,
        theory_hours=course.theory_hours,
        practice_hours=course.practice_hours,
        theory=result.theory,
        practice=result.practice,
        batch=batch.code,
        district=batch.district,
        is_fictitious=person.is_fictitious,
    )
    check_characters(facts)
    return facts


def _level_name(level: str | None) -> str | None:
    """Return a level as paper says it, whatever language the clerk reads."""
    if level is None:
        return None
    with force_locale(i18n.SOURCE):
        return str(LEVELS.get(level, level))


def check_characters(facts: Facts) -> None:
    """Refuse what would be printed as nothing.

    :raises CharacterMissing: the font cannot print a character, which is named.
    """
    for field, text in facts.texts().items():
        for character in district_fonts.missing_characters(text, facts.district):
            raise CharacterMissing(field=field, character=character)


def _insert(
    unit: Unit, *, actor: Actor, draft: Facts, batch: BatchView, application_id: int, number: str | None
) -> str:
    """Take the number and write the row; the unique columns decide between two at the same moment."""
    for tries_left in reversed(range(TRIES)):
        try:
            with unit.session.begin_nested():
                facts = dataclasses.replace(draft, number=_number(unit, draft, number))
                return _write(unit, actor, facts, batch, application_id, is_new=number is None)
        except IntegrityError:
            first = certificates.of_application(application_id)
            if first is not None:
                return _again(first, number)
            if not tries_left:
                raise NumberTaken(number=number or "") from None
    raise AssertionError  # the loop returns or raises


def _number(unit: Unit, draft: Facts, number: str | None) -> str:
    if number is None:
        name = numbers.series(draft.district, draft.issued_on.year)
        return str(numbers.Number(draft.district, draft.issued_on.year, ids.next_number(unit, name)))
    known = numbers.read(number)
    if known is None or known.district != draft.district:
        raise NumberMalformed(number=number, district=draft.district)
    ids.reserve_up_to(unit, known.series, known.serial)
    return number


def _write(
    unit: Unit, actor: Actor, facts: Facts, batch: BatchView, application_id: int, *, is_new: bool
) -> str:
    application = applications.by_ids((application_id,))[application_id]
    public_id = new_public_id()
    unit.session.execute(insert(Certificate).values(row(public_id, facts, batch, application, actor)))
    audit.record_all(unit, [audit_row(public_id, facts, application_id, actor)])
    if is_new:  # who has held the certificate since before needs no message
        text = wording.message_of_issue(facts)
        messages.tell(unit, person_id=application.person_id, certificate=public_id, state="issued", text=text)
    events.publish(
        unit,
        CertificateIssued(
            certificate=public_id,
            person_id=application.person_id,
            application_id=application_id,
            batch_id=batch.id,
            district=batch.district,
        ),
    )
    return public_id


def row(
    public_id: str, facts: Facts, batch: BatchView, application: ApplicationView, actor: Actor
) -> dict[str, object]:
    """Return the columns of a new certificate, its facts frozen."""
    stored = facts.frozen()
    return {
        "public_id": public_id,
        "number": facts.number,
        "version": facts.version,
        "application_id": application.id,
        "person_id": application.person_id,
        "batch_id": batch.id,
        "district_code": batch.district,
        "body_id": batch.body_id,
        "facts": stored,
        "facts_sha256": rules.checksum(stored),
        "issued_on": facts.issued_on,
        "issued_at": clock.now(),
        "issued_by_id": actor.person_id,
        "status": Status.VALID.value,
    }


def audit_row(public_id: str, facts: Facts, application_id: int, actor: Actor) -> dict[str, Any]:
    """Return the line of the trail that says that a certificate was issued."""
    told = {"number": facts.number, "application": application_id}
    return audit.row(actor, "certificate.issue", f"certificate:{public_id}", facts.district, told)


def new_public_id() -> str:
    """Return an unguessable id; the letter in front keeps it from looking like an option of a command."""
    return f"c{ids.secret()}"
