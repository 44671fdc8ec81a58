"""The statements of the hot path, each put together once; who arrives only brings the values.

Putting a statement together costs more than carrying it out, and of all applications
there are a few shapes only: how the counters move, whether the person is told, and
whether the district was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, case, cast, insert, literal, select, true, update

from skillhub.base.audit import AuditEntry
from skillhub.base.db import Model
from skillhub.base.outbox import OutboxMessage
from skillhub.base.prepared import Prepared
from skillhub.courses.model import Application, ApplicationEvent, Batch
from skillhub.courses.queries import admissions
from skillhub.courses.rules import plans
from skillhub.courses.rules.application_events import Event
from skillhub.courses.rules.applications import State
from skillhub.courses.service import application_events, messages, seats


class Move(StrEnum):
    """How somebody who arrives moves the counters of the batch, besides being counted."""

    NONE = "none"
    SEEK = "seek"
    SIT = "sit"
    WAIT = "wait"


MOVES: dict[Move, seats.Counter] = {
    Move.NONE: {},
    Move.SEEK: seats.seeking(),
    Move.SIT: {
        Batch.taken: Batch.taken + 1,
        Batch.pools: bindparam("pools_then", type_=Batch.pools.type),
    },
    Move.WAIT: {Batch.waiting: Batch.waiting + 1},
}
_applications = Model.metadata.tables[Application.__tablename__]
APPLICATION = insert(_applications).returning(_applications.c.id)
"""One application as it is (where the unit is alone, so that one statement may follow another)."""
GIVEN = {
    "application": (
        "receipt",
        "batch_id",
        "person_id",
        "group_code",
        "pool",
        "queues_since",
        "reasons",
        "channel",
        "is_unsubsidised",
        "promised_employer_id",
        "registered_by_id",
        "registered_by",
        "consent",
        "invite",
        "ruling",
        "call_actor",
        "call_key",
        "call_route",
        "call_sha256",
        "applied_at",
        "decided_at",
        "historic_number",
    ),
    "audit": ("at", "real_at", "actor_id", "actor_system", "verb", "district_code", "facts", "request_id"),
    "message": (
        "handle",
        "person_id",
        "phone_hash",
        "phone_sealed",
        "mail_sealed",
        "code_sealed",
        "at",
        "state",
        "tries",
        "next_at",
        "give_up_at",
    ),
}
"""What the caller brings for each row, by name of the column; all else follows from the place."""


@dataclass(frozen=True)
class Seeking:
    """What a newcomer comes to; `state` None: it follows from the line's length afterwards."""

    state: State | None
    move: Move
    pool: str | None = None
    pools: Any = None


@dataclass(frozen=True)
class Shape:
    """What tells one statement from another."""

    state: State | None
    move: Move
    is_told: bool
    was_asked: bool

    @classmethod
    def of(cls, sought: Seeking, *, is_told: bool, was_asked: bool) -> Shape:
        """Return the shape in which somebody arrives."""
        return cls(sought.state, sought.move, is_told, was_asked)


@cache
def arriving(shape: Shape) -> Any:
    """Return the statement that counts a newcomer, if the batch takes applications and no fact has changed.

    Asks for ``the_batch``, ``the_moment``, ``pools_then`` (when somebody sits down in a pool)
    and, where the district was asked, for the look's `facts`.
    """
    batch, now = (
        bindparam("the_batch", type_=Batch.id.type),
        bindparam("the_moment", type_=Batch.opens_at.type),
    )
    unchanged = [admissions.unchanged()] if shape.was_asked else []
    return (
        update(Batch)
        .where(
            Batch.id == batch,
            Batch.state == "published",
            Batch.opens_at <= now,
            Batch.closes_at > now,
            Batch.drawn_at.is_(None),
            *unchanged,
        )
        .values({Batch.arrivals: Batch.arrivals + 1, **MOVES[shape.move]})
        .returning(Batch.arrivals, Batch.waiting)
        .execution_options(synchronize_session=False)
    )


@cache
def at_once(shape: Shape) -> Prepared:
    """Return the statement that does everything: counts, places, and writes what `arriving` lets in.

    Asks for the values of application, audit row and message by name of their columns after
    ``application_``, ``audit_`` and ``message_``, and for ``event_group``.
    """
    arrived = arriving(shape).cte("arrived")
    waits = arrived.c.waiting > 0 if shape.state is None else literal(shape.state is State.WAITLISTED)
    state = (
        case((waits, State.WAITLISTED.value), else_=State.ENROLLED.value)
        if shape.state is None
        else literal(shape.state.value)
    )
    place = cast(literal(plans.AS_TEN_DIGITS, BigInteger) + arrived.c.arrivals, String)
    placed = {
        "state": state,
        "order_no": arrived.c.arrivals,
        "line_key": case((waits, place), else_=None),
    }
    made = (
        _written(Application, "application", arrived, **placed)
        .returning(Application.id, Application.state, Application.order_no)
        .cte("made")
    )
    subject = literal("application:") + cast(made.c.id, String)
    written = [
        _written(AuditEntry, "audit", made, subject=subject).returning(AuditEntry.id),
        application_events.recorded_from(_event(made)),
    ]
    if shape.is_told:
        written.append(_message(shape, made))
    ctes = [each.cte(f"written_{number}") for number, each in enumerate(written)]
    came = select(made.c.state, made.c.order_no, arrived.c.waiting).join_from(made, arrived, true())
    return Prepared(came.add_cte(*ctes))


def _event(made: Any) -> Any:
    return select(
        bindparam("the_batch", type_=Batch.id.type),
        made.c.id,
        bindparam("the_moment", type_=Batch.opens_at.type),
        literal(Event.APPLY.value),
        made.c.state,
        bindparam("event_group", type_=ApplicationEvent.group_code.type),
    )


def _message(shape: Shape, made: Any) -> Any:
    kind = literal(messages.kind("")) + made.c.state
    text: Any = bindparam("message_text_sealed", type_=OutboxMessage.text_sealed.type)
    if shape.state is None:
        other = bindparam("message_text_else", type_=OutboxMessage.text_sealed.type)
        text = case((made.c.state == State.ENROLLED.value, text), else_=other)
    return _written(
        OutboxMessage,
        "message",
        made,
        kind=kind,
        once_key=kind + literal(":") + cast(made.c.id, String) + literal(":1"),
        text_sealed=text,
    ).returning(OutboxMessage.id)


def _written(table: type[Model], prefix: str, source: Any, **computed: Any) -> Any:
    """Return the statement that writes a row for each of `source`; the rest is asked for by name."""
    columns = table.__table__.c
    asked = [name for name in GIVEN[prefix] if name not in computed]
    chosen = {name: bindparam(f"{prefix}_{name}", type_=columns[name].type) for name in asked} | computed
    return insert(table).from_select(list(chosen), select(*chosen.values()).select_from(source))
