"""A repeated request has one effect: the one place that pages and JSON addresses share for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import request
from sqlalchemy.exc import IntegrityError

from skillhub.base import idempotency
from skillhub.base.errors import SkillHubError

LONGEST_KEY = 200
Result = TypeVar("Result")
Kept = Callable[[idempotency.Call], str | None]


@dataclass(frozen=True)
class Replayed:
    """The call was carried out before; `reference` names its result."""

    reference: str


def call(*, actor: str, key: str | None, body_sha256: str) -> idempotency.Call:
    """Name this request.

    :raises KeyMissing: the key is absent or cannot be one.
    """
    text = (key or "").strip()
    if not text or len(text) > LONGEST_KEY or not text.isascii() or not text.isprintable():
        raise idempotency.KeyMissing
    return idempotency.Call(
        actor=actor, key=text, route=f"{request.method} {request.path}", body_sha256=body_sha256
    )


def carry_out(
    named: idempotency.Call, act: Callable[[], Result], *, kept_by: Kept | None = None
) -> Result | Replayed:
    """Run `act` unless the same call was carried out before.

    :param kept_by: how the service finds the reference of a call whose key it keeps itself; it then looks
        for the key on its own way and raises `idempotency.Repeated`.

    Of two at the same moment one may fail *because* the other has succeeded (the key or
    a name is taken, or the thing is no longer in the state it needs), so a refused call
    looks once more before it gives up.

    :raises KeyReused: the key was used for something else.
    """
    first = _earlier(named) if kept_by is None else None
    if first is not None:
        return first
    try:
        with idempotency.carrying_out(named):
            return act()
    except idempotency.Repeated as error:
        return Replayed(error.reference)
    except (SkillHubError, IntegrityError):
        kept = kept_by(named) if kept_by is not None else None
        first = Replayed(kept) if kept else _earlier(named)
        if first is None:
            raise
        return first


def _earlier(named: idempotency.Call) -> Replayed | None:
    reference = idempotency.earlier(named)
    if reference is None:
        return None
    if not reference:
        raise RuntimeError(f"the service behind {named.route} did not refer() to its result")
    return Replayed(reference)
