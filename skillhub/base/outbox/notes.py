"""The only place that writes down what became of a try: the message's state, the log, the gateway's rest."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from skillhub.base import post
from skillhub.base.db import Unit, unit_of_work, upsert
from skillhub.base.outbox import pacing, wishes
from skillhub.base.outbox.model import OPEN, MessageGateway, MessageTry, OutboxMessage, State
from skillhub.base.outbox.sorting import GONE
from skillhub.base.post import Channel, Down, Later, Never, Outcome, Taken

log = logging.getLogger("skillhub.outbox")

WORDS: dict[type[Outcome], str] = {Taken: "taken", Later: "later", Never: "never", Down: "down"}


@dataclass(frozen=True)
class Sending:
    """A message that is being sent under a lease; `tries` does not count this one yet."""

    id: int
    handle: str
    kind: str
    channel: Channel
    tries: int
    lease: str


def note(found: Sending, outcome: Outcome, *, now: datetime, dice: pacing.Dice) -> float | None:
    """Write down one try, and return for how many seconds the gateway rests now (None: it does not)."""
    if isinstance(outcome, Never):
        log.warning("message %s by %s: refused for good (%s)", found.handle, found.channel, outcome.code)
    with unit_of_work() as unit:
        held = OutboxMessage.lease == found.lease
        if isinstance(outcome, Taken):
            held = OutboxMessage.state.in_(OPEN)  # it has left, whoever believes to be sending it now
        unit.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == found.id, held)
            .values(_after(found, outcome, now, dice))
            .execution_options(synchronize_session=False)
        )
        unit.session.execute(
            insert(MessageTry).values(
                message_id=found.id,
                at=now,
                channel=found.channel,
                outcome=WORDS[type(outcome)],
                code=outcome.code,
                gateway_id=outcome.gateway_id if isinstance(outcome, Taken) else None,
            )
        )
        return _rest(unit, found.channel, outcome, now, dice)


def give_back(found: Sending) -> None:
    """Let the way of a message be decided anew: there is no address for this one any more."""
    with unit_of_work() as unit:
        unit.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == found.id, OutboxMessage.lease == found.lease)
            .values(state=State.WAITING, channel=None, lease=None, leased_until=None)
            .execution_options(synchronize_session=False)
        )


def _after(found: Sending, outcome: Outcome, now: datetime, dice: pacing.Dice) -> dict[str, object]:
    """Return what changes in the message: a gateway that is down costs it neither its place nor a try."""
    values: dict[str, object] = {"lease": None, "leased_until": None, "state": State.WAITING}
    if isinstance(outcome, Down):
        return values
    values["tries"] = tries = found.tries + 1
    if isinstance(outcome, Later):
        return values | {"next_at": now + pacing.pause(tries, dice)}
    values["state"] = State.SENT if isinstance(outcome, Taken) else State.FAILED
    if post.in_use().is_for_real and wishes.group_of(found.kind) is wishes.Group.CODES:
        values |= {"text_sealed": GONE, "code_sealed": None}
    return values


def _rest(unit: Unit, channel: Channel, outcome: Outcome, now: datetime, dice: pacing.Dice) -> float | None:
    """Count failures in a row, and let a gateway rest that is down or has failed several messages."""
    row = unit.session.execute(
        select(MessageGateway.failures).where(MessageGateway.channel == channel).with_for_update()
    ).one_or_none()
    before = row.failures if row is not None else 0
    if isinstance(outcome, Taken | Never):
        if before:
            _keep(unit, channel, 0, None, None)
        return None
    failures = before + 1
    seconds: float | None = None
    if isinstance(outcome, Down):
        seconds = outcome.rest_seconds or _pause(failures, dice)
    elif failures >= pacing.DOUBTED_AFTER:
        seconds = _pause(failures - pacing.DOUBTED_AFTER + 1, dice)
    until = now + timedelta(seconds=seconds) if seconds is not None else None
    _keep(unit, channel, failures, outcome.code, until)
    return seconds


def _pause(failures: int, dice: pacing.Dice) -> float:
    return pacing.pause(failures, dice, longest=pacing.GATEWAY_LONGEST).total_seconds()


def _keep(unit: Unit, channel: Channel, failures: int, code: str | None, until: datetime | None) -> None:
    values = {"failures": failures, "code": code, "rests_until": until}
    row = upsert(unit, MessageGateway).values(channel=channel, **values)
    unit.session.execute(row.on_conflict_do_update(index_elements=[MessageGateway.channel], set_=values))
