"""Everything that changes a batch but its counters: filing, publishing, closing, cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.faults import Faults
from skillhub.courses.errors.batches import BatchRunning, BatchState, BatchTooLate, PlanUndecided
from skillhub.courses.model import Batch, ClassSession
from skillhub.courses.queries import batch_rights
from skillhub.courses.queries import batches as queries
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.courses import CourseView
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules import plans as plan_rules
from skillhub.courses.rules.allocation import Quota
from skillhub.courses.rules.application_events import Event
from skillhub.courses.rules.applications import State
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.rules.places import Place
from skillhub.courses.service import application_events, carrying, changes, filing, plans, subscriptions
from skillhub.courses.service.batch_changes import note_batch, place_values
from skillhub.districts import queries as districts

ENDS = (
    ((State.IN_DRAW, State.UNDER_REVIEW, State.OFFERED), "batch_closed"),
    ((State.WAITLISTED,), "to_next_batch"),
)
"""What is open when a class is closed ends with it; who waits in line goes on to the next batch."""
MOST_ASKED = 3
"""So often a district is asked again because the facts have changed meanwhile."""


def file(
    *,
    actor: Actor,
    course: str,
    seats: int,
    opens_at: datetime,
    closes_at: datetime,
    sessions: Sequence[PlannedSession],
    place: Place,
    trainer: str,
    order: str | None = None,
    mode: str = "first_come",
    quotas: Sequence[Quota] = (),
    release_at: datetime | None = None,
    cut_off: datetime | None = None,
) -> str:
    """File a batch of the actor's training body, to be approved, and return its code.

    :param trainer: the handle of somebody who teaches for that body.
    :raises Forbidden: the actor acts for no training body.
    :raises Invalid: with every wrong field; the trainer's other class is named.
    """
    with unit_of_work() as unit:
        return file_in(
            unit,
            actor=actor,
            course=course,
            seats=seats,
            opens_at=opens_at,
            closes_at=closes_at,
            sessions=sessions,
            place=place,
            trainer=trainer,
            order=order,
            mode=mode,
            quotas=quotas,
            release_at=release_at,
            cut_off=cut_off,
        )


def file_in(
    unit: Unit,
    *,
    actor: Actor,
    course: str,
    seats: int,
    opens_at: datetime,
    closes_at: datetime,
    sessions: Sequence[PlannedSession],
    place: Place,
    trainer: str,
    order: str | None = None,
    mode: str = "first_come",
    quotas: Sequence[Quota] = (),
    release_at: datetime | None = None,
    cut_off: datetime | None = None,
    body: str | None = None,
    code: str | None = None,
) -> str:
    """File a batch inside a unit; `body` and `code` are for jobs of our own that load what exists."""
    taught = filing.course_for(actor, course)
    wanted = filing.order_for(taught, order) if order else None
    asked = rules.Plan(
        seats=seats,
        mode=mode,
        opens_at=opens_at,
        closes_at=closes_at,
        sessions=tuple(sessions),
        place=place,
        quotas=tuple(quotas),
        release_at=release_at,
        cut_off=cut_off,
    )
    now = None if actor.system else clock.now()
    plan = rules.checked(asked, minutes_per_hour=taught.minutes_per_hour, now=now)
    trainer_id, body_id = filing.trainer_and_body(actor, taught, trainer, body)
    filing.keep_trainer_free(unit, trainer_id=trainer_id, sessions=plan.sessions, district=taught.district)
    return _keep(
        unit,
        actor=actor,
        course=taught,
        plan=plan,
        order_id=wanted.id if wanted else None,
        body_id=body_id,
        trainer_id=trainer_id,
        code=code,
    )


def publish(*, actor: Actor, code: str) -> str:
    """Approve a batch (开班审批): people see it and can apply from its opening on.

    The district is asked how the seats are given out; the plan is frozen. Who waits for
    the course stands at the head of the line, and who asked for it is told.

    :raises NotFound: there is no such batch in the actor's district.
    :raises BatchState: it waits for no approval.
    :raises BatchTooLate: the time for applying is over.
    :raises DrawTooShort: a draw would close less than a day from now.
    :raises PlanUndecided: the district's rules broke, disagree or change all the time.
    """
    for _ in range(MOST_ASKED):
        batch = batch_rights.approved_by(actor=actor, code=code)
        asked = plans.ask(batch) if batch.state == "draft" else plans.Asked()
        with unit_of_work() as unit:
            if plans.is_still(batch_rights.approved_by(actor=actor, code=code), asked):
                publish_in(unit, actor=actor, code=code, asked=asked)
                carrying.take_over_in(unit, actor=actor, batch_id=batch.id)
                subscriptions.tell_in(unit, actor=actor, batch_id=batch.id)
                return unit.refer(code)
    raise PlanUndecided(batch=code)


def publish_in(unit: Unit, *, actor: Actor, code: str, asked: plans.Asked = plans.NOT_ASKED) -> str:
    """Publish inside a unit, by the plan that was filed unless the district was asked before."""
    batch = batch_rights.approved_by(actor=actor, code=code)
    if batch.state == "draft" and actor.system is None and batch.closes_at <= clock.now():
        raise BatchTooLate(batch=code)
    _transition(unit, batch, ("draft",), "published")
    plans.freeze(unit, batch=batch, asked=asked, is_checked=actor.system is None)
    application_events.record_of_batch(unit, batch_id=batch.id, event=Event.PUBLISH, state=str(batch.seats))
    note_batch(unit, actor, "batch.publish", batch)
    return unit.refer(code)


def close(*, actor: Actor, code: str) -> str:
    """Close a batch after its last session; who waits in line keeps the place for the next batch.

    :raises NotFound: there is no such batch for this actor.
    :raises BatchRunning: a session is still to come.
    :raises BatchState: it is not published.
    """
    batch = batch_rights.run_by(actor=actor, code=code)
    with unit_of_work() as unit:
        close_in(unit, actor=actor, code=code)
        for states, reason in ENDS:
            changes.lapse_in(unit, actor=actor, batch_id=batch.id, reason=reason, states=states)
        return unit.refer(code)


def close_in(unit: Unit, *, actor: Actor, code: str) -> str:
    """Close inside a unit, leaving the applications as they are (history keeps its waiting lists)."""
    batch = batch_rights.run_by(actor=actor, code=code)
    if batch.state == "published" and not batch.is_taught:
        raise BatchRunning(batch=code)
    _transition(unit, batch, ("published",), "closed", closed_at=clock.now())
    note_batch(unit, actor, "batch.close", batch)
    return unit.refer(code)


def cancel(*, actor: Actor, code: str, reason: str) -> str:
    """Cancel a batch; everybody in it is told, and nobody holds a seat any more.

    :raises NotFound: there is no such batch for this actor.
    :raises Invalid: the reason is missing.
    :raises BatchState: it is closed or cancelled already.
    """
    batch = batch_rights.run_by(actor=actor, code=code)
    faults = Faults()
    kept = faults.text("reason", reason, most=rules.LONGEST_REASON)
    faults.stop()
    with unit_of_work() as unit:
        _transition(
            unit, batch, ("draft", "published"), "cancelled", closed_at=clock.now(), cancel_reason=kept
        )
        application_events.record_of_batch(unit, batch_id=batch.id, event=Event.CANCEL, state="cancelled")
        lapsed = changes.lapse_in(unit, actor=actor, batch_id=batch.id, reason="batch_cancelled")
        note_batch(unit, actor, "batch.cancel", batch, applications=lapsed)
        return unit.refer(code)


def _keep(
    unit: Unit,
    *,
    actor: Actor,
    course: CourseView,
    plan: rules.Plan,
    order_id: int | None,
    body_id: int,
    trainer_id: int,
    code: str | None,
) -> str:
    zone = ZoneInfo(districts.district(course.district).zone)
    starts_on = plan.sessions[0].starts_at.astimezone(zone).date()
    ends_on = max(each.ends_at for each in plan.sessions).astimezone(zone).date()
    kept = code or _new_code(unit, course.district, starts_on)
    batch_id = unit.session.execute(
        insert(Batch)
        .values(
            code=kept,
            district_code=course.district,
            course_id=course.id,
            order_id=order_id,
            body_id=body_id,
            trainer_id=trainer_id,
            **_plan_values(plan),
            starts_on=starts_on,
            ends_on=ends_on,
            state="draft",
            filed_at=clock.now(),
            version=1,
        )
        .returning(Batch.id)
    ).scalar_one()
    unit.session.execute(insert(ClassSession), [_session(batch_id, each) for each in plan.sessions])
    audit.record(
        unit,
        actor=actor,
        verb="batch.file",
        subject=f"batch:{batch_id}",
        district=course.district,
        batch=kept,
        seats=plan.seats,
        sessions=len(plan.sessions),
    )
    return unit.refer(kept)


def _plan_values(plan: rules.Plan) -> dict[str, object]:
    allocation = plan.allocation()
    kept = plan_rules.stored(allocation)
    return {
        **place_values(plan.place),
        "mode": plan.mode,
        "quotas": kept["quotas"],
        "release_at": allocation.release_at,
        "cut_off": allocation.cut_off,
        "seats": plan.seats,
        "taken": 0,
        "waiting": 0,
        "arrivals": 0,
        "opens_at": plan.opens_at,
        "closes_at": plan.closes_at,
    }


def _session(batch_id: int, planned: PlannedSession) -> dict[str, object]:
    return {
        "handle": ids.handle("s"),
        "batch_id": batch_id,
        "starts_at": planned.starts_at,
        "ends_at": planned.ends_at,
        "part": planned.part,
        "hours": planned.hours,
    }


def _new_code(unit: Unit, district: str, starts_on: date) -> str:
    month = f"{starts_on:%y%m}"
    return f"{district}-{month}-{ids.next_number(unit, f'batch:{district}:{month}'):03d}"


def _transition(
    unit: Unit, batch: BatchView, states_before: tuple[str, ...], state: str, **values: object
) -> None:
    """Change the state of a batch that is still in another; whoever comes second is told what it is now."""
    changed = unit.session.execute(
        update(Batch)
        .where(Batch.id == batch.id, Batch.state.in_(states_before))
        .values(state=state, version=Batch.version + 1, **values)
        .returning(Batch.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if changed is None:
        raise BatchState(state=rules.STATES[queries.batch_by_id(batch.id).state])
