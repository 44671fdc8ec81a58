"""An employer's orders with their figures, whom to confirm as hired, and whose work to rate."""

from __future__ import annotations

from dataclasses import dataclass

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.base import clock
from skillhub.base.access import Actor, Role, require_role
from skillhub.courses.queries import orders
from skillhub.courses.queries.orders import OrderFace
from skillhub.courses.rules.orders import Funnel
from skillhub.credit.queries import engagements
from skillhub.credit.queries.engagements import EngagementView
from skillhub.districts import queries as districts
from skillhub.reports.queries import funnels

SHOWN = 20


@dataclass(frozen=True)
class OrderRow:
    """An order with its figures, and the certified people who have not been confirmed as hired."""

    face: OrderFace
    funnel: Funnel
    to_confirm: tuple[PersonView, ...]

    @property
    def is_under_way(self) -> bool:
        """Tell whether the order still waits for people."""
        return self.face.order.state == "approved"


@dataclass(frozen=True)
class ToRate:
    """Finished work that nobody has rated."""

    engagement: EngagementView
    person: PersonView


@dataclass(frozen=True)
class Hiring:
    """What an employer has asked for and what came of it."""

    orders: tuple[OrderRow, ...]
    to_rate: tuple[ToRate, ...]
    more: str | None

    @property
    def to_confirm(self) -> tuple[tuple[OrderRow, PersonView], ...]:
        """Who of the orders under way holds a certificate and has not been confirmed as hired."""
        return tuple((row, each) for row in self.orders if row.is_under_way for each in row.to_confirm)


def of_actor(actor: Actor, *, after: str | None = None) -> Hiring:
    """Return the orders and hires of the actor's employers.

    :raises Forbidden: the actor acts for no employer.
    """
    require_role(actor, Role.EMPLOYER)
    page = orders.placed(actor=actor, after=after, limit=SHOWN)
    return Hiring(tuple(_row(face) for face in page.items), _to_rate(actor), page.next)


def _row(face: OrderFace) -> OrderRow:
    found = funnels.of_order(face.order)
    ready = people.many(found.certified - found.hired)
    return OrderRow(
        face,
        funnels.counted(face.order, found),
        tuple(sorted(ready.values(), key=lambda each: each.id)),
    )


def _to_rate(actor: Actor) -> tuple[ToRate, ...]:
    done = [
        each
        for each in engagements.of_employers(sorted(actor.organisations(Role.EMPLOYER)))
        if each.is_hire and each.rating is None and _is_over(each)
    ]
    persons = people.many([each.person_id for each in done])
    return tuple(ToRate(each, persons[each.person_id]) for each in done)


def _is_over(each: EngagementView) -> bool:
    return each.ended_on is not None and each.ended_on <= clock.today(districts.district(each.district).zone)
