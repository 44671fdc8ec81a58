"""What waits for an officer's decision, of all kinds together, the longest waiting first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from skillhub.base import clock
from skillhub.base.access import Actor, Role, require_role
from skillhub.courses.queries import batch_lists, batches, orders, waiting
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.batches import BatchFace
from skillhub.courses.queries.orders import OrderFace
from skillhub.courses.rules.orders import Funnel
from skillhub.districts import queries as districts
from skillhub.reports.queries import funnels
from skillhub.subsidy.queries import claims
from skillhub.subsidy.queries import waiting as waiting_claims
from skillhub.subsidy.queries.claims import ClaimView
from skillhub.subsidy.rules.steps import State

SEATED = (Role.OFFICER, Role.AUDITOR)
CLAIMS = (State.SUBMITTED, State.OBJECTED, State.APPROVED)
SHOWN_OF_EACH, SHOWN_OF_ONE = 20, 100
ORDERS_SHOWN = 12


class Kind(StrEnum):
    """What is to be decided on."""

    ORDERS = "orders"
    BATCHES = "batches"
    APPLICATIONS = "applications"
    CLAIMS = "claims"


@dataclass(frozen=True)
class Item:
    """One thing that waits, since when, for how many people; the fields of its own kind are set."""

    kind: Kind
    since: datetime
    days: int
    heads: int | None = None
    order: OrderFace | None = None
    batch: BatchFace | None = None
    application: ApplicationView | None = None
    claim: ClaimView | None = None


@dataclass(frozen=True)
class Queue:
    """What waits, and how much of each kind there is beyond what is shown."""

    items: tuple[Item, ...]
    counts: dict[Kind, int]
    kind: Kind | None

    @property
    def total(self) -> int:
        """How much waits altogether."""
        return sum(self.counts.values())

    @property
    def hidden(self) -> int:
        """How much of what was asked for is not shown yet."""
        asked = self.total if self.kind is None else self.counts[self.kind]
        return asked - len(self.items)


@dataclass(frozen=True)
class OrderRow:
    """An order with its figures."""

    face: OrderFace
    funnel: Funnel


def seats(actor: Actor) -> tuple[str, ...]:
    """Return the districts for which the actor sits in an office.

    :raises Forbidden: the actor is no officer or auditor.
    """
    require_role(actor, *SEATED)
    return tuple(sorted(actor.districts(*SEATED)))


def queue(actor: Actor, kind: Kind | None = None) -> Queue:
    """Return what waits in the actor's districts, of all kinds or of one.

    :raises Forbidden: the actor is no officer or auditor.
    """
    places = seats(actor)
    counts = {
        Kind.ORDERS: orders.count(districts=places, state="asked"),
        Kind.BATCHES: batch_lists.count(districts=places, state="draft"),
        Kind.APPLICATIONS: waiting.count_under_review(districts=places),
        Kind.CLAIMS: waiting_claims.count(districts=places, states=CLAIMS),
    }
    limit = SHOWN_OF_EACH if kind is None else SHOWN_OF_ONE
    kinds = tuple(Kind) if kind is None else (kind,)
    found = [item for each in kinds if counts[each] for item in _of_kind(each, actor, places, limit)]
    return Queue(tuple(sorted(found, key=lambda item: item.since)), counts, kind)


def _of_kind(kind: Kind, actor: Actor, places: tuple[str, ...], limit: int) -> Iterator[Item]:
    zone = districts.district(places[0]).zone
    if kind is Kind.ORDERS:
        for face in orders.queue(actor=actor, limit=limit).items:
            since = face.order.asked_at
            yield Item(kind, since, _days(since, zone), heads=face.order.heads, order=face)
    elif kind is Kind.BATCHES:
        for one in batches.faces(batch_lists.filed(actor=actor, limit=limit).items):
            since = one.batch.filed_at
            yield Item(kind, since, _days(since, zone), heads=one.batch.seats, batch=one)
    elif kind is Kind.APPLICATIONS:
        yield from _applications(places, limit, zone)
    else:
        yield from _claims(places, limit, zone)


def _applications(places: tuple[str, ...], limit: int, zone: str) -> Iterator[Item]:
    found = waiting.under_review(districts=places, limit=limit)
    classes = _faces([each.batch_id for each in found])
    for each in found:
        yield Item(
            Kind.APPLICATIONS,
            each.applied_at,
            _days(each.applied_at, zone),
            heads=1,
            batch=classes[each.batch_id],
            application=each,
        )


def _claims(places: tuple[str, ...], limit: int, zone: str) -> Iterator[Item]:
    found = claims.of_districts(places, CLAIMS, limit)
    classes = _faces([each.batch_id for each in found])
    for each in found:
        handed_in = [step.at for step in claims.steps(each.id) if step.state is each.state]
        since = handed_in[-1] if handed_in else each.made_at
        heads = len(claims.persons(each.id))
        yield Item(
            Kind.CLAIMS, since, _days(since, zone), heads=heads, batch=classes[each.batch_id], claim=each
        )


def _faces(batch_ids: list[int]) -> dict[int, BatchFace]:
    return {face.batch.id: face for face in batches.faces(list(batches.many(batch_ids).values()))}


def _days(since: datetime, zone: str) -> int:
    return max(0, (clock.today(zone) - since.astimezone(ZoneInfo(zone)).date()).days)


def order_rows(district: str) -> tuple[OrderRow, ...]:
    """Return a district's orders under way with their figures, after them the latest that are done."""
    under_way = waiting.latest_orders(district=district, states=("approved",), limit=ORDERS_SHOWN)
    done = waiting.latest_orders(district=district, states=("completed",), limit=ORDERS_SHOWN)
    shown = (*under_way, *done)[:ORDERS_SHOWN]
    return tuple(OrderRow(face, funnels.funnel(face.order.id)) for face in shown)
