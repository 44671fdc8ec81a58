"""The only place that decides by which way a waiting message goes, and gives up what is too late."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update

from skillhub.base.db import Unit, db, unit_of_work
from skillhub.base.outbox import wishes
from skillhub.base.outbox.model import OutboxMessage, State
from skillhub.base.post import Channel, Gateways

AT_ONCE = 200
WITHOUT_WAY = and_(OutboxMessage.state == State.WAITING, OutboxMessage.channel.is_(None))
GONE = b""
"""What stands in the place of a text that nobody needs any more."""


def sort(gateways: Gateways, now: datetime) -> None:
    """Give up what is too late, and decide for each message without a way which one it takes."""
    too_late = _too_late(now)
    has_late, has_unsorted = (_has(each) for each in (too_late, WITHOUT_WAY))
    if not has_late and not has_unsorted:
        return
    with unit_of_work() as unit:
        if has_late:
            _give_up(unit, gateways, too_late)
        if has_unsorted:
            _choose(unit, gateways)


def _has(condition: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(OutboxMessage.id).where(condition).limit(1)) is not None


def _too_late(now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.give_up_at <= now,
        or_(
            OutboxMessage.state == State.WAITING,
            and_(OutboxMessage.state == State.SENDING, OutboxMessage.leased_until <= now),
        ),
    )


def _give_up(unit: Unit, gateways: Gateways, too_late: ColumnElement[bool]) -> None:
    expired: dict[str, object] = {"state": State.EXPIRED, "lease": None, "leased_until": None}
    is_code = OutboxMessage.person_id.is_(None)
    if gateways.is_for_real:
        _set(unit, and_(too_late, is_code), expired | {"text_sealed": GONE})
    _set(unit, too_late, expired)


def _choose(unit: Unit, gateways: Gateways) -> None:
    rows = unit.session.execute(
        select(
            OutboxMessage.id,
            OutboxMessage.kind,
            OutboxMessage.person_id,
            OutboxMessage.phone_sealed.is_not(None).label("has_phone"),
            OutboxMessage.mail_sealed.is_not(None).label("has_mail"),
        )
        .where(WITHOUT_WAY)
        .order_by(OutboxMessage.id)
        .limit(AT_ONCE)
    ).all()
    choices = wishes.of({row.person_id for row in rows if row.person_id is not None})
    ways: dict[Channel, list[int]] = defaultdict(list)
    for row in rows:
        choice = choices.get(row.person_id or 0, wishes.USUAL)
        way = wishes.channel_of(kind=row.kind, has_phone=row.has_phone, has_mail=row.has_mail, choice=choice)
        ways[way].append(row.id)
    for way, chosen in ways.items():
        is_sent = way is not Channel.PAGE and (gateways.is_for_real or way in gateways.by_channel)
        state = State.WAITING if is_sent else State.KEPT
        still = and_(WITHOUT_WAY, OutboxMessage.id.in_(chosen))
        _set(unit, still, {"channel": way, "state": state})


def _set(unit: Unit, condition: ColumnElement[bool], values: dict[str, object]) -> None:
    unit.session.execute(
        update(OutboxMessage).where(condition).values(values).execution_options(synchronize_session=False)
    )
