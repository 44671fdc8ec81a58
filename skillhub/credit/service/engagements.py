"""Work that a person does for an employer: recorded by who knows, taken back with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, update

from skillhub.accounts.queries import organisations, people
from skillhub.accounts.queries.organisations import OrganisationView
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid, NotFound
from skillhub.courses.queries import applications, batches, orders
from skillhub.credit.errors import AlreadyRemoved
from skillhub.credit.model import Engagement
from skillhub.credit.queries import engagements
from skillhub.credit.queries.engagements import EngagementView

RECORDERS = (Role.EMPLOYER, Role.OFFICER, Role.DESK)
LONGEST_DAYS = 3 * 366


def require_recorder(actor: Actor) -> None:
    """Let pass who may record engagements at all.

    :raises Unauthenticated, Forbidden: this actor never may.
    """
    require_role(actor, *RECORDERS)


def require_remover(actor: Actor, engagement: str) -> EngagementView:
    """Return the engagement to who may take it back: its employer, or an officer of its district.

    :raises NotFound: there is none, or it belongs to others.
    """
    require_role(actor, Role.EMPLOYER, Role.OFFICER)
    view = engagements.engagement(engagement)
    require(
        actor,
        Right(Role.EMPLOYER, organisation=view.employer_id),
        Right(Role.OFFICER, district=view.district),
    )
    return view


def record(
    *,
    actor: Actor,
    worker: str,
    employer: str,
    order: str | None,
    started_on: date,
    ended_on: date,
    pay_fen: int,
    place: str | None = None,
    evidence: str | None = None,
) -> str:
    """Record finished or agreed work and return its public id.

    :param worker: the person's handle.
    :param employer: the organisation's code.
    :param order: code of the training order out of which the work came.
    :raises NotFound: the employer, worker or order does not exist for this actor.
    :raises Invalid: the days or the pay cannot be right.
    """
    organisation = _employer_for(actor, employer)
    person = people.by_handle(worker)
    _check(started_on, ended_on, pay_fen)
    order_id, batch_id = _out_of(order, organisation.id, person.id)
    with unit_of_work() as unit:
        return record_in(
            unit,
            actor=actor,
            work=Work(
                person_id=person.id,
                employer_id=organisation.id,
                district=organisation.district,
                order_id=order_id,
                batch_id=batch_id,
                kind="contract",
                started_on=started_on,
                ended_on=ended_on,
                days_worked=(ended_on - started_on).days + 1,
                pay_fen=pay_fen,
                place=place,
                evidence=evidence,
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Work:
    """One engagement as it is recorded."""

    person_id: int
    employer_id: int
    district: str
    kind: str
    started_on: date
    ended_on: date | None
    days_worked: int | None
    pay_fen: int | None
    order_id: int | None = None
    batch_id: int | None = None
    place: str | None = None
    evidence: str | None = None
    evidence_on: date | None = None


def record_in(unit: Unit, *, actor: Actor, work: Work) -> str:
    """Record one engagement inside a unit and return its public id; the caller has checked who may."""
    return unit.refer(record_all_in(unit, actor=actor, works=[work])[0])


def record_all_in(unit: Unit, *, actor: Actor, works: Sequence[Work]) -> list[str]:
    """Record engagements, in two statements however many there are; return their public ids in order."""
    if not works:
        return []
    now = clock.now()
    made = [ids.handle("e") for _work in works]
    unit.session.execute(
        insert(Engagement),
        [_row(public_id, work, actor, now) for public_id, work in zip(made, works, strict=True)],
    )
    audit.record_all(
        unit,
        (
            audit.row(
                actor,
                "engagement.record",
                f"engagement:{public_id}",
                work.district,
                {"person": work.person_id, "employer": work.employer_id, "order": work.order_id},
            )
            for public_id, work in zip(made, works, strict=True)
        ),
    )
    return made


def _row(public_id: str, work: Work, actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "public_id": public_id,
        "district_code": work.district,
        "person_id": work.person_id,
        "employer_id": work.employer_id,
        "order_id": work.order_id,
        "batch_id": work.batch_id,
        "kind": work.kind,
        "started_on": work.started_on,
        "ended_on": work.ended_on,
        "days_worked": work.days_worked,
        "pay_fen": work.pay_fen,
        "place": work.place,
        "evidence": work.evidence,
        "evidence_on": work.evidence_on,
        "recorded_at": now,
        "recorded_by_id": actor.person_id,
    }


def remove(*, actor: Actor, engagement: str, reason: str) -> str:
    """Take an engagement back; it stays on file and no longer counts.

    :raises NotFound: there is none, or it belongs to others.
    :raises AlreadyRemoved: it was taken back before.
    """
    view = require_remover(actor, engagement)
    if not reason.strip():
        raise Invalid(FieldError("reason", "missing", _l("请写明作废的原因。")))
    with unit_of_work() as unit:
        removed = unit.session.execute(
            update(Engagement)
            .where(Engagement.id == view.id, Engagement.removed_at.is_(None))
            .values(removed_at=clock.now())
            .returning(Engagement.id)
        ).scalar()
        if removed is None:
            raise AlreadyRemoved
        audit.record(
            unit,
            actor=actor,
            verb="engagement.remove",
            subject=f"engagement:{engagement}",
            district=view.district,
            reason=reason.strip(),
        )
        return unit.refer(engagement)


def last_day(started_on: date, days_worked: int) -> date:
    """Return the last of so many days of work in a row."""
    return started_on + timedelta(days=max(days_worked, 1) - 1)


def _employer_for(actor: Actor, code: str) -> OrganisationView:
    """Return the employer whose work this actor may record: the own one, or one of the own district."""
    require_recorder(actor)
    found = organisations.by_code(code)
    require(
        actor,
        Right(Role.EMPLOYER, organisation=found.id),
        Right(Role.OFFICER, district=found.district),
        Right(Role.DESK, district=found.district),
    )
    return found


def _out_of(order: str | None, employer_id: int, person_id: int) -> tuple[int | None, int | None]:
    """Return the ids of the employer's order and of the person's batch in it."""
    if order is None:
        return None, None
    placed = orders.order(order)
    if placed.employer_id != employer_id:
        raise NotFound(order=order)
    batch_id = _batch_of(person_id, placed.id)
    if batch_id is None:
        raise Invalid(
            FieldError("worker", "not_in_order", _l("这个人没有上过这个订单的班。请核对人员，或不填订单。"))
        )
    return placed.id, batch_id


def _batch_of(person_id: int, order_id: int) -> int | None:
    """Return the latest batch of an order in which a person held a seat."""
    held = {each.batch_id for each in applications.of_person(person_id) if each.state == "enrolled"}
    of_order = {batches.batch(code).id for code in orders.batches_of([order_id]).get(order_id, ())}
    return max(held & of_order, default=None)


def _check(started_on: date, ended_on: date, pay_fen: int) -> None:
    wrong = []
    if ended_on < started_on:
        wrong.append(
            FieldError("ended_on", "before_start", _l("结束日期早于开始日期。请填开始日期当天或以后。"))
        )
    if (ended_on - started_on).days > LONGEST_DAYS:
        wrong.append(FieldError("ended_on", "too_long", _l("一次用工不超过三年。请核对日期。")))
    if pay_fen <= 0:
        wrong.append(FieldError("pay_fen", "not_positive", _l("请填实际支付的报酬，要大于0。")))
    if wrong:
        raise Invalid(*wrong)
