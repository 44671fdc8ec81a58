"""The only place that says, for a class, who has a certificate, who can get one, and who cannot and why."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from skillhub.accounts.queries.people import PersonView
from skillhub.base import clock
from skillhub.base.access import Actor, Role, may
from skillhub.base.errors import Conflict
from skillhub.courses.queries import applications, results
from skillhub.courses.queries.applications import RosterRow
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.results import ResultView
from skillhub.credentials.queries import certificates, district_fonts
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.rules import readiness
from skillhub.districts import queries as districts

CERTIFIED = "certified"
SEATED = "enrolled"


@dataclass(frozen=True)
class Candidate:
    """One person of a class; `obstacles` is empty for who has or can get a certificate."""

    receipt: str
    name: str
    certificate: CertificateView | None
    obstacles: tuple[str, ...]
    theory: int | None
    practice: int | None

    @property
    def is_ready(self) -> bool:
        """Tell whether the certificate can be issued now."""
        return self.certificate is None and not self.obstacles


@dataclass(frozen=True)
class ClassPage:
    """A class before and after its certificates are issued."""

    batch: BatchView
    candidates: tuple[Candidate, ...]
    obstacle: Conflict | None
    may_issue: bool

    @property
    def ready(self) -> int:
        """How many certificates can be issued now."""
        return sum(each.is_ready for each in self.candidates)

    @property
    def issued(self) -> int:
        """How many people of the class have a certificate, whatever has become of it."""
        return sum(each.certificate is not None for each in self.candidates)


def class_page(actor: Actor, code: str) -> ClassPage:
    """Return everybody who had a seat in a class, in arrival order.

    :raises NotFound: there is no such class for this actor.
    """
    batch = certificates.listable_batch(actor, code)
    issued = {each.application_id: each for each in certificates.of_batch(batch.id)}
    marks = {each.application_id: each for each in results.of_batch(batch.id)}
    roster = applications.roster(batch.id)
    rows = [row for row in roster if row.application.state == SEATED or row.application.id in issued]
    day = clock.today(districts.district(batch.district).zone)
    return ClassPage(
        batch=batch,
        candidates=tuple(_candidate(row, issued, marks) for row in rows),
        obstacle=readiness.obstacle(
            state=batch.state, is_taught=batch.is_taught, ends_on=batch.ends_on, day=day
        ),
        may_issue=actor.has(Role.SCHOOL, Role.OFFICER) and may(actor, *certificates.issuers(batch)),
    )


def _candidate(row: RosterRow, issued: dict[int, CertificateView], marks: dict[int, ResultView]) -> Candidate:
    certificate, result = issued.get(row.application.id), marks.get(row.application.id)
    return Candidate(
        receipt=row.application.receipt,
        name=row.person.name,
        certificate=certificate,
        obstacles=() if certificate else _obstacles(row.person, result, row.application.district),
        theory=result.theory if result else None,
        practice=result.practice if result else None,
    )


def _obstacles(person: PersonView, result: ResultView | None, district: str) -> tuple[str, ...]:
    if result is None:
        return (_("还没有登记成绩"),)
    if result.outcome != CERTIFIED:
        return tuple(reason.text for reason in result.reasons) or (_("成绩或课时不合格"),)
    found = [] if person.id_last4 else [_("还没有登记身份证件")]
    missing = "".join(district_fonts.missing_characters(person.name, district))
    if missing:
        found.append(_("字库里没有“%(character)s”", character=missing))
    return tuple(found)
