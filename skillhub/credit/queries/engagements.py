"""Reads of work that people did for employers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, select

from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.credit.model import Engagement, Rating

INTENT = "intent"
VALID = "valid"
REVERSED = "reversed"


@dataclass(frozen=True)
class EngagementView:
    """One engagement, with its stars where they were given and still stand."""

    id: int
    public_id: str
    district: str
    person_id: int
    employer_id: int
    order_id: int | None
    batch_id: int | None
    kind: str
    started_on: date
    ended_on: date | None
    days_worked: int | None
    pay_fen: int | None
    place: str | None
    evidence: str | None
    is_removed: bool
    stars: int | None
    rating: str | None

    @property
    def is_reversed(self) -> bool:
        """Tell whether its stars were taken back: it was rated, and nothing counts."""
        return self.rating is not None and self.stars is None

    @property
    def is_hire(self) -> bool:
        """Tell whether it counts as work found: an intent does not, nor what was taken back."""
        return self.kind != INTENT and not self.is_removed


def _statement() -> Select[Engagement, int | None, str | None]:
    standing = case((Rating.state == VALID, Rating.stars), else_=None)
    return select(Engagement, standing, Rating.public_id).outerjoin(
        Rating, Rating.engagement_id == Engagement.id
    )


def _views(statement: Select[Engagement, int | None, str | None]) -> tuple[EngagementView, ...]:
    return tuple(
        EngagementView(
            row.id,
            row.public_id,
            row.district_code,
            row.person_id,
            row.employer_id,
            row.order_id,
            row.batch_id,
            row.kind,
            row.started_on,
            row.ended_on,
            row.days_worked,
            row.pay_fen,
            row.place,
            row.evidence,
            row.removed_at is not None,
            stars,
            rating,
        )
        for row, stars, rating in db.session.execute(statement)
    )


def engagement(public_id: str) -> EngagementView:
    """Return one engagement; the caller checks who may see it.

    :raises NotFound: there is none.
    """
    found = _views(_statement().where(Engagement.public_id == public_id))
    if not found:
        raise NotFound
    return found[0]


def many(public_ids: Collection[str]) -> dict[str, EngagementView]:
    """Return several engagements by public id; what does not exist is left out."""
    wanted = sorted(set(public_ids))
    return {
        view.public_id: view
        for start in range(0, len(wanted), 500)
        for view in _views(_statement().where(Engagement.public_id.in_(wanted[start : start + 500])))
    }


def of_rating(rating: str) -> EngagementView:
    """Return the engagement to which a rating belongs, whoever asks.

    :raises NotFound: there is none.
    """
    found = _views(_statement().where(Rating.public_id == rating))
    if not found:
        raise NotFound
    return found[0]


def seen_by(actor: Actor, public_id: str) -> EngagementView:
    """Return one engagement to its employer, its worker, or the district's officers, clerks and auditors.

    :raises NotFound: there is none, or it belongs to others.
    """
    view = engagement(public_id)
    require(
        actor,
        Right(Role.EMPLOYER, organisation=view.employer_id),
        Right(Role.TRAINEE, person=view.person_id),
        *(Right(role, district=view.district) for role in (Role.OFFICER, Role.DESK, Role.AUDITOR)),
    )
    return view


def rated(actor: Actor, rating: str) -> EngagementView:
    """Return the engagement to which a rating belongs, to those whom it concerns.

    :raises NotFound: there is none, or it belongs to others.
    """
    return seen_by(actor, of_rating(rating).public_id)


def of_order(order_id: int) -> tuple[EngagementView, ...]:
    """Return the engagements that came out of a training order, in order of their first day."""
    return _views(
        _statement().where(Engagement.order_id == order_id).order_by(Engagement.started_on, Engagement.id)
    )


def of_person(person_id: int) -> tuple[EngagementView, ...]:
    """Return a person's engagements, latest first."""
    return _views(
        _statement()
        .where(Engagement.person_id == person_id)
        .order_by(Engagement.started_on.desc(), Engagement.id)
    )


def of_employers(employer_ids: Sequence[int], limit: int = 100) -> tuple[EngagementView, ...]:
    """Return the latest engagements of these employers."""
    return _views(
        _statement()
        .where(Engagement.employer_id.in_(employer_ids))
        .order_by(Engagement.started_on.desc(), Engagement.id.desc())
        .limit(limit)
    )


def first_hire(person_id: int, batch_id: int) -> EngagementView | None:
    """Return the first work that a person found out of a batch."""
    found = _views(
        _statement()
        .where(Engagement.person_id == person_id, Engagement.batch_id == batch_id)
        .order_by(Engagement.started_on, Engagement.id)
    )
    return next((each for each in found if each.is_hire), None)


def hires_of_district(district: str) -> int:
    """Return how many different people found work in a district's records."""
    return int(
        db.session.scalar(
            select(func.count(func.distinct(Engagement.person_id))).where(
                Engagement.district_code == district,
                Engagement.kind != INTENT,
                Engagement.removed_at.is_(None),
            )
        )
        or 0
    )
