"""The only place that gives out bits of status lists, marks that one has changed, and signs lists anew."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection

from sqlalchemy import insert, select, update

from skillhub.base import clock
from skillhub.base.db import Unit, db, unit_of_work
from skillhub.credentials.keys import Purpose
from skillhub.credentials.model import Certificate, Credential, StatusListRow
from skillhub.credentials.queries import issuer
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.service import keeping
from skillhub.credentials.vc import badge, did, listing, proof, signing, status
from skillhub.credentials.vc.shapes import StatusList

FULLEST = status.SIZE // 2
"""Past half a new list is begun: random free places stay quick to find."""


def take_in(unit: Unit, count: int) -> tuple[int, list[int]]:
    """Take so many random unused bits of the current list, beginning a new one if need be."""
    row = unit.session.execute(
        select(StatusListRow.number, StatusListRow.used).order_by(StatusListRow.number.desc()).limit(1)
    ).one_or_none()
    number = row.number if row is not None else 0
    if row is None or row.used + count > FULLEST:
        number += 1
        unit.session.execute(insert(StatusListRow).values(number=number, used=0, changes=1, signed_changes=0))
    free = _free(unit, number, count)
    unit.session.execute(
        update(StatusListRow).where(StatusListRow.number == number).values(used=StatusListRow.used + count)
    )
    return number, free


def _free(unit: Unit, number: int, count: int) -> list[int]:
    free: set[int] = set()
    while len(free) < count:
        drawn = {secrets.randbelow(status.SIZE) for _ in range(count - len(free))}
        taken = select(Credential.list_index).where(
            Credential.list_number == number, Credential.list_index.in_(drawn)
        )
        free |= drawn - set(unit.session.scalars(taken))
    return sorted(free, key=lambda _: secrets.randbits(32))


def mark_in(unit: Unit, numbers: Collection[int]) -> None:
    """Note that a certificate on these lists has changed, so that they are signed anew."""
    if numbers:
        unit.session.execute(
            update(StatusListRow)
            .where(StatusListRow.number.in_(numbers))
            .values(changes=StatusListRow.changes + 1)
        )


def renew() -> int:
    """Sign the lists that have changed or grow old, and return their number."""
    old = clock.real_now() - listing.RENEWED_AFTER
    due = db.session.execute(
        select(StatusListRow.number, StatusListRow.changes).where(
            (StatusListRow.changes != StatusListRow.signed_changes)
            | StatusListRow.signed_at.is_(None)
            | (StatusListRow.signed_at < old)
        )
    ).all()
    for number, changes in due:
        _renew(number, changes)
    return len(due)


def _renew(number: int, changes: int) -> None:
    """Sign one list; a change that comes meanwhile has counted on and is signed at the next turn."""
    now = clock.real_now()
    revoked = db.session.scalars(
        select(Credential.list_index)
        .join(Certificate, Certificate.id == Credential.certificate_id)
        .where(Credential.list_number == number, Certificate.status != Status.VALID.value)
    ).all()
    signer = keeping.signer(Purpose.CREDENTIAL)
    host = issuer.host()
    options = proof.options(created=badge.instant(now), key=did.key_address(did.of_host(host), signer.key_id))
    document = signing.signed(
        StatusList, listing.unsigned(host, number, revoked, at=now), options, signer.key
    )
    with unit_of_work() as unit:
        unit.session.execute(
            update(StatusListRow)
            .where(StatusListRow.number == number)
            .values(document=document, signed_changes=changes, signed_at=now)
        )


def indexes_of(document: str) -> frozenset[int]:
    """Return which bits a signed list sets."""
    return status.indexes(status.bits(json.loads(document)["credentialSubject"]["encodedList"]))
