"""How many came how far: a training order's funnel, each number with the people behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from skillhub.courses.queries import applications, attendance, orders
from skillhub.courses.queries.orders import OrderView
from skillhub.courses.rules.orders import Funnel
from skillhub.credentials.queries import certificates
from skillhub.credit.queries import engagements


class Stage(StrEnum):
    """How far somebody came."""

    ENROLLED = "enrolled"
    ATTENDED = "attended"
    CERTIFIED = "certified"
    HIRED = "hired"


@dataclass(frozen=True)
class People:
    """The people of an order (ids), by how far they came; each is counted once."""

    enrolled: frozenset[int]
    attended: frozenset[int]
    certified: frozenset[int]
    hired: frozenset[int]

    def at(self, stage: Stage) -> frozenset[int]:
        """Return those who came at least so far."""
        found: frozenset[int] = getattr(self, stage.value)
        return found


def of_batches(batch_ids: Iterable[int], hired: frozenset[int]) -> People:
    """Return who came how far in these batches."""
    enrolled: set[int] = set()
    attended: set[int] = set()
    certified: set[int] = set()
    for batch_id in batch_ids:
        held = applications.of_batch(batch_id, "enrolled")
        enrolled |= {each.person_id for each in held}
        hours = attendance.hours_of(batch_id)
        attended |= {each.person_id for each in held if each.id in hours and hours[each.id].sessions_present}
        certified |= {each.person_id for each in certificates.of_batch(batch_id) if each.is_valid}
    return People(frozenset(enrolled), frozenset(attended), frozenset(certified), hired)


def of_order(order: OrderView) -> People:
    """Return who came how far in the batches of an order that were not cancelled."""
    hired = frozenset(each.person_id for each in engagements.of_order(order.id) if each.is_hire)
    return of_batches(orders.batch_ids(order.id), hired)


def counted(order: OrderView, found: People) -> Funnel:
    """Return the figures of an order whose people are known."""
    return Funnel(
        asked=order.heads,
        enrolled=len(found.enrolled),
        attended=len(found.attended),
        certified=len(found.certified),
        hired=len(found.hired),
    )


def funnel(order_id: int) -> Funnel:
    """Return the figures of an order."""
    order = orders.order_by_id(order_id)
    return counted(order, of_order(order))
