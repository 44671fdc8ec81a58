"""The only place that enters applications of an earlier register: all of one batch, in the order of arrival.

They are decided as newcomers are, one after the other, by the batch's plan and while its
row is locked; nobody is told of what was years ago.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor
from skillhub.base.db import Unit
from skillhub.courses.errors.applications import AlreadyApplied, Closed, NotOpen
from skillhub.courses.model import Application, Batch
from skillhub.courses.queries import plans as plan_queries
from skillhub.courses.rules import admission, plans
from skillhub.courses.rules.allocation import GENERAL, Mode, Pool
from skillhub.courses.rules.applications import ACTIVE, State
from skillhub.courses.service import seats
from skillhub.districts import queries as districts


@dataclass
class _Room:
    """The seats and the line of a batch while its arrivals are decided on."""

    mode: str
    pools: dict[str, Pool]
    waiting: int

    def placed(self, group: str | None) -> tuple[State, str | None]:
        """Give a seat, a lot or a place in line; return the state and the pool of the seat.

        A free seat of the own group is never claimed by somebody who waits: it would have been offered.
        """
        if self.mode == Mode.DRAW:
            return State.IN_DRAW, None
        pool = None
        if group in self.pools and self.pools[group].free > 0:
            pool = group
        elif self.pools[GENERAL].free > 0 and not self.waiting:
            pool = GENERAL
        if pool is None:
            self.waiting += 1
            return State.WAITLISTED, None
        self.pools[pool].taken += 1
        return State.ENROLLED, pool


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An application as the register has it; `at` is when it arrived."""

    person_id: int
    at: datetime
    channel: str
    registered_by: str | None = None
    promised_employer_id: int | None = None
    historic_number: str | None = None


def enter_in(unit: Unit, *, actor: Actor, batch_id: int, arrivals: Sequence[Arrival]) -> list[str]:
    """Enter applications inside a unit, by as many statements as for one; return the receipts in their order.

    The caller has checked rights, and brings the arrivals in their order.

    :raises NotFound: there is no such batch.
    :raises NotOpen: one arrived before enrolment began.
    :raises Closed: one arrived after it, or lots have been drawn.
    :raises AlreadyApplied: somebody stands in the batch already, or arrives twice.
    """
    batch = seats.hold(unit, batch_id=batch_id)
    _check(unit, batch, arrivals)
    persons = people.many([each.person_id for each in arrivals])
    room = _Room(batch.mode, seats.pools_of(batch), batch.waiting)
    decided = _decided(batch, arrivals, persons, room)
    seats.arrived(
        unit,
        batch_id=batch_id,
        count=len(arrivals),
        seated=sum(row["state"] == State.ENROLLED for row in decided),
        waiting=room.waiting - batch.waiting,
        pools=room.pools if batch.pools is not None else None,
    )
    if decided:
        _write(unit, actor, batch, decided, arrivals)
    return [row["receipt"] for row in decided]


def _check(unit: Unit, batch: Batch, arrivals: Sequence[Arrival]) -> None:
    if batch.drawn_at is not None:
        raise Closed(batch=batch.code)
    for each in arrivals:
        if batch.state == "draft" or each.at < batch.opens_at:
            raise NotOpen(batch=batch.code)
        if batch.state != "published" or each.at >= batch.closes_at:
            raise Closed(batch=batch.code)
    wanted = {each.person_id for each in arrivals}
    standing = unit.session.execute(
        select(Application.id)
        .where(
            Application.batch_id == batch.id,
            Application.person_id.in_(wanted),
            Application.state.in_(ACTIVE),
        )
        .limit(1)
    ).first()
    if standing is not None or len(wanted) < len(arrivals):
        raise AlreadyApplied(batch=batch.code)


def _decided(
    batch: Batch, arrivals: Sequence[Arrival], persons: Mapping[int, PersonView], room: _Room
) -> list[dict[str, Any]]:
    """Return the rows, each with its place by the batch's plan."""
    zone = ZoneInfo(districts.district(batch.district_code).zone)
    plan, rows = plan_queries.plan_of(batch.id).plan, []
    for order_no, each in enumerate(arrivals, start=batch.arrivals + 1):
        person = persons[each.person_id]
        standing = admission.by_age_and_papers(
            birth_on=person.birth_on,
            has_identity=person.id_last4 is not None,
            on=each.at.astimezone(zone).date(),
        )
        group = plan.group_of(person.groups)
        state, pool = (standing.held, None) if standing.held else room.placed(group)
        rows.append(
            {
                "receipt": ids.secret(),
                "batch_id": batch.id,
                "person_id": each.person_id,
                "order_no": order_no,
                "group_code": group,
                "pool": pool if batch.pools is not None else None,
                "line_key": plans.line_key(order_no=order_no) if state == State.WAITLISTED else None,
                "state": state,
                "reasons": [seats.stored(why.code, why.clause) for why in standing.reasons],
                "channel": each.channel,
                "promised_employer_id": each.promised_employer_id,
                "registered_by": each.registered_by,
                "applied_at": each.at,
                "decided_at": each.at,
                "historic_number": each.historic_number,
            }
        )
    return rows


def _write(
    unit: Unit,
    actor: Actor,
    batch: Batch,
    decided: Sequence[dict[str, Any]],
    arrivals: Sequence[Arrival],
) -> None:
    made = unit.session.scalars(
        insert(Application).returning(Application.id, sort_by_parameter_order=True), list(decided)
    )
    trail = []
    for application_id, row, each in zip(made, decided, arrivals, strict=True):
        told = {
            "batch": batch.id,
            "person": row["person_id"],
            "state": str(row["state"]),
            "order_no": row["order_no"],
        }
        with clock.frozen_at(each.at):
            trail.append(
                audit.row(
                    actor, "application.apply", f"application:{application_id}", batch.district_code, told
                )
            )
    audit.record_all(unit, trail)
