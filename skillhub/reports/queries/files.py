"""One file per person: from the wish to the work, as far as the reader may see each part."""

from __future__ import annotations

from dataclasses import dataclass

from skillhub.accounts.queries import organisations, people
from skillhub.accounts.queries.organisations import OrganisationView
from skillhub.accounts.queries.people import WishView
from skillhub.accounts.service import files
from skillhub.accounts.service.files import PersonFile
from skillhub.activities.queries import sign_ins
from skillhub.activities.queries.sign_ins import Attended
from skillhub.base.access import Actor, Role, require_role
from skillhub.courses.queries import applications, attendance, batches, results
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.attendance import HoursView
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.results import ResultView
from skillhub.credentials.queries import certificates, external
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.queries.external import ExternalView
from skillhub.credit.queries import engagements, ledger
from skillhub.credit.queries.engagements import EngagementView
from skillhub.credit.rules.stars import Stars
from skillhub.subsidy.queries import waiting as claims
from skillhub.subsidy.queries.waiting import PersonClaim


@dataclass(frozen=True)
class Training:
    """One application, with what came of it."""

    application: ApplicationView
    batch: BatchView
    hours: HoursView
    result: ResultView | None
    certificate: CertificateView | None


@dataclass(frozen=True)
class Work:
    """Work that a person found."""

    engagement: EngagementView
    employer: OrganisationView


@dataclass(frozen=True)
class Claimed:
    """A claim that concerns the person, and for which class."""

    claim: PersonClaim
    batch: BatchView


@dataclass(frozen=True)
class WholeFile:
    """One person's chain; what belongs to other districts or schools than the reader's is left out."""

    opened: PersonFile
    is_own: bool
    wishes: tuple[WishView, ...]
    trainings: tuple[Training, ...]
    work: tuple[Work, ...]
    stars: Stars
    claims: tuple[Claimed, ...]
    activities: tuple[Attended, ...]
    external: tuple[ExternalView, ...]

    @property
    def certificates(self) -> tuple[CertificateView, ...]:
        """The certificates that came of the trainings shown."""
        return tuple(each.certificate for each in self.trainings if each.certificate is not None)


@dataclass(frozen=True)
class _Reader:
    """What a reader may see: the whole, some districts, or the classes of some training bodies."""

    is_own: bool
    districts: frozenset[str]
    bodies: frozenset[int]

    def sees(self, district: str, body_id: int | None = None) -> bool:
        """Tell whether something of a district, or of a body's class, is for this reader."""
        return self.is_own or district in self.districts or body_id in self.bodies


def open_file(*, actor: Actor, handle: str) -> WholeFile:
    """Open a person's file, which is put on record, and gather what the actor may see of it.

    :raises Forbidden: the actor is of no role that reads files.
    :raises NotFound: there is no such person for this actor.
    """
    require_role(actor, *files.READERS)
    person_id = people.by_handle(handle).id
    applied = applications.of_person(person_id)
    classes = batches.many([each.batch_id for each in applied])
    opened = files.read_file(
        actor=actor, handle=handle, bodies=frozenset(each.body_id for each in classes.values())
    )
    reader = _Reader(
        is_own=actor.person_id == person_id and actor.has(Role.TRAINEE),
        districts=actor.districts(*files.STAFF),
        bodies=actor.organisations(Role.SCHOOL),
    )
    trainings = _trainings(applied, classes, reader)
    near = {each.batch.district for each in trainings} if reader.bodies else set()
    return WholeFile(
        opened=opened,
        is_own=reader.is_own,
        wishes=tuple(each for each in opened.wishes if reader.sees(each.district) or each.district in near),
        trainings=trainings,
        work=_work(person_id, classes, reader),
        stars=ledger.stars(handle),
        claims=_claims(person_id, reader),
        activities=tuple(
            each
            for each in sign_ins.of_person(person_id)
            if reader.sees(each.activity.district, each.activity.organiser_id)
        ),
        external=tuple(each for each in external.of_person(person_id) if reader.sees(each.district)),
    )


def _trainings(
    applied: tuple[ApplicationView, ...], classes: dict[int, BatchView], reader: _Reader
) -> tuple[Training, ...]:
    seen = [each for each in applied if reader.sees(each.district, classes[each.batch_id].body_id)]
    return tuple(
        Training(
            each,
            classes[each.batch_id],
            attendance.hours(each.id),
            results.result(each.id),
            certificates.of_application(each.id),
        )
        for each in seen
    )


def _work(person_id: int, classes: dict[int, BatchView], reader: _Reader) -> tuple[Work, ...]:
    """Return the work found; a school sees what came of its own classes."""
    bodies = {each.id: each.body_id for each in classes.values()}
    found = [
        each
        for each in engagements.of_person(person_id)
        if not each.is_removed and reader.sees(each.district, bodies.get(each.batch_id or 0))
    ]
    employers = organisations.many([each.employer_id for each in found])
    return tuple(Work(each, employers[each.employer_id]) for each in found)


def _claims(person_id: int, reader: _Reader) -> tuple[Claimed, ...]:
    found = claims.of_person(person_id)
    classes = batches.many([each.batch_id for each in found])
    return tuple(
        Claimed(each, classes[each.batch_id])
        for each in found
        if reader.sees(each.district, classes[each.batch_id].body_id)
    )
