"""The only place that reads people's mail addresses and how they want to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from skillhub.accounts.model import MailAddress, MessageChoice
from skillhub.accounts.rules.limits import LIMITS
from skillhub.base import clock, seal
from skillhub.base.db import db
from skillhub.base.outbox.wishes import USUAL, Choice
from skillhub.base.post import Channel

AT_ONCE = 500


@dataclass(frozen=True)
class Asked:
    """An address that waits for its code."""

    id: int
    handle: str
    address: str
    code_hash: str | None
    code_until: datetime | None


def choices(person_ids: Collection[int]) -> dict[int, Choice]:
    """Return how people want to be told; who has chosen nothing and has no address is left out."""
    wanted = sorted(set(person_ids))
    found: dict[int, Choice] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        mails = _confirmed(some)
        rows = db.session.execute(
            select(MessageChoice.person_id, MessageChoice.decisions, MessageChoice.news).where(
                MessageChoice.person_id.in_(some)
            )
        )
        found |= {person_id: Choice(mail=mail) for person_id, mail in mails.items()}
        for row in rows:
            mail = mails.get(row.person_id)
            found[row.person_id] = Choice(Channel(row.decisions), Channel(row.news), mail)
    return found


def choice_of(person_id: int) -> Choice:
    """Return how a person wants to be told, and the confirmed address."""
    return choices((person_id,)).get(person_id, USUAL)


def asked(person_id: int) -> Asked | None:
    """Return the latest address of a person if its code can still be typed."""
    row = db.session.execute(
        select(MailAddress)
        .where(MailAddress.person_id == person_id, MailAddress.withdrawn_at.is_(None))
        .order_by(MailAddress.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is None or row.confirmed_at is not None or row.code_hash is None or row.code_until is None:
        return None
    if row.code_until <= clock.real_now() or row.wrong_tries >= LIMITS.mail_wrong_tries:
        return None
    return Asked(row.id, row.handle, _opened(row.handle, row.address_sealed), row.code_hash, row.code_until)


def codes_sent(person_id: int) -> int:
    """Return how many codes a person has asked for lately."""
    since = clock.real_now() - timedelta(minutes=LIMITS.mail_codes_within_minutes)
    counted = select(func.count()).select_from(MailAddress)
    return (
        db.session.scalar(counted.where(MailAddress.person_id == person_id, MailAddress.asked_at > since))
        or 0
    )


def _confirmed(person_ids: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(MailAddress.person_id, MailAddress.handle, MailAddress.address_sealed).where(
            MailAddress.person_id.in_(person_ids),
            MailAddress.confirmed_at.is_not(None),
            MailAddress.withdrawn_at.is_(None),
        )
    )
    return {row.person_id: _opened(row.handle, row.address_sealed) for row in rows}


def _opened(handle: str, sealed: bytes) -> str:
    return seal.keyring().opened(sealed, bound_to=f"mail_address.address:{handle}")
