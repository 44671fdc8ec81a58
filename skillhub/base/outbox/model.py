"""The tables of messages: what is said to whom, each try to send it, and how the gateways do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class State(StrEnum):
    """Where a message stands; the last four are ends."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    KEPT = "kept"


OPEN = (State.WAITING, State.SENDING)
IS_OPEN = "state IN ('waiting', 'sending')"


class OutboxMessage(Model):
    """One message to one person; `kind` says what about (``sign_in.code``, ``application.enrolled``).

    Phone and mail address are those that were known when it was written. `channel`
    is decided when it is sent, by what the person wants then. `once_key` names the
    change of state that it tells of: a change is told once. `lease` names who is
    sending it now, until `leased_until`. Times but `at` are real.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'expired', 'kept')", name="state_known"
        ),
        CheckConstraint("channel IN ('sms', 'mail', 'page')", name="channel_known"),
        Index("ix_outbox_message_open", "id", sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(index=True)
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes | None]
    mail_sealed: Mapped[bytes | None]
    kind: Mapped[str]
    once_key: Mapped[str | None] = mapped_column(unique=True)
    text_sealed: Mapped[bytes]
    code_sealed: Mapped[bytes | None]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=State.KEPT.value)
    channel: Mapped[str | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    give_up_at: Mapped[datetime | None]
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]


class MessageTry(Model):
    """One try to hand a message over, and what was answered: never the text, never to whom."""

    __tablename__ = "message_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"), index=True)
    at: Mapped[datetime]
    channel: Mapped[str]
    outcome: Mapped[str]
    code: Mapped[str]
    gateway_id: Mapped[str | None]


class MessageGateway(Model):
    """How a gateway does: how often it failed in a row, and until when it is left alone."""

    __tablename__ = "message_gateway"

    channel: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    code: Mapped[str | None]
    rests_until: Mapped[datetime | None]
