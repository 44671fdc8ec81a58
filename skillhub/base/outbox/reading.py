"""The only place that reads messages back: a person's own, the log without texts, the counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from skillhub.base import seal
from skillhub.base.db import db
from skillhub.base.outbox import wishes
from skillhub.base.outbox.model import OPEN, MessageGateway, MessageTry, OutboxMessage, State
from skillhub.base.post import Channel


@dataclass(frozen=True)
class Message:
    """A message as its reader sees it."""

    at: datetime
    to: str
    kind: str
    text: str
    code: str | None


@dataclass(frozen=True)
class OwnMessage:
    """A message on the page of the person to whom it was written."""

    handle: str
    at: datetime
    kind: str
    text: str
    state: str
    channel: str | None


@dataclass(frozen=True)
class SentNote:
    """That a message was written and what became of it, without its text (for clerks)."""

    at: datetime
    kind: str
    state: str
    channel: str | None


@dataclass(frozen=True)
class TryNote:
    """One try to hand a message over."""

    message: str
    at: datetime
    channel: str
    outcome: str
    code: str
    gateway_id: str | None


@dataclass(frozen=True)
class Count:
    """How many messages stand so, by which way, and since when the oldest of them has."""

    state: str
    channel: str | None
    number: int
    oldest_at: datetime


@dataclass(frozen=True)
class GatewayNote:
    """How a gateway does."""

    channel: str
    failures: int
    code: str | None
    rests_until: datetime | None


def messages(phone: str | None = None) -> Iterator[Message]:
    """Yield the messages in order of writing, all or those to one phone; not what stands on pages alone."""
    ring = seal.keyring()
    statement = select(OutboxMessage).order_by(OutboxMessage.id)
    if phone is not None:
        statement = statement.where(OutboxMessage.phone_hash == ring.hashed("phone", phone))
    rows = db.session.scalars(statement).all()
    choices = wishes.of({row.person_id for row in rows if row.person_id is not None})
    for row in rows:
        to = _address(ring, row, choices.get(row.person_id or 0, wishes.USUAL))
        if to is not None:
            text = _opened(ring, row, "text") or ""
            yield Message(row.at, to, row.kind, text, _opened(ring, row, "code"))


def of_person(person_id: int, *, limit: int = 50) -> tuple[OwnMessage, ...]:
    """Return the latest messages to a person, the newest first; the caller is that person."""
    ring = seal.keyring()
    return tuple(
        OwnMessage(row.handle, row.at, row.kind, _opened(ring, row, "text") or "", row.state, row.channel)
        for row in db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.person_id == person_id)
            .order_by(OutboxMessage.id.desc())
            .limit(limit)
        )
    )


def notes_of_person(person_id: int, *, limit: int = 5) -> tuple[SentNote, ...]:
    """Return what the latest messages to a person were about and what became of them; never their text."""
    rows = db.session.execute(
        select(OutboxMessage.at, OutboxMessage.kind, OutboxMessage.state, OutboxMessage.channel)
        .where(OutboxMessage.person_id == person_id)
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
    )
    return tuple(SentNote(*row) for row in rows)


def tries(*, limit: int = 100) -> tuple[TryNote, ...]:
    """Return the latest tries to hand messages over, the newest first."""
    rows = db.session.execute(
        select(
            OutboxMessage.handle,
            MessageTry.at,
            MessageTry.channel,
            MessageTry.outcome,
            MessageTry.code,
            MessageTry.gateway_id,
        )
        .join(OutboxMessage, OutboxMessage.id == MessageTry.message_id)
        .order_by(MessageTry.id.desc())
        .limit(limit)
    )
    return tuple(TryNote(*row) for row in rows)


def counts(session: Session | Connection) -> tuple[Count, ...]:
    """Return how many messages stand how; nobody can be recognised by it."""
    rows = session.execute(
        select(OutboxMessage.state, OutboxMessage.channel, func.count(), func.min(OutboxMessage.at)).group_by(
            OutboxMessage.state, OutboxMessage.channel
        )
    ).all()
    return tuple(sorted((Count(*row) for row in rows), key=lambda each: (each.state, each.channel or "")))


def gateways(session: Session | Connection) -> tuple[GatewayNote, ...]:
    """Return how the gateways do that have been tried."""
    rows = session.execute(
        select(
            MessageGateway.channel,
            MessageGateway.failures,
            MessageGateway.code,
            MessageGateway.rests_until,
        ).order_by(MessageGateway.channel)
    ).all()
    return tuple(GatewayNote(*row) for row in rows)


def waiting(found: tuple[Count, ...]) -> int:
    """Return how many messages are still to leave."""
    return sum(each.number for each in found if each.state in OPEN)


def ended(found: tuple[Count, ...], state: State) -> int:
    """Return how many messages have ended so."""
    return sum(each.number for each in found if each.state == state)


def _address(ring: seal.Keyring, row: OutboxMessage, choice: wishes.Choice) -> str | None:
    channel = row.channel or wishes.channel_of(
        kind=row.kind,
        has_phone=row.phone_sealed is not None,
        has_mail=row.mail_sealed is not None,
        choice=choice,
    )
    if channel == Channel.MAIL:
        return _opened(ring, row, "mail") or choice.mail
    return _opened(ring, row, "phone") if channel == Channel.SMS else None


def _opened(ring: seal.Keyring, row: OutboxMessage, column: str) -> str | None:
    sealed: bytes | None = getattr(row, f"{column}_sealed")
    return ring.opened(sealed, bound_to=f"outbox_message.{column}:{row.handle}") if sealed else None
