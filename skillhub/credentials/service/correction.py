"""The only place that corrects a certificate: another version stands in for it, under the same number.

Nothing that was frozen is written again. Both rows change in one transaction: whoever is
killed in the middle leaves the first version in force, and a second try finds it so.
"""

from __future__ import annotations

import dataclasses

from sqlalchemy import insert

from skillhub.base import audit, clock, events
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.faults import Faults
from skillhub.courses.queries import applications, batches
from skillhub.courses.service import seats
from skillhub.credentials import queries
from skillhub.credentials.errors import NotCorrectable, NothingCorrected, correction_unexplained
from skillhub.credentials.events import CertificateSuperseded
from skillhub.credentials.model import Certificate
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.rules import wording
from skillhub.credentials.rules.facts import Facts, Status
from skillhub.credentials.service import issue, messages
from skillhub.credentials.service.revocation import LONGEST_REASON, end_in
from skillhub.districts import queries as districts

LONGEST_NAME = 60
LONGEST_COURSE = 100


def correct(*, actor: Actor, certificate: str, name: str, course: str, reason: str) -> str:
    """Issue the next version with the right name or course, and return its public id.

    It keeps number and day of issue: what runs from that day does not begin anew.

    :raises NotFound: there is none, or not for this actor.
    :raises Invalid: nothing is different, something is empty or too long, there is no reason.
    :raises NotCorrectable: it is not in force any more.
    :raises CharacterMissing: the font cannot print a character, which is named.
    """
    with unit_of_work() as unit:
        found = queries.revocable(actor, certificate)
        seats.hold(unit, batch_id=found.batch_id)
        facts, words = _checked(found, name, course, reason)
        newer = issue.new_public_id()
        if not end_in(unit, actor, found.public_id, Status.SUPERSEDED, words, superseded_by=newer):
            raise NotCorrectable
        _insert_in(unit, actor, found, newer, facts)
        _note(unit, actor, found, newer, facts)
        text = wording.message_of_correction(facts, words)
        messages.tell(unit, person_id=found.person_id, certificate=certificate, state="superseded", text=text)
        return unit.refer(newer)


def _checked(found: CertificateView, name: str, course: str, reason: str) -> tuple[Facts, str]:
    if not found.is_valid:
        raise NotCorrectable
    faults = Faults()
    told = {
        "name": faults.text("name", name, most=LONGEST_NAME),
        "course": faults.text("course", course, most=LONGEST_COURSE),
    }
    words = faults.text("reason", " ".join(reason.split()), most=LONGEST_REASON, is_needed=False)
    if not words:
        faults.found.append(correction_unexplained())
    faults.stop()
    before = found.facts
    if (told["name"], told["course"]) == (before.name, before.course):
        raise NothingCorrected
    today = clock.today(districts.district(found.district).zone)
    facts = dataclasses.replace(
        before,
        name=told["name"],
        course=told["course"],
        version=before.version + 1,
        corrected_on=today,
    )
    issue.check_characters(facts)
    return facts, words


def _insert_in(unit: Unit, actor: Actor, found: CertificateView, newer: str, facts: Facts) -> None:
    application = applications.by_ids((found.application_id,))[found.application_id]
    batch = batches.batch_by_id(found.batch_id)
    unit.session.execute(insert(Certificate).values(issue.row(newer, facts, batch, application, actor)))


def _note(unit: Unit, actor: Actor, found: CertificateView, newer: str, facts: Facts) -> None:
    """Write down which facts were corrected, never what they say."""
    before = found.facts
    audit.record(
        unit,
        actor=actor,
        verb="certificate.correct",
        subject=f"certificate:{found.public_id}",
        district=found.district,
        number=found.number,
        version=facts.version,
        newer=newer,
        corrected=[key for key in ("name", "course") if getattr(before, key) != getattr(facts, key)],
    )
    events.publish(
        unit,
        CertificateSuperseded(
            certificate=found.public_id,
            newer=newer,
            person_id=found.person_id,
            application_id=found.application_id,
            batch_id=found.batch_id,
            district=found.district,
        ),
    )
