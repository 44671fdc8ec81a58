"""The people behind a number of an order: who they are, and what became of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.base.access import Actor, Right, Role, may
from skillhub.courses.queries import applications
from skillhub.courses.queries.applications import RosterRow
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.orders import OrderView
from skillhub.credentials.queries import certificates
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credit.queries import engagements
from skillhub.credit.queries.engagements import EngagementView
from skillhub.reports.queries.funnels import People, Stage


@dataclass(frozen=True)
class Somebody:
    """One person of an order; the name is shown whole only where `knows_name` says so."""

    person: PersonView
    rows: tuple[RosterRow, ...]
    certificate: CertificateView | None
    hire: EngagementView | None
    knows_name: bool
    opens_file: bool

    @property
    def batches(self) -> tuple[str, ...]:
        """The codes of the classes in which the person held a seat."""
        return tuple(row.application.batch for row in self.rows)

    @property
    def sessions_present(self) -> int:
        """At how many sessions the person was."""
        return sum(row.hours.sessions_present for row in self.rows if row.hours)

    @property
    def sessions_planned(self) -> int:
        """How many sessions there were for the person."""
        return sum(row.hours.sessions_planned for row in self.rows if row.hours)


@dataclass
class _Chain:
    """What an order's classes say about each person, by id."""

    rows: dict[int, tuple[RosterRow, ...]] = field(default_factory=dict)
    bodies: dict[int, frozenset[int]] = field(default_factory=dict)
    certificates: dict[int, CertificateView] = field(default_factory=dict)
    hires: dict[int, EngagementView] = field(default_factory=dict)


def at(
    *, actor: Actor, order: OrderView, batches: Collection[BatchView], found: People, stage: Stage
) -> tuple[Somebody, ...]:
    """Return exactly the people that a number counts; the caller has checked who may see the order."""
    chain = _chain(order, batches)
    wanted = found.at(stage)
    persons = people.many(wanted)
    everywhere = may(
        actor,
        Right(Role.EMPLOYER, organisation=order.employer_id),
        Right(Role.OFFICER, district=order.district),
    )
    staff = may(
        actor, *(Right(role, district=order.district) for role in (Role.OFFICER, Role.AUDITOR, Role.DESK))
    )
    taught_by = actor.organisations(Role.SCHOOL)
    listed = []
    for number in wanted:
        is_pupil = bool(chain.bodies.get(number, frozenset()) & taught_by)
        listed.append(
            Somebody(
                person=persons[number],
                rows=chain.rows.get(number, ()),
                certificate=chain.certificates.get(number),
                hire=chain.hires.get(number),
                knows_name=everywhere or is_pupil,
                opens_file=staff or is_pupil,
            )
        )
    return tuple(sorted(listed, key=_place))


def _place(one: Somebody) -> tuple[int, str, int]:
    """Return the place in the list: in order of arrival, in the first of the classes first."""
    row = one.rows[0] if one.rows else None
    if row is None:
        return (1, "", one.person.id)
    return (0, row.application.batch, row.application.order_no)


def _chain(order: OrderView, batches: Collection[BatchView]) -> _Chain:
    chain = _Chain()
    for batch in batches:
        for row in applications.roster(batch.id):
            if row.application.state != "enrolled":
                continue
            number = row.person.id
            chain.rows[number] = (*chain.rows.get(number, ()), row)
            chain.bodies[number] = chain.bodies.get(number, frozenset()) | {batch.body_id}
        for each in certificates.of_batch(batch.id):
            if each.is_valid or each.person_id not in chain.certificates:
                chain.certificates[each.person_id] = each
    for hire in engagements.of_order(order.id):
        if hire.is_hire:
            chain.hires.setdefault(hire.person_id, hire)
    return chain
