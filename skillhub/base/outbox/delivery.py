"""The only place that sends messages: claims one, hands it to its gateway, writes down what became of it.

At least once: a worker that dies between handing over and writing down leaves a
lease that runs out, and the message goes again under the same id, by which the
gateway can tell. A gateway that is away rests, longer each time, and then takes
what waits in order. Nothing is sent inside a unit of work. All times are real.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, or_, select

from skillhub.base import clock, ids, post, seal, work
from skillhub.base.db import db, unit_of_work
from skillhub.base.outbox import notes, wishes
from skillhub.base.outbox.model import OPEN, MessageGateway, OutboxMessage, State
from skillhub.base.outbox.notes import Sending
from skillhub.base.outbox.pacing import Dice
from skillhub.base.outbox.sorting import sort
from skillhub.base.post import Channel, Down, Gateways, Parcel

log = logging.getLogger("skillhub.outbox")

LEASE = timedelta(seconds=90)  # three times what an exchange may take
AT_ONCE = 50
EVERY_SECONDS = 0.5
CODES = ("sign_in.code", "email.code")


@work.every(EVERY_SECONDS, "outbox.sms")
def send_sms() -> None:
    """Send what is due by SMS (background work)."""
    Postman(post.in_use()).turn(Channel.SMS)


@work.every(EVERY_SECONDS, "outbox.mail")
def send_mail() -> None:
    """Send what is due by mail (background work); a slow mail server keeps no code by SMS waiting."""
    Postman(post.in_use()).turn(Channel.MAIL)


@dataclass(frozen=True)
class Postman:
    """Brings messages to the gateways; several may be on their way at once."""

    gateways: Gateways
    now: Callable[[], datetime] = clock.real_now
    dice: Dice = random.SystemRandom().random
    lease: timedelta = LEASE

    def turn(self, channel: Channel) -> int:
        """Send what is due by one way, some at most, and return how many the gateway has answered for."""
        if not _has_open():
            return 0
        sort(self.gateways, self.now())
        gateway = self.gateways.by_channel.get(channel)
        sent = 0
        while gateway is not None and sent < AT_ONCE:
            found = self._claimed(channel)
            if found is None:
                break
            parcel = _parcel(found)
            if parcel is None:
                notes.give_back(found)
                continue
            outcome = gateway.send(parcel)
            rest = notes.note(found, outcome, now=self.now(), dice=self.dice)
            if rest is not None:
                log.warning("%s: the gateway says %s; it rests for %.0f s", channel, outcome.code, rest)
            if isinstance(outcome, Down) or rest is not None:
                break
            sent += 1
        return sent

    def _claimed(self, channel: Channel) -> Sending | None:
        """Take the first message that is due, for as long as the lease lasts."""
        now = self.now()
        if _rests(channel, now) or not _has(_due(channel, now)):
            return None
        with unit_of_work() as unit:
            row = unit.session.scalars(
                select(OutboxMessage)
                .where(_due(channel, now))
                .order_by(case((OutboxMessage.kind.in_(CODES), 0), else_=1), OutboxMessage.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return None
            lease = ids.secret()
            row.state, row.lease, row.leased_until = State.SENDING, lease, now + self.lease
            return Sending(row.id, row.handle, row.kind, channel, row.tries, lease)


def _has_open() -> bool:
    return _has(OutboxMessage.state.in_(OPEN))


def _has(condition: ColumnElement[bool]) -> bool:
    db.session.rollback()  # a long turn must not look at old rows
    return db.session.scalar(select(OutboxMessage.id).where(condition).limit(1)) is not None


def _due(channel: Channel, now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.channel == channel,
        OutboxMessage.give_up_at > now,
        or_(
            and_(OutboxMessage.state == State.WAITING, OutboxMessage.next_at <= now),
            and_(OutboxMessage.state == State.SENDING, OutboxMessage.leased_until <= now),
        ),
    )


def _rests(channel: Channel, now: datetime) -> bool:
    until = db.session.scalar(select(MessageGateway.rests_until).where(MessageGateway.channel == channel))
    return until is not None and until > now


def _parcel(found: Sending) -> Parcel | None:
    """Open what is to be handed over; None when there is no address for this way any more."""
    row = db.session.execute(
        select(
            OutboxMessage.person_id,
            OutboxMessage.phone_sealed,
            OutboxMessage.mail_sealed,
            OutboxMessage.text_sealed,
        ).where(OutboxMessage.id == found.id)
    ).one()
    ring = seal.keyring()

    def opened(column: str, sealed: bytes | None) -> str | None:
        return ring.opened(sealed, bound_to=f"outbox_message.{column}:{found.handle}") if sealed else None

    if found.channel is Channel.SMS:
        to = opened("phone", row.phone_sealed)
    else:
        known = {row.person_id} if row.person_id is not None else set()
        choice = wishes.of(known).get(row.person_id or 0, wishes.USUAL)
        to = opened("mail", row.mail_sealed) or choice.mail
    return Parcel(found.handle, to, found.kind, opened("text", row.text_sealed) or "") if to else None
