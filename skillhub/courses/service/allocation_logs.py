"""The only place that writes allocation logs: frozen when enrolment has closed, then signed, never made anew.

A frozen log is kept before it is signed, and the signature of a key is always the
same, so a worker that is killed in between signs the very same lines afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, update

from skillhub.accounts.queries import people
from skillhub.base import clock
from skillhub.base.db import Unit, unit_of_work
from skillhub.courses.model import AllocationLog
from skillhub.courses.queries import allocation_logs as queries
from skillhub.courses.queries import plans
from skillhub.courses.queries.allocation_logs import Edition, Row
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import WHOLE_BATCH
from skillhub.courses.rules.plans import LAST_MOMENT
from skillhub.courses.rules.queue_log import Frozen, Header, Line
from skillhub.courses.service import allocation_keys, seats
from skillhub.web import words

AT_ONCE = 20


def write_due() -> int:
    """Freeze and sign the logs that are due, some at a time, and return how many were signed."""
    now = clock.now()
    for batch_id in queries.due_first(before=now - LAST_MOMENT, limit=AT_ONCE):
        _freeze(batch_id)
    for batch_id in queries.with_later_events(limit=AT_ONCE):
        if _is_settled(batch_id):
            _freeze(batch_id)
    return _sign_all()


def _is_settled(batch_id: int) -> bool:
    """Tell whether the cut-off is over and every offer answered, so that no seat changes hands any more."""
    if queries.has_open_offers(batch_id):
        return False
    moved_to = queries.moved_cut_off(batch_id)
    cut_off = datetime.fromisoformat(moved_to) if moved_to else plans.plan_of(batch_id).plan.cut_off
    return cut_off + LAST_MOMENT <= clock.now()


def _freeze(batch_id: int) -> None:
    """Keep what is to be signed; a later edition repeats the earlier one and goes on."""
    with unit_of_work() as unit:
        batch = seats.hold(unit, batch_id=batch_id)
        before = queries.newest(batch_id)
        if before is not None and before.is_final:
            return
        view = plans.plan_of(batch_id)
        found = queries.rows(batch_id, after=before.last_event_id if before else 0)
        if before is None:
            header = Header(
                batch=batch.code,
                plan=view.plan,
                seed_commitment=view.seed_commitment,
                seed=view.seed,
                beacon=view.beacon,
            )
            text = queue_log.frozen(header, _lines(found, {}))
        else:
            text = queue_log.extended(before.frozen, _lines(found, queue_log.names(before.frozen.text)))
        is_final = batch.state != "published" or _is_settled(batch_id)
        _keep(unit, batch_id, before, text, found, is_final=is_final)


def _keep(
    unit: Unit,
    batch_id: int,
    before: Edition | None,
    text: Frozen,
    found: Sequence[Row],
    *,
    is_final: bool,
) -> None:
    unit.session.execute(
        insert(AllocationLog).values(
            batch_id=batch_id,
            edition=before.number + 1 if before else 1,
            lines=text.text,
            size=text.size,
            root=text.root,
            last_event_id=found[-1].event_id if found else (before.last_event_id if before else 0),
            is_final=is_final,
            frozen_at=clock.now(),
        )
    )


def _lines(found: Sequence[Row], names: Mapping[str, str]) -> Iterator[Line]:
    """Yield the entries; a person keeps the name of the first entry, whatever is corrected later."""
    persons = people.many([row.person_id for row in found if row.person_id is not None])
    for row in found:
        if row.receipt is None or row.person_id is None or row.order_no is None:
            yield Line(at=row.at, event=row.event, state=row.state, receipt_sha256=WHOLE_BATCH)
            continue
        receipt = queue_log.receipt_sha256(row.receipt)
        yield Line(
            at=row.at,
            event=row.event,
            state=row.state,
            receipt_sha256=receipt,
            order_no=row.order_no,
            group=row.group,
            name_masked=names.get(receipt) or words.masked(persons[row.person_id].name),
        )


def _sign_all() -> int:
    waiting = queries.unsigned()
    if not waiting:
        return 0
    key = allocation_keys.current()
    for each in waiting:
        message = queue_log.signed_bytes(size=each.size, root=each.root, key_id=key.key_id)
        line = queue_log.last_line(
            size=each.size, root=each.root, key_id=key.key_id, signature=key.sign(message)
        )
        with unit_of_work() as unit:
            unit.session.execute(
                update(AllocationLog)
                .where(AllocationLog.id == each.id, AllocationLog.signed_line.is_(None))
                .values(key_id=key.key_id, signed_line=line, signed_at=clock.now())
            )
    allocation_keys.publish()
    return len(waiting)
