"""Everything that changes training orders: placing, the visit (探岗), the decision, completion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, update

from skillhub.accounts.queries import organisations, people
from skillhub.accounts.queries.organisations import OrganisationView
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.faults import Faults
from skillhub.courses.errors.orders import OrderDecided, OrderUnfinished, OrderUnvisited
from skillhub.courses.model import TrainingOrder
from skillhub.courses.queries import batches
from skillhub.courses.queries import orders as queries
from skillhub.courses.queries.orders import OrderView
from skillhub.courses.rules import orders as rules
from skillhub.courses.rules.orders import Wish
from skillhub.courses.service import ordering
from skillhub.districts import queries as districts

LONGEST_RESULT = 200


def place(
    *,
    actor: Actor,
    district: str,
    employer: str,
    trade: str,
    heads: int,
    wage_fen: int,
    wage_unit: str,
    starts_on: date,
    promised_jobs: int,
    occupation: str | None = None,
    level: str | None = None,
    course: str | None = None,
    skills: Sequence[str] = (),
    site: str | None = None,
) -> str:
    """Ask for trained people on behalf of an employer and return the order's code.

    :param employer: the organisation's code; the actor acts for it.
    :raises Forbidden: the actor acts for no employer at all.
    :raises NotFound: there is no such employer for this actor.
    :raises Invalid: with every wrong field.
    """
    with unit_of_work() as unit:
        return place_in(
            unit,
            actor=actor,
            district=district,
            employer=employer,
            trade=trade,
            heads=heads,
            wage_fen=wage_fen,
            wage_unit=wage_unit,
            starts_on=starts_on,
            promised_jobs=promised_jobs,
            occupation=occupation,
            level=level,
            course=course,
            skills=skills,
            site=site,
        )


def place_in(
    unit: Unit,
    *,
    actor: Actor,
    district: str,
    employer: str,
    trade: str,
    heads: int,
    wage_fen: int | None,
    wage_unit: str | None,
    starts_on: date,
    promised_jobs: int,
    occupation: str | None = None,
    level: str | None = None,
    course: str | None = None,
    skills: Sequence[str] = (),
    site: str | None = None,
    wage_text: str | None = None,
    code: str | None = None,
) -> str:
    """Place an order inside a unit; `code` and `wage_text` are for orders from before this system."""
    asking = ordering.employer_for(actor=actor, code=employer)
    zone = ordering.zone_of(asking, district)
    wish = rules.checked(
        Wish(
            trade=trade,
            occupation=occupation,
            level=level,
            heads=heads,
            skills=tuple(skills),
            wage_fen=wage_fen,
            wage_unit=wage_unit,
            wage_text=wage_text,
            starts_on=starts_on,
            promised_jobs=promised_jobs,
        ),
        today=None if actor.system else clock.today(zone),
    )
    kept = code or _new_code(unit, district, zone)
    order_id = _insert(
        unit,
        actor,
        asking,
        wish,
        kept,
        course_id=ordering.course_for(district, course, wish) if course else None,
        site_id=ordering.site_in(district, site) if site else None,
    )
    _note_placed(unit, actor, order_id, district=district, wish=wish, code=kept)
    return unit.refer(kept)


def record_visit(*, actor: Actor, code: str, on: date, result: str) -> str:
    """Record that the actor has looked at the job of an order, and return the order's code.

    :raises NotFound: there is no such order in the actor's district.
    :raises Invalid: the day lies ahead, or the result is missing.
    :raises OrderDecided: the order does not wait for a decision any more.
    """
    with unit_of_work() as unit:
        return record_visit_in(unit, actor=actor, code=code, on=on, result=result)


def record_visit_in(
    unit: Unit, *, actor: Actor, code: str, on: date, result: str, by: str | None = None
) -> str:
    """Record a visit inside a unit; `by` names who went where the actor is a job of our own."""
    order = in_office(actor=actor, code=code)
    faults = Faults()
    if on > clock.today(districts.district(order.district).zone):
        faults.add(
            "on", "in_the_future", _l("填的%(value)s还没有到。请填实际去看的日期。", value=on.isoformat())
        )
    kept = faults.text("result", result, most=LONGEST_RESULT)
    faults.stop()
    visitor = people.person(actor.person_id).name if actor.person_id is not None else by
    _transition(
        unit,
        order,
        "asked",
        visited_on=on,
        visited_by=visitor,
        visit_result=kept,
    )
    _note(unit, actor, "order.visit", order, on=on.isoformat())
    return unit.refer(code)


def decide(*, actor: Actor, code: str, decision: str, reason: str | None = None) -> str:
    """Approve or refuse an order and return its code.

    :param decision: ``approved`` or ``refused``; a refusal needs a reason.
    :raises NotFound: there is no such order in the actor's district.
    :raises OrderUnvisited: nobody has looked at the job or at the employer.
    :raises OrderDecided: somebody has decided before.
    """
    with unit_of_work() as unit:
        return decide_in(unit, actor=actor, code=code, decision=decision, reason=reason)


def decide_in(unit: Unit, *, actor: Actor, code: str, decision: str, reason: str | None = None) -> str:
    """Decide inside a unit."""
    order = in_office(actor=actor, code=code)
    kept = rules.reason_of(decision, reason)
    if order.state == "asked" and decision == "approved":
        employer = organisations.organisation(order.employer_id)
        if queries.visit_that_counts(order, employer) is None:
            raise OrderUnvisited(order=code)
    _transition(
        unit,
        order,
        "asked",
        state=decision,
        decided_at=clock.now(),
        decided_by_id=actor.person_id,
        decision_reason=kept or None,
    )
    _note(unit, actor, "order.approve" if decision == "approved" else "order.refuse", order)
    return unit.refer(code)


def complete(*, actor: Actor, code: str) -> str:
    """Close an approved order whose classes have ended, and return its code.

    :raises NotFound: there is no such order in the actor's district.
    :raises OrderUnfinished: classes of it still run.
    :raises OrderDecided: it is not approved, or complete already.
    """
    with unit_of_work() as unit:
        return complete_in(unit, actor=actor, code=code)


def complete_in(unit: Unit, *, actor: Actor, code: str) -> str:
    """Close an order inside a unit."""
    order = in_office(actor=actor, code=code)
    _transition(unit, order, "approved", state="completed")
    unfinished = batches.unfinished_of_order(order.id)
    if unfinished:
        raise OrderUnfinished(batches=len(unfinished))
    _note(unit, actor, "order.complete", order)
    return unit.refer(code)


def in_office(*, actor: Actor, code: str) -> OrderView:
    """Return an order that the actor decides on, as an officer of its district.

    :raises Forbidden: the actor is no officer.
    :raises NotFound: there is no such order in the actor's district.
    """
    require_role(actor, Role.OFFICER)
    order = queries.order(code)
    require(actor, Right(Role.OFFICER, district=order.district))
    return order


def _transition(unit: Unit, order: OrderView, state_before: str, **values: object) -> None:
    """Change an order that is still in a state; whoever comes second is told what it is now."""
    changed = unit.session.execute(
        update(TrainingOrder)
        .where(TrainingOrder.id == order.id, TrainingOrder.state == state_before)
        .values(version=TrainingOrder.version + 1, **values)
        .returning(TrainingOrder.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if changed is None:
        raise OrderDecided(state=rules.STATES[queries.order(order.code).state])


def _note(unit: Unit, actor: Actor, verb: str, order: OrderView, **facts: object) -> None:
    audit.record(
        unit,
        actor=actor,
        verb=verb,
        subject=f"order:{order.id}",
        district=order.district,
        order=order.code,
        **facts,
    )


def _new_code(unit: Unit, district: str, zone: str) -> str:
    year = f"{clock.today(zone):%y}"
    return f"O-{district}-{year}-{ids.next_number(unit, f'order:{district}:{year}'):04d}"


def _insert(
    unit: Unit,
    actor: Actor,
    asking: OrganisationView,
    wish: Wish,
    code: str,
    *,
    course_id: int | None,
    site_id: int | None,
) -> int:
    return unit.session.execute(
        insert(TrainingOrder)
        .values(
            code=code,
            district_code=asking.district,
            employer_id=asking.id,
            course_id=course_id,
            occupation=wish.occupation,
            trade=wish.trade,
            level=wish.level,
            heads=wish.heads,
            skills=list(wish.skills),
            wage_fen=wish.wage_fen,
            wage_unit=wish.wage_unit,
            wage_text=wish.wage_text,
            starts_on=wish.starts_on,
            promised_jobs=wish.promised_jobs,
            site_id=site_id,
            state="asked",
            asked_at=clock.now(),
            asked_by_id=actor.person_id,
            version=1,
        )
        .returning(TrainingOrder.id)
    ).scalar_one()


def _note_placed(unit: Unit, actor: Actor, order_id: int, *, district: str, wish: Wish, code: str) -> None:
    audit.record(
        unit,
        actor=actor,
        verb="order.place",
        subject=f"order:{order_id}",
        district=district,
        order=code,
        heads=wish.heads,
        promised_jobs=wish.promised_jobs,
    )
