"""The only place that takes many certificates back together: one person asks, another one confirms.

The work is done in the background, in slices of one statement each, so that ten
thousand are taken back well within a minute, and their lists are signed anew at once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from skillhub.accounts.queries import actors
from skillhub.base import access, audit, clock, events, ids, work
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import Unit, db, unit_of_work
from skillhub.base.errors import NotFound
from skillhub.base.work import Slice
from skillhub.credentials.errors import NothingAffected, RecallDecided, SecondPersonMissing
from skillhub.credentials.events import CertificateRevoked
from skillhub.credentials.model import Certificate, Credential, Recall
from skillhub.credentials.queries import certificates, recalls
from skillhub.credentials.queries.certificates import CertificateView
from skillhub.credentials.queries.recalls import RecallView
from skillhub.credentials.rules import wording
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.rules.recalls import Common, Decision
from skillhub.credentials.service import lists, messages, revocation

RECALL = "credentials.recall"
MOST_IN_SLICE = 500


def ask(*, actor: Actor, district: str, common: Common, reason: str) -> str:
    """Ask for certificates of a district to be taken back, and return the handle of the request.

    :raises NotFound: not for this actor.
    :raises Invalid: there is no reason, or it is too long.
    :raises NothingAffected: none in force has this in common.
    """
    with unit_of_work() as unit:
        access.require(actor, Right(Role.OFFICER, district=district))
        words = revocation.checked(reason)
        affected = _count(district, common)
        handle = ids.handle("r")
        unit.session.execute(
            insert(Recall).values(
                handle=handle,
                district_code=district,
                kind=common.kind.value,
                what=common.what,
                border=common.border,
                reason=words,
                affected=affected,
                asked_by_id=actor.person_id,
                asked_at=clock.now(),
            )
        )
        _note(unit, actor, "ask", handle, district, affected=affected)
        return unit.refer(handle)


def _count(district: str, common: Common) -> int:
    try:
        affected = recalls.count(district, common)
    except NotFound:
        raise NothingAffected from None
    if not affected:
        raise NothingAffected
    return affected


def confirm(*, actor: Actor, recall: str) -> str:
    """Let it happen: whoever confirms is another person than the one who asked.

    :raises NotFound: there is none, or not for this actor.
    :raises SecondPersonMissing: the actor has asked for it.
    :raises RecallDecided: it was confirmed or withdrawn.
    """
    with unit_of_work() as unit:
        found = _decided_in(unit, actor, recall, Decision.CONFIRMED)
        work.enqueue_in(unit, name=RECALL, payload={"recall": recall}, actor=actor, district=found.district)
        return unit.refer(recall)


def withdraw(*, actor: Actor, recall: str) -> str:
    """Let it be; whoever has asked may do so too.

    :raises NotFound: there is none, or not for this actor.
    :raises RecallDecided: it was confirmed or withdrawn.
    """
    with unit_of_work() as unit:
        _decided_in(unit, actor, recall, Decision.WITHDRAWN)
        return unit.refer(recall)


def _decided_in(unit: Unit, actor: Actor, handle: str, decision: Decision) -> RecallView:
    found = recalls.recall(actor, handle)
    access.require(actor, Right(Role.OFFICER, district=found.district))
    if decision is Decision.CONFIRMED and actor.person_id in (None, found.asked_by):
        raise SecondPersonMissing
    done = unit.session.execute(
        update(Recall)
        .where(Recall.handle == handle, Recall.decision.is_(None))
        .values(decision=decision.value, decided_by_id=actor.person_id, decided_at=clock.now())
        .returning(Recall.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if done is None:
        raise RecallDecided
    _note(unit, actor, decision.value, handle, found.district)
    return found


def _note(unit: Unit, actor: Actor, verb: str, handle: str, district: str, **facts: object) -> None:
    subject = f"recall:{handle}"
    audit.record(unit, actor=actor, verb=f"recall.{verb}", subject=subject, district=district, **facts)


@work.handles(RECALL)
def recall_slice(payload: dict[str, Any], cursor: int) -> Slice:
    """Take the next five hundred back, with the rights that the person who confirmed has now."""
    asked_by = work.asked_by()
    actor = access.system(RECALL) if asked_by is None else actors.actor_of(asked_by)
    found = recalls.recall(actor, payload["recall"])
    question = recalls.affected(found.district, found.common).where(Certificate.id > cursor)
    todo = list(db.session.scalars(question.order_by(Certificate.id).limit(MOST_IN_SLICE)))
    if todo:
        with unit_of_work() as unit:
            _take_in(unit, actor, todo, found.reason)
    left = recalls.count(found.district, found.common)
    return Slice(
        next=todo[-1] if left and todo else None, done=found.affected - left, of=found.affected, failed=()
    )


def _take_in(unit: Unit, actor: Actor, todo: list[int], reason: str) -> None:
    """Mark rows and lists, and tell trail, holders and the floors above."""
    taken = set(
        unit.session.scalars(
            update(Certificate)
            .where(Certificate.id.in_(todo), Certificate.status == Status.VALID.value)
            .values(
                status=Status.REVOKED.value,
                revoked_at=clock.now(),
                revoked_by_id=actor.person_id,
                revocation_reason=reason,
            )
            .returning(Certificate.id)
            .execution_options(synchronize_session=False)
        )
    )
    of_these = select(Credential.list_number).where(Credential.certificate_id.in_(taken)).distinct()
    lists.mark_in(unit, list(unit.session.scalars(of_these)))
    found = certificates.many(taken).values()
    audit.record_all(unit, [_audit_row(actor, each) for each in found])
    for each in found:
        _tell(unit, each, reason)


def _audit_row(actor: Actor, found: CertificateView) -> dict[str, Any]:
    told = {"number": found.number, "before": Status.VALID.value, "after": Status.REVOKED.value}
    return audit.row(actor, "certificate.revoke", f"certificate:{found.public_id}", found.district, told)


def _tell(unit: Unit, found: CertificateView, reason: str) -> None:
    if found.is_intact:  # an altered one is taken back too, and nothing of what it says is repeated
        text = wording.message_of_revocation(found.facts, reason)
        messages.tell(
            unit, person_id=found.person_id, certificate=found.public_id, state="revoked", text=text
        )
    events.publish(
        unit,
        CertificateRevoked(
            certificate=found.public_id,
            person_id=found.person_id,
            application_id=found.application_id,
            batch_id=found.batch_id,
            district=found.district,
        ),
    )
