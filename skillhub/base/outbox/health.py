"""The only place that says whether messages leave as they should, in counts and codes alone."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from skillhub.base.outbox import reading
from skillhub.base.outbox.model import OPEN
from skillhub.base.outbox.pacing import DOUBTED_AFTER
from skillhub.base.post import Channel, Gateways


def waiting(session: Session | Connection, channel: Channel) -> int:
    """Return how many messages are to leave by one way (those without a way yet leave by SMS, mostly)."""
    ways = {channel.value} | ({None} if channel is Channel.SMS else set())
    return sum(each.number for each in reading.counts(session) if each.state in OPEN and each.channel in ways)


def failing(session: Session | Connection, channel: Channel) -> reading.GatewayNote | None:
    """Return how a gateway does that has failed several times in a row, None when it does well."""
    found = {each.channel: each for each in reading.gateways(session)}.get(channel)
    return found if found is not None and found.failures >= DOUBTED_AFTER else None


def trouble(session: Session | Connection, gateways: Gateways) -> str | None:
    """Return in one line of English what keeps messages from leaving, None when nothing does."""
    reasons = []
    for channel in (Channel.SMS, Channel.MAIL):
        number = waiting(session, channel)
        is_missing = channel not in gateways.by_channel
        found = failing(session, channel)
        if gateways.is_for_real and is_missing and (number or channel is Channel.SMS):
            reasons.append(f"no {channel} gateway is connected, {number} messages wait")
        elif not is_missing and found is not None:
            reasons.append(f"the {channel} gateway has failed {found.failures} times in a row ({found.code})")
    return "; ".join(reasons) or None
