"""Reads of claims: the whole claim, each person's decision, and the queue of an office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.subsidy.model import Claim, ClaimPerson, ClaimStep
from skillhub.subsidy.rules.decisions import RuleSet, Verdict
from skillhub.subsidy.rules.steps import State

SEEN_BY = (Role.OFFICER, Role.AUDITOR)


@dataclass(frozen=True)
class StepView:
    """One step of a claim."""

    state: State
    at: datetime
    by_id: int | None
    reason: str | None


@dataclass(frozen=True)
class PersonView:
    """What the rules said about one person of a claim."""

    person_id: int
    application_id: int
    verdict: Verdict
    amount_fen: int
    lines: list[dict[str, Any]]
    missing: list[str]
    chances_used: int | None
    chances_limit: int | None


@dataclass(frozen=True)
class ClaimView:
    """A claim without its persons and steps."""

    id: int
    public_id: str
    district: str
    batch_id: int
    person_id: int | None
    body_id: int
    state: State
    verdict: Verdict
    amount_fen: int
    rules_on: date
    rule_set: RuleSet | None
    is_official: bool
    made_at: datetime


def _view(row: Claim) -> ClaimView:
    rule_set = RuleSet(row.plugin, row.plugin_version or "", row.plugin_sha256 or "") if row.plugin else None
    return ClaimView(
        row.id,
        row.public_id,
        row.district_code,
        row.batch_id,
        row.person_id,
        row.body_id,
        State(row.state),
        Verdict(row.verdict),
        row.amount_fen,
        row.rules_on,
        rule_set,
        row.is_official,
        row.made_at,
    )


def _views(statement: Select[Claim]) -> tuple[ClaimView, ...]:
    return tuple(_view(row) for row in db.session.scalars(statement))


def claim(actor: Actor, public_id: str) -> ClaimView:
    """Return one claim to its training body or to the district's officers and auditors.

    :raises NotFound: there is none, or it belongs to others.
    """
    row = db.session.scalar(select(Claim).where(Claim.public_id == public_id))
    if row is None:
        require(actor, Right(Role.OFFICER, district=""), Right(Role.SCHOOL, organisation=0))
        raise NotFound
    require(
        actor,
        Right(Role.SCHOOL, organisation=row.body_id),
        *(Right(role, district=row.district_code) for role in SEEN_BY),
    )
    return _view(row)


def persons(claim_id: int) -> tuple[PersonView, ...]:
    """Return the decision on each person of a claim, in the order of applying."""
    rows = db.session.scalars(
        select(ClaimPerson).where(ClaimPerson.claim_id == claim_id).order_by(ClaimPerson.application_id)
    )
    return tuple(
        PersonView(
            row.person_id,
            row.application_id,
            Verdict(row.verdict),
            row.amount_fen,
            row.lines,
            row.missing,
            row.chances_used,
            row.chances_limit,
        )
        for row in rows
    )


def steps(claim_id: int) -> tuple[StepView, ...]:
    """Return the steps of a claim, first to last."""
    rows = db.session.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim_id).order_by(ClaimStep.id))
    return tuple(StepView(State(row.state), row.at, row.by_id, row.reason) for row in rows)


def of_batch(batch_id: int) -> tuple[ClaimView, ...]:
    """Return the claims made for a batch, first to last."""
    return _views(select(Claim).where(Claim.batch_id == batch_id).order_by(Claim.id))


def of_bodies(body_ids: Sequence[int], limit: int = 100) -> tuple[ClaimView, ...]:
    """Return the latest claims of these training bodies."""
    return _views(select(Claim).where(Claim.body_id.in_(body_ids)).order_by(Claim.id.desc()).limit(limit))


def of_districts(
    districts: Sequence[str], states: Sequence[State], limit: int = 100
) -> tuple[ClaimView, ...]:
    """Return the claims of these districts that stand at one of these steps, oldest first."""
    return _views(
        select(Claim)
        .where(Claim.district_code.in_(districts), Claim.state.in_([state.value for state in states]))
        .order_by(Claim.id)
        .limit(limit)
    )


def paid_fen(district: str) -> int:
    """Return the sum that a district has paid."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(Claim.amount_fen), 0)).where(
                Claim.district_code == district, Claim.state == State.PAID.value
            )
        )
        or 0
    )
