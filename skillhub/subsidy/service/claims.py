"""Claims: made by the school, decided person by person by the district's rules, paid by the officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import people
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid
from skillhub.courses.queries import applications, batches
from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.queries.batches import BatchView
from skillhub.credentials.queries import certificates
from skillhub.districts import queries as districts
from skillhub.subsidy.errors import AlreadyClaimed, ClaimUndecided, FactsMoved, NothingToClaim, WrongStep
from skillhub.subsidy.model import Claim, ClaimPerson, ClaimStep
from skillhub.subsidy.queries import claims, facts
from skillhub.subsidy.queries.claims import ClaimView
from skillhub.subsidy.rules.decisions import Decision, Verdict, facts_sha256, together
from skillhub.subsidy.rules.steps import WAYS, State, Step
from skillhub.subsidy.service import previews

TRIES = 3


@dataclass(frozen=True)
class Decided:
    """One person's decision, and the hash of the facts that it was made on."""

    application: ApplicationView
    decision: Decision
    sha256: str


def require_maker(actor: Actor, batch: str) -> BatchView:
    """Return the batch to the training body that may claim for it.

    :raises NotFound: the batch is another body's.
    """
    require_role(actor, Role.SCHOOL)
    found = batches.batch(batch)
    require(actor, Right(Role.SCHOOL, organisation=found.body_id))
    return found


def make(*, actor: Actor, batch: str, person: str | None = None) -> str:
    """Make a claim for all certified people of a batch, or for one of them, and return its public id.

    :raises NothingToClaim: nobody concerned holds a certificate.
    :raises AlreadyClaimed: somebody of them is in another claim.
    :raises NoRules: the district has no rules switched on.
    """
    taught = require_maker(actor, batch)
    wanted = people.by_handle(person).id if person else None
    on = clock.today(districts.district(taught.district).zone)
    for _try in range(TRIES):
        decided = _decide(taught, _certified(taught, wanted), on)
        try:
            with unit_of_work() as unit:
                if _unchanged(decided, on):
                    return _make_in(unit, actor, taught, person_id=wanted, on=on, decided=decided)
        except IntegrityError as error:
            if "claim_person" in str(error.orig):
                raise AlreadyClaimed from error
            raise
    raise FactsMoved


def take(*, actor: Actor, claim: str, step: Step, reason: str | None = None) -> str:
    """Take one step with a claim; handing in again decides anew.

    :raises WrongStep: the claim stands elsewhere.
    :raises ClaimUndecided: approval while a rule could not decide for somebody.
    :raises Invalid: the step needs a reason.
    """
    view = require_step(actor, claim, step)
    way = WAYS[step]
    if view.state not in way.start:
        raise WrongStep(state=view.state.value)
    if way.needs_reason and not (reason or "").strip():
        raise Invalid(FieldError("reason", "missing", _l("请写明原因，要改什么、改到什么样。")))
    if step is Step.APPROVAL and view.verdict is Verdict.UNDECIDED:
        raise ClaimUndecided
    if view.state is State.RETURNED:
        return _submit_again(actor, view)
    with unit_of_work() as unit:
        _move_in(unit, actor, view, step, reason)
        return unit.refer(claim)


def require_step(actor: Actor, claim: str, step: Step) -> ClaimView:
    """Return the claim to who may take this step: the school hands in, the officer decides.

    :raises NotFound: it belongs to others.
    """
    by_school = WAYS[step].by_school
    require_role(actor, Role.SCHOOL if by_school else Role.OFFICER)
    view = claims.claim(actor, claim)
    right = (
        Right(Role.SCHOOL, organisation=view.body_id)
        if by_school
        else Right(Role.OFFICER, district=view.district)
    )
    require(actor, right)
    return view


def _submit_again(actor: Actor, view: ClaimView) -> str:
    taught = batches.batch_by_id(view.batch_id)
    on = clock.today(districts.district(taught.district).zone)
    for _try in range(TRIES):
        decided = _decide(taught, _certified(taught, view.person_id), on)
        with unit_of_work() as unit:
            if _unchanged(decided, on):
                _move_in(unit, actor, view, Step.SUBMISSION, None)
                unit.session.execute(delete(ClaimPerson).where(ClaimPerson.claim_id == view.id))
                _keep_in(unit, view.id, decided)
                unit.session.execute(
                    update(Claim).where(Claim.id == view.id).values(**_summary(decided), rules_on=on)
                )
                return unit.refer(view.public_id)
    raise FactsMoved


