"""Messages to people: written in the transaction of what they are about, sent afterwards.

Address and text are sealed. In the profiles demo and test nothing leaves; the
command `outbox` reads what would have been sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base import clock, ids, seal
from skillhub.base.db import Model, Unit, db


class OutboxMessage(Model):
    """One message to one phone; `kind` says what about (``sign_in.code``, ``application.enrolled``)."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    phone_hash: Mapped[str] = mapped_column(index=True)
    phone_sealed: Mapped[bytes]
    kind: Mapped[str]
    text_sealed: Mapped[bytes]
    code_sealed: Mapped[bytes | None]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Message:
    """A message as its reader sees it."""

    at: datetime
    to: str
    kind: str
    text: str
    code: str | None


def put(unit: Unit, *, phone: str, kind: str, text: str, code: str | None = None) -> None:
    """Write one message to a normalised mobile number."""
    unit.session.execute(insert(OutboxMessage), [row(phone=phone, kind=kind, text=text, code=code)])


def row(*, phone: str, kind: str, text: str, code: str | None = None) -> dict[str, Any]:
    """Return the values of one message (for services that write several at once)."""
    ring = seal.keyring()
    handle = ids.handle("m")
    return {
        "handle": handle,
        "phone_hash": ring.hashed("phone", phone),
        "phone_sealed": ring.seal(phone, bound_to=f"outbox_message.phone:{handle}"),
        "kind": kind,
        "text_sealed": resealed(handle, text),
        "code_sealed": ring.seal(code, bound_to=f"outbox_message.code:{handle}") if code else None,
        "at": clock.now(),
    }


def resealed(handle: str, text: str) -> bytes:
    """Return another text, sealed for the message of this handle (where a statement chooses the text)."""
    return seal.keyring().seal(text, bound_to=f"outbox_message.text:{handle}")


def messages(phone: str | None = None) -> Iterator[Message]:
    """Yield the messages in order of writing, all or those to one phone."""
    ring = seal.keyring()
    statement = select(OutboxMessage).order_by(OutboxMessage.id)
    if phone is not None:
        statement = statement.where(OutboxMessage.phone_hash == ring.hashed("phone", phone))
    for row in db.session.scalars(statement):
        yield Message(
            row.at,
            ring.opened(row.phone_sealed, bound_to=f"outbox_message.phone:{row.handle}"),
            row.kind,
            ring.opened(row.text_sealed, bound_to=f"outbox_message.text:{row.handle}"),
            ring.opened(row.code_sealed, bound_to=f"outbox_message.code:{row.handle}")
            if row.code_sealed
            else None,
        )
