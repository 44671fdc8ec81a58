"""The only place that enters applications of an earlier register: all of one batch, in the order of arrival.

They are decided as newcomers are, one after the other, while the batch's row is locked;
nobody is told of what was years ago.
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
from skillhub.courses.rules import admission, plans
from skillhub.courses.rules.applications import ACTIVE, State
from skillhub.courses.service import seats
from skillhub.districts import queries as districts


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
    :raises Closed: one arrived after it.
    :raises AlreadyApplied: somebody stands in the batch already, or arrives twice.
    """
    batch = seats.hold(unit, batch_id=batch_id)
    _check(unit, batch, arrivals)
    persons = people.many([each.person_id for each in arrivals])
    decided = _decided(batch, arrivals, persons)
    seats.arrived(
        unit,
        batch_id=batch_id,
        count=len(arrivals),
        seated=sum(row["state"] == State.ENROLLED for row in decided),
        waiting=sum(row["state"] == State.WAITLISTED for row in decided),
    )
    if decided:
        _write(unit, actor, batch, decided, arrivals)
    return [row["receipt"] for row in decided]


def _check(unit: Unit, batch: Batch, arrivals: Sequence[Arrival]) -> None:
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
    batch: Batch, arrivals: Sequence[Arrival], persons: Mapping[int, PersonView]
) -> list[dict[str, Any]]:
    """Return the rows: a seat while there is one and nobody waits, else a place in line."""
    zone = ZoneInfo(districts.district(batch.district_code).zone)
    free, waiting = batch.seats - batch.taken, batch.waiting
    rows = []
    for order_no, each in enumerate(arrivals, start=batch.arrivals + 1):
        person = persons[each.person_id]
        standing = admission.by_age_and_papers(
            birth_on=person.birth_on,
            has_identity=person.id_last4 is not None,
            on=each.at.astimezone(zone).date(),
        )
        state = standing.held
        if state is None and free > 0 and not waiting:
            state, free = State.ENROLLED, free - 1
        elif state is None:
            state, waiting = State.WAITLISTED, waiting + 1
        rows.append(
            {
                "receipt": ids.secret(),
                "batch_id": batch.id,
                "person_id": each.person_id,
                "order_no": order_no,
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
