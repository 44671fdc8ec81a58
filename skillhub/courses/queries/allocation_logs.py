"""The only place that reads allocation logs: what is published, what is due, and the keys that signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select

from skillhub.base.db import db
from skillhub.courses.model import AllocationKey, AllocationLog, Application, ApplicationEvent, Batch
from skillhub.courses.rules.application_events import ARRIVALS, Event
from skillhub.courses.rules.applications import State
from skillhub.courses.rules.queue_log import Frozen


@dataclass(frozen=True)
class Published:
    """A signed log, byte for byte as it was written."""

    text: str
    root: str
    edition: int


class Row(NamedTuple):
    """One event with what the log says of its application."""

    event_id: int
    at: datetime
    event: str
    state: str
    group: str | None
    receipt: str | None
    order_no: int | None
    person_id: int | None


@dataclass(frozen=True)
class Edition:
    """The newest edition of a batch's log, signed or not yet."""

    number: int
    frozen: Frozen
    last_event_id: int
    is_final: bool


class Unsigned(NamedTuple):
    """A frozen log that waits for its signature."""

    id: int
    size: int
    root: str


def published(batch_code: str, edition: int | None = None) -> Published | None:
    """Return the newest signed log of a batch, or a certain edition; None if there is none."""
    statement = (
        select(AllocationLog.lines, AllocationLog.signed_line, AllocationLog.root, AllocationLog.edition)
        .join(Batch, Batch.id == AllocationLog.batch_id)
        .where(Batch.code == batch_code, AllocationLog.signed_line.is_not(None))
        .order_by(AllocationLog.edition.desc())
        .limit(1)
    )
    if edition is not None:
        statement = statement.where(AllocationLog.edition == edition)
    row = db.session.execute(statement).one_or_none()
    return None if row is None else Published(row.lines + (row.signed_line or ""), row.root, row.edition)


def has_published(batch_id: int) -> bool:
    """Tell whether a batch has a signed log."""
    signed = exists().where(AllocationLog.batch_id == batch_id, AllocationLog.signed_line.is_not(None))
    return bool(db.session.scalar(select(signed)))


def will_be(batch_code: str) -> bool:
    """Tell whether a batch that everybody may know of has a log, now or once it has closed."""
    statement = select(Batch.id).where(
        Batch.code == batch_code, Batch.state != "draft", _arrived() == Batch.arrivals
    )
    return db.session.scalar(statement) is not None


def latest_root() -> str | None:
    """Return the head of the installation's last signed log: the beacon of the next draw."""
    return db.session.scalar(
        select(AllocationLog.root)
        .where(AllocationLog.signed_line.is_not(None))
        .order_by(AllocationLog.signed_at.desc(), AllocationLog.id.desc())
        .limit(1)
    )


def public_keys() -> list[tuple[str, str, datetime]]:
    """Return id, public key and time of each key that signs or has signed, the oldest first."""
    statement = select(AllocationKey.key_id, AllocationKey.public_key, AllocationKey.made_at)
    rows = db.session.execute(statement.order_by(AllocationKey.made_at))
    return [(row.key_id, row.public_key, row.made_at) for row in rows]


def due_first(*, before: datetime, limit: int) -> list[int]:
    """Return batches whose enrolment ended before an instant and whose log is still to be frozen.

    A batch with applications from before events were kept has none: what it would say could not be proved.
    """
    has_log = exists().where(AllocationLog.batch_id == Batch.id)
    is_over = or_(
        Batch.state.in_(("published", "closed")) & (Batch.closes_at <= before),
        (Batch.state == "cancelled") & (Batch.arrivals > 0) & (Batch.closed_at <= before),
    )
    drawn = exists().where(Application.batch_id == Batch.id, Application.state == State.IN_DRAW)
    statement = select(Batch.id).where(is_over, ~has_log, ~drawn, _arrived() == Batch.arrivals)
    return list(db.session.scalars(statement.order_by(Batch.closes_at, Batch.id).limit(limit)))


def _arrived() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(ApplicationEvent)
        .where(ApplicationEvent.batch_id == Batch.id, ApplicationEvent.event.in_(ARRIVALS))
        .correlate(Batch)
        .scalar_subquery()
    )


def with_later_events(*, limit: int) -> list[int]:
    """Return batches whose log is not final and in which something has happened since it was frozen."""
    later = exists().where(
        ApplicationEvent.batch_id == AllocationLog.batch_id, ApplicationEvent.id > AllocationLog.last_event_id
    )
    newer = select(AllocationLog.batch_id).where(AllocationLog.is_final)
    statement = select(AllocationLog.batch_id).where(later, AllocationLog.batch_id.not_in(newer))
    return list(db.session.scalars(statement.order_by(AllocationLog.id).limit(limit)))


def has_open_offers(batch_id: int) -> bool:
    """Tell whether somebody may still answer, or let pass, an offered seat."""
    offered = exists().where(Application.batch_id == batch_id, Application.state == State.OFFERED)
    return bool(db.session.scalar(select(offered)))


def newest(batch_id: int) -> Edition | None:
    """Return the newest edition of a batch's log, None if nothing has been frozen."""
    row = db.session.execute(
        select(AllocationLog)
        .where(AllocationLog.batch_id == batch_id)
        .order_by(AllocationLog.edition.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        return None
    return Edition(row.edition, Frozen(row.lines, row.size, row.root), row.last_event_id, row.is_final)


def unsigned() -> list[Unsigned]:
    """Return the logs that are frozen and not signed, in the order of freezing."""
    statement = select(AllocationLog.id, AllocationLog.size, AllocationLog.root).where(
        AllocationLog.signed_line.is_(None)
    )
    return [Unsigned(*row) for row in db.session.execute(statement.order_by(AllocationLog.id))]


def moved_cut_off(batch_id: int) -> str | None:
    """Return the cut-off that a batch was last moved to, None if it has stayed as planned."""
    return db.session.scalar(
        select(ApplicationEvent.state)
        .where(ApplicationEvent.batch_id == batch_id, ApplicationEvent.event == Event.CUT_OFF)
        .order_by(ApplicationEvent.id.desc())
        .limit(1)
    )


def rows(batch_id: int, *, after: int = 0) -> list[Row]:
    """Return what happened in a batch, in its order, after a certain event."""
    statement = (
        select(
            ApplicationEvent.id,
            ApplicationEvent.at,
            ApplicationEvent.event,
            ApplicationEvent.state,
            ApplicationEvent.group_code,
            Application.receipt,
            Application.order_no,
            Application.person_id,
        )
        .outerjoin(Application, Application.id == ApplicationEvent.application_id)
        .where(
            ApplicationEvent.batch_id == batch_id,
            ApplicationEvent.id > after,
            ApplicationEvent.event != Event.PUBLISH,
        )
        .order_by(ApplicationEvent.id)
    )
    return [Row(*row) for row in db.session.execute(statement)]
