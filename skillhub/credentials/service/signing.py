"""The only place that brings certificates their credentials: frozen first, then signed, then published.

Each step is a commit of its own and finds its work in the rows, so a worker that is
killed anywhere goes on where it stopped. What was frozen is signed as it is, never
written anew; Ed25519 gives the same signature over the same bytes, however often.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import bindparam, insert, select, update

from skillhub.base import clock, work
from skillhub.base.db import Unit, db, unit_of_work
from skillhub.base.problem import Problem
from skillhub.base.seal import KeyProblem
from skillhub.credentials import public
from skillhub.credentials.keys import Purpose
from skillhub.credentials.model import Certificate, Credential
from skillhub.credentials.queries import issuer
from skillhub.credentials.rules import facts as rules
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.service import keeping, lists
from skillhub.credentials.service.keeping import Signer
from skillhub.credentials.vc import badge, compact, did, proof, signing
from skillhub.credentials.vc.shapes import Badge

log = logging.getLogger("skillhub.credentials")
AT_ONCE = 50
MOST_PUBLISHED = 500
EVERY_SECONDS = 1.0
_told: set[str] = set()


@work.every(EVERY_SECONDS, "credentials.sign")
def turn() -> None:
    """Bring all up to date; a missing key or a changed host is told once, not every second."""
    try:
        bring_up_to_date()
        _told.clear()
    except (KeyProblem, Problem) as problem:
        if str(problem) not in _told:
            log.error("%s", problem)  # noqa: TRY400 (the line says what to do; the stack says nothing)
        _told.add(str(problem))


def bring_up_to_date() -> int:
    """Freeze, sign and publish all that waits, renew the lists, and return how many were published."""
    if db.session.scalar(select(Certificate.id).where(Certificate.prepared_at.is_(None)).limit(1)):
        credentials = keeping.signer(Purpose.CREDENTIAL)
        offline = keeping.signer(Purpose.OFFLINE)
        while freeze(credentials.key_id, offline.key_id):
            sign()
    while sign():
        pass
    renewed = lists.renew()
    published = 0
    while done := publish():
        published += done
    public.write(issuer.config().data_folder / public.FOLDER, is_sure=bool(renewed or published))
    return published


def freeze(key_id: str, offline_id: str) -> int:
    """Freeze what will be signed for the next certificates, and return their number."""
    with unit_of_work() as unit:
        waiting = (
            select(Certificate.id)
            .where(Certificate.prepared_at.is_(None))
            .order_by(Certificate.id)
            .limit(AT_ONCE)
            .scalar_subquery()
        )
        rows = unit.session.execute(
            update(Certificate)
            .where(Certificate.id.in_(waiting))
            .values(prepared_at=clock.real_now())
            .returning(
                Certificate.id,
                Certificate.public_id,
                Certificate.facts,
                Certificate.facts_sha256,
                Certificate.status,
            )
            .execution_options(synchronize_session=False)
        ).all()
        if rows:
            _freeze_in(unit, sorted(rows), key_id, offline_id)
        return len(rows)


def _freeze_in(unit: Unit, rows: list[Any], key_id: str, offline_id: str) -> None:
    number, free = lists.take_in(unit, len(rows))
    now = clock.real_now()
    made = []
    for row, index in zip(rows, free, strict=True):
        payload = _payload(row, number, index, key_id, offline_id)
        if payload is not None:
            values = {"certificate_id": row.id, "list_number": number, "list_index": index}
            made.append({**values, "key_id": key_id, "payload": payload, "frozen_at": now})
    if made:
        unit.session.execute(insert(Credential), made)
    if any(row.status != Status.VALID for row in rows):
        lists.mark_in(unit, [number])


def _payload(row: Any, number: int, index: int, key_id: str, offline_id: str) -> str | None:
    """Return what will be signed; None for facts that are not what was issued, or cannot be shown."""
    host = issuer.host()
    if rules.checksum(row.facts) != row.facts_sha256:
        log.error("certificate %s is not what was issued; it gets no credential", row.public_id)
        return None
    facts = rules.thawed(row.facts)
    place = badge.Place(
        host=host,
        public_id=row.public_id,
        subject=f"urn:uuid:{uuid.uuid4()}",
        list_number=number,
        index=index,
    )
    try:
        document = badge.unsigned(facts, place)
    except ValidationError:
        log.exception("certificate %s cannot be written as a credential", row.public_id)
        return None
    options = proof.options(
        created=badge.instant(clock.real_now()), key=did.key_address(did.of_host(host), key_id)
    )
    short = compact.frozen(facts, host=host, key_id=offline_id, public_id=row.public_id)
    return signing.spelled(
        {"document": document, "proof": options, "compact": short, "offline_key": offline_id}
    )


def sign() -> int:
    """Sign the next of what is frozen, and return the number."""
    rows = db.session.execute(
        select(Credential.id, Credential.key_id, Credential.payload)
        .where(Credential.published_at.is_(None), Credential.document.is_(None))
        .order_by(Credential.id)
        .limit(AT_ONCE)
    ).all()
    if not rows:
        return 0
    signers: dict[tuple[Purpose, str], Signer] = {}
    made = [_signed(row.id, row.key_id, json.loads(row.payload), signers) for row in rows]
    statement = (
        update(Credential)
        .where(Credential.id == bindparam("of"), Credential.document.is_(None))
        .values(document=bindparam("signed"), compact=bindparam("short"), signed_at=bindparam("at"))
        .execution_options(synchronize_session=None)
    )
    with unit_of_work() as unit:
        unit.session.connection().execute(statement, made)
    return len(made)


def _signed(
    row_id: int, key_id: str, payload: Mapping[str, Any], signers: dict[tuple[Purpose, str], Signer]
) -> dict[str, Any]:
    asked = ((Purpose.CREDENTIAL, key_id), (Purpose.OFFLINE, payload["offline_key"]))
    for each in asked:
        if each not in signers:
            signers[each] = keeping.signer(*each)
    first, second = (signers[each].key for each in asked)
    return {
        "of": row_id,
        "signed": signing.signed(Badge, payload["document"], payload["proof"], first),
        "short": compact.sign(payload["compact"], second),
        "at": clock.real_now(),
    }


def publish() -> int:
    """Hand out what is signed and whose list can be fetched, and return the number."""
    waiting = db.session.scalars(
        select(Credential.id)
        .where(Credential.published_at.is_(None), Credential.document.is_not(None))
        .order_by(Credential.id)
        .limit(MOST_PUBLISHED)
    ).all()
    if waiting:
        with unit_of_work() as unit:
            unit.session.execute(
                update(Credential)
                .where(Credential.id.in_(waiting))
                .values(published_at=clock.real_now())
                .execution_options(synchronize_session=False)
            )
    return len(waiting)
