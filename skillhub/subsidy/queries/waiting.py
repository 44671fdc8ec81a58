"""Counts of claims by step, and the claims that concern one person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from skillhub.base.db import db
from skillhub.subsidy.model import Claim, ClaimPerson
from skillhub.subsidy.rules.decisions import Verdict
from skillhub.subsidy.rules.steps import State


@dataclass(frozen=True)
class PersonClaim:
    """A claim as it concerns one person."""

    public_id: str
    district: str
    batch_id: int
    state: State
    verdict: Verdict
    amount_fen: int
    is_official: bool
    made_at: datetime


def count(*, districts: Collection[str], states: Collection[State]) -> int:
    """Return how many claims of some districts stand at one of some steps."""
    statement = select(func.count(Claim.id)).where(
        Claim.district_code.in_(sorted(districts)), Claim.state.in_(sorted(state.value for state in states))
    )
    return db.session.scalar(statement) or 0


def of_person(person_id: int) -> tuple[PersonClaim, ...]:
    """Return the claims that concern a person, the newest first; drafts are left out."""
    rows = db.session.execute(
        select(
            Claim.public_id,
            Claim.district_code,
            Claim.batch_id,
            Claim.state,
            ClaimPerson.verdict,
            ClaimPerson.amount_fen,
            Claim.is_official,
            Claim.made_at,
        )
        .join(ClaimPerson, ClaimPerson.claim_id == Claim.id)
        .where(ClaimPerson.person_id == person_id, Claim.state != State.DRAFT.value)
        .order_by(Claim.id.desc())
    )
    return tuple(
        PersonClaim(
            row.public_id,
            row.district_code,
            row.batch_id,
            State(row.state),
            Verdict(row.verdict),
            row.amount_fen,
            row.is_official,
            row.made_at,
        )
        for row in rows
    )
