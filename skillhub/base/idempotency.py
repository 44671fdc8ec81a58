"""A repeated request has one effect: the key of the first is kept with what it resulted in.

The web floor names the call before the service runs; the unit of work writes the
row in the same transaction as the effect, so that a rolled-back attempt leaves
none. A reference to the result is stored, never the answer itself: a repetition is
shown with today's rights.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import UniqueConstraint, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base import clock
from skillhub.base.db import Model, Unit, before_commit, db
from skillhub.base.errors import Conflict, SkillHubError


class KeyMissing(SkillHubError):
    """A writing call has no key."""

    code = "idempotency_key_missing"
    status = 400
    message = _l("缺少 Idempotency-Key。请给每次提交一个新的随机编号，重试时用同一个。")


class KeyReused(SkillHubError):
    """The same key came with another request."""

    code = "idempotency_key_reused"
    status = 422
    message = _l("这个编号已经用于另一次提交。请刷新页面后再提交。")


class InProgress(Conflict):
    """The same request is being carried out at this moment."""

    code = "in_progress"
    retry_after = 1
    message = _l("同一个提交正在办理，请稍等一两秒再看结果。")


class Repeated(Exception):
    """A service found that this very call was carried out before; `reference` names its result."""

    def __init__(self, reference: str) -> None:
        """Keep the reference."""
        super().__init__(reference)
        self.reference = reference


class KeptCall(Model):
    """A call that was carried out, and the reference of its result."""

    __tablename__ = "kept_call"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str]
    key: Mapped[str]
    route: Mapped[str]
    body_sha256: Mapped[str]
    reference: Mapped[str | None]
    at: Mapped[datetime]


@dataclass
class Call:
    """One writing request: who, with which key, to which route, with which body."""

    actor: str
    key: str
    route: str
    body_sha256: str
    is_kept: bool = False


_call: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def carrying_out(call: Call) -> Iterator[Call]:
    """Let the first unit of work inside the block keep this call.

    :raises InProgress: another process keeps the same call at this moment.
    """
    token = _call.set(call)
    try:
        yield call
    except IntegrityError as error:
        if "kept_call" in str(error.orig):
            raise InProgress from error
        raise
    finally:
        _call.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """Let the units inside the block keep no call (notes that are no part of its effect)."""
    token = _call.set(None)
    try:
        yield
    finally:
        _call.reset(token)


def current() -> Call | None:
    """Return the call that is being carried out, unless its key has been kept already.

    For a service that keeps the key in a row of its own and sets `is_kept`.
    """
    call = _call.get()
    return None if call is None or call.is_kept else call


def check_same(call: Call, *, route: str, body_sha256: str) -> None:
    """Refuse a key that came with something else before.

    :raises KeyReused: it did.
    """
    if (route, body_sha256) != (call.route, call.body_sha256):
        raise KeyReused


def earlier(call: Call) -> str | None:
    """Return the reference of the first such call's result, None if there was none.

    :raises KeyReused: the key was used for something else.
    """
    row = db.session.execute(
        select(KeptCall.route, KeptCall.body_sha256, KeptCall.reference).where(
            KeptCall.actor == call.actor, KeptCall.key == call.key
        )
    ).one_or_none()
    if row is None:
        return None
    check_same(call, route=row.route, body_sha256=row.body_sha256)
    return row.reference or ""


def _keep(unit: Unit) -> None:
    call = _call.get()
    if call is None or call.is_kept:
        return
    unit.session.execute(
        insert(KeptCall).values(
            actor=call.actor,
            key=call.key,
            route=call.route,
            body_sha256=call.body_sha256,
            reference=unit.reference,
            at=clock.real_now(),
        )
    )
    call.is_kept = True


before_commit(_keep)
