"""What must be true after the kills: all who were acknowledged are there, once, in an order without gaps."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rushing.stage import Stage
from sqlalchemy import case, func, select

from killing.crowd import Told
from skillhub.base import audit_seal
from skillhub.base.audit import AuditEntry
from skillhub.base.audit_seal import AuditSeal
from skillhub.base.db import db
from skillhub.base.outbox import OutboxMessage
from skillhub.courses.model import Application, ApplicationEvent, Batch
from skillhub.testing.factories.applications import SomeClass

PATIENCE_SECONDS, GLANCE_SECONDS = 60, 0.05
_UNSEALED = (
    select(func.count())
    .select_from(AuditEntry)
    .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
    .where(AuditSeal.n.is_(None))
)


def compare(stage: Stage, batches: Sequence[SomeClass], told: Told) -> dict[str, Any]:
    """Compare what people were told with what is kept, and what is kept with itself."""
    with stage.app.app_context():
        found = _compared(batches, told)
        db.session.remove()
    return found


def _compared(batches: Sequence[SomeClass], told: Told) -> dict[str, Any]:
    ids = {each.id: each.code for each in batches}
    rows = db.session.execute(
        select(
            Application.id,
            Application.batch_id,
            Application.person_id,
            Application.receipt,
            Application.order_no,
            Application.state,
        ).where(Application.batch_id.in_(ids))
    ).all()
    kept = {(ids[row.batch_id], row.person_id, row.receipt, row.order_no, row.state) for row in rows}
    people = Counter((row.batch_id, row.person_id) for row in rows)
    orders: dict[int, list[int]] = {each: [] for each in ids}
    for row in rows:
        orders[row.batch_id].append(row.order_no)
    return {
        "acknowledged": len(told.acknowledged),
        "kept": len(rows),
        "lost": sum(each not in kept for each in told.acknowledged),
        "doubled": sum(count - 1 for count in people.values()),
        "gaps": sum(sorted(each) != list(range(1, len(each) + 1)) for each in orders.values()),
        "oversold": _oversold(ids),
        "half_written": _half_written([row.id for row in rows]),
        "refused_otherwise": dict(told.others),
        "tries": told.tries,
    }


def _oversold(ids: dict[int, str]) -> int:
    """Count the classes whose counters or seats are not what their applications say."""
    seated = func.count(case((Application.state == "enrolled", Application.id)))
    counted = db.session.execute(
        select(Batch.id, Batch.seats, Batch.taken, Batch.arrivals, func.count(Application.id), seated)
        .join(Application, Application.batch_id == Batch.id)
        .where(Batch.id.in_(ids))
        .group_by(Batch.id)
    ).all()
    return sum(
        enrolled > seats or enrolled != taken or arrivals != rows
        for _, seats, taken, arrivals, rows, enrolled in counted
    )


def _half_written(ids: Sequence[int]) -> int:
    """Count the applications that lack their event, their line of audit or their message, or have two."""
    wanted = {str(each) for each in ids}
    subjects = db.session.scalars(
        select(AuditEntry.subject).where(AuditEntry.verb == "application.apply")
    ).all()
    events = db.session.scalars(
        select(ApplicationEvent.application_id).where(ApplicationEvent.event == "apply")
    ).all()
    keys = db.session.scalars(select(OutboxMessage.once_key).where(OutboxMessage.once_key.is_not(None))).all()
    beside = (
        Counter(each.removeprefix("application:") for each in subjects),
        Counter(str(each) for each in events),
        Counter(each.split(":")[1] for each in keys if each and each.startswith("application.")),
    )
    return sum(any(found[each] != 1 for found in beside) for each in wanted)


def seconds_until_sealed(stage: Stage) -> float:
    """Write something down and wait until the worker has sealed it; the worker has to be at work.

    :raises SystemExit: it does not come.
    """
    with stage.app.app_context():
        _wait_until_sealed()
        stage.batch(seats=1)
        began = time.monotonic()
        _wait_until_sealed()
    return time.monotonic() - began


def _wait_until_sealed() -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while db.session.scalar(_UNSEALED):
        db.session.remove()
        if time.monotonic() > until:
            raise SystemExit("the worker seals nothing")
        time.sleep(GLANCE_SECONDS)
    db.session.remove()


def is_trail_whole(stage: Stage) -> bool:
    """Seal what is left of the audit trail, and tell whether the chain holds."""
    with stage.app.app_context():
        audit_seal.seal_new()
        chain = audit_seal.check(db.session())
        db.session.remove()
    return chain.broken_at is None and chain.unsealed == 0
