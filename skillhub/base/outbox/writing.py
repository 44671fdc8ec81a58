"""The only place that writes a message, in the transaction of what it is about: rolled back, it never was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from skillhub.base import clock, ids, post, seal
from skillhub.base.db import Unit, upsert
from skillhub.base.outbox.model import OutboxMessage, State

GIVEN_UP_AFTER = timedelta(hours=24)
_held_back: ContextVar[bool] = ContextVar("held_back", default=False)


@contextmanager
def held_back() -> Iterator[None]:
    """Let nothing that is written inside the block leave (loading of history, set-up of a demonstration)."""
    token = _held_back.set(True)
    try:
        yield
    finally:
        _held_back.reset(token)


def put(
    unit: Unit,
    *,
    phone: str | None,
    kind: str,
    text: str,
    code: str | None = None,
    person_id: int | None = None,
    once_key: str | None = None,
    mail: str | None = None,
    good_until: datetime | None = None,
) -> None:
    """Write one message to a normalised mobile number, or to a mail address; see `row`."""
    values = row(
        phone=phone,
        kind=kind,
        text=text,
        code=code,
        person_id=person_id,
        once_key=once_key,
        mail=mail,
        good_until=good_until,
    )
    put_all(unit, [values])


def put_all(unit: Unit, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write several messages (made by `row`) in their order, all by one statement."""
    if rows:
        statement = upsert(unit, OutboxMessage).on_conflict_do_nothing(
            index_elements=[OutboxMessage.once_key]
        )
        unit.session.execute(statement, list(rows))


def row(
    *,
    phone: str | None,
    kind: str,
    text: str,
    code: str | None = None,
    person_id: int | None = None,
    once_key: str | None = None,
    mail: str | None = None,
    good_until: datetime | None = None,
) -> dict[str, Any]:
    """Return the values of one message to a normalised mobile number, or to a mail address.

    :param person_id: on whose page it stands; None for what stands on no page (codes).
    :param once_key: the change of state that it tells of; told before, nothing is written.
    :param good_until: the real instant after which it is not sent any more; else in a day.
    """
    ring = seal.keyring()
    handle = ids.handle("m")
    now = clock.real_now()
    gateways = post.in_use()
    is_sent = gateways.is_sending and not _held_back.get()

    return {
        "handle": handle,
        "person_id": person_id,
        "phone_hash": ring.hashed("phone", phone) if phone else None,
        "phone_sealed": _sealed(handle, "phone", phone),
        "mail_sealed": _sealed(handle, "mail", mail),
        "kind": kind,
        "once_key": once_key,
        "text_sealed": _sealed(handle, "text", text),
        "code_sealed": None if gateways.is_for_real else _sealed(handle, "code", code),
        "at": clock.now(),
        "state": (State.WAITING if is_sent else State.KEPT).value,
        "tries": 0,
        "next_at": now if is_sent else None,
        "give_up_at": (good_until or now + GIVEN_UP_AFTER) if is_sent else None,
    }


def resealed(handle: str, text: str) -> bytes | None:
    """Return another text, sealed for the message of this handle (where a statement chooses the text)."""
    return _sealed(handle, "text", text)


def _sealed(handle: str, column: str, value: str | None) -> bytes | None:
    return seal.keyring().seal(value, bound_to=f"outbox_message.{column}:{handle}") if value else None


def choose_again(unit: Unit, *, person_id: int) -> None:
    """Decide anew by which way the waiting messages of a person go (the person has chosen otherwise)."""
    unit.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.person_id == person_id, OutboxMessage.state == State.WAITING)
        .values(channel=None)
        .execution_options(synchronize_session=False)
    )