def _certified(taught: BatchView, person_id: int | None) -> list[ApplicationView]:
    """Return for whom a claim is made: who has a valid certificate and did not come without the subsidy."""
    held = {each.application_id for each in certificates.of_batch(taught.id) if each.status == "valid"}
    found = [
        each
        for each in applications.of_batch(taught.id)
        if each.id in held and not each.is_unsubsidised and person_id in (None, each.person_id)
    ]
    if not found:
        raise NothingToClaim
    return found


def _decide(taught: BatchView, wanted: Sequence[ApplicationView], on: date) -> list[Decided]:
    decided = []
    for application in wanted:
        seen = facts.of_application(application, on)
        decision = previews.ask(taught.district, seen, application.person_id, application.id)
        decided.append(Decided(application, decision, facts_sha256(seen)))
    return decided


def _unchanged(decided: Sequence[Decided], on: date) -> bool:
    return all(facts_sha256(facts.of_application(each.application, on)) == each.sha256 for each in decided)


def _summary(decided: Sequence[Decided]) -> dict[str, Any]:
    rule_set = next((each.decision.rule_set for each in decided if each.decision.rule_set), None)
    return {
        "verdict": together(each.decision.verdict for each in decided).value,
        "amount_fen": sum(
            each.decision.amount_fen for each in decided if each.decision.verdict is Verdict.PAID
        ),
        "plugin": rule_set.plugin if rule_set else None,
        "plugin_version": rule_set.version if rule_set else None,
        "plugin_sha256": rule_set.sha256 if rule_set else None,
        "is_official": all(each.decision.is_official for each in decided),
    }


def _make_in(
    unit: Unit,
    actor: Actor,
    taught: BatchView,
    *,
    person_id: int | None,
    on: date,
    decided: Sequence[Decided],
) -> str:
    public_id = ids.handle("c")
    now = clock.now()
    claim_id = unit.session.execute(
        insert(Claim)
        .values(
            public_id=public_id,
            district_code=taught.district,
            batch_id=taught.id,
            person_id=person_id,
            body_id=taught.body_id,
            state=State.DRAFT.value,
            rules_on=on,
            made_at=now,
            made_by_id=actor.person_id,
            **_summary(decided),
        )
        .returning(Claim.id)
    ).scalar_one()
    _keep_in(unit, claim_id, decided)
    _step_in(unit, actor, claim_id, State.DRAFT, None)
    audit.record(
        unit,
        actor=actor,
        verb="claim.make",
        subject=f"claim:{public_id}",
        district=taught.district,
        persons=len(decided),
    )
    return unit.refer(public_id)


def _keep_in(unit: Unit, claim_id: int, decided: Sequence[Decided]) -> None:
    unit.session.execute(
        insert(ClaimPerson),
        [
            {
                "claim_id": claim_id,
                "application_id": each.application.id,
                "person_id": each.application.person_id,
                "verdict": each.decision.verdict.value,
                "amount_fen": each.decision.amount_fen,
                "lines": each.decision.lines_as_json(),
                "missing": list(each.decision.missing),
                "chances_used": each.decision.chances_used,
                "chances_limit": each.decision.chances_limit,
                "facts_sha256": each.sha256,
            }
            for each in decided
        ],
    )


def _move_in(unit: Unit, actor: Actor, view: ClaimView, step: Step, reason: str | None) -> None:
    way = WAYS[step]
    moved = unit.session.execute(
        update(Claim)
        .where(Claim.id == view.id, Claim.state.in_([state.value for state in way.start]))
        .values(state=way.end.value, version=Claim.version + 1)
        .returning(Claim.id)
    ).scalar()
    if moved is None:
        raise WrongStep(state=view.state.value)
    _step_in(unit, actor, view.id, way.end, reason)
    audit.record(
        unit,
        actor=actor,
        verb=f"claim.{step.value}",
        subject=f"claim:{view.public_id}",
        district=view.district,
    )


def _step_in(unit: Unit, actor: Actor, claim_id: int, state: State, reason: str | None) -> None:
    unit.session.execute(
        insert(ClaimStep).values(
            claim_id=claim_id,
            state=state.value,
            at=clock.now(),
            by_id=actor.person_id,
            reason=(reason or "").strip() or None,
        )
    )
