"""JSON addresses of engagements and their stars."""

from __future__ import annotations

from datetime import date

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from pydantic import Field

from skillhub.accounts.queries import organisations, people
from skillhub.base.access import Scope
from skillhub.base.errors import FieldError, Invalid
from skillhub.courses.queries import orders
from skillhub.credit.queries import engagements as engagement_queries
from skillhub.credit.service import engagements, ratings
from skillhub.web import api, requests

bp = Blueprint("credit_api", __name__, url_prefix="/api/v1")


class EngagementPost(api.Shape):
    """Work done: whose handle, for which organisation's code, when and for how much."""

    worker: api.Code
    employer: api.Code
    order: api.Code | None = None
    started_on: date
    ended_on: date
    pay_fen: int


class EngagementShape(api.Shape):
    """An engagement, with its stars where they were given."""

    id: str
    worker: str
    employer: str
    order: str | None
    started_on: date
    ended_on: date | None
    pay_fen: int | None
    is_removed: bool
    rating: str | None
    stars: int | None


class RatingPost(api.Shape):
    """One to five stars, and a few words."""

    stars: int = Field(ge=1, le=5)
    comment: str | None = Field(default=None, max_length=500)


class RatingShape(api.Shape):
    """The stars of one engagement."""

    id: str
    engagement: str
    stars: int


class RemovalPost(api.Shape):
    """Why an engagement is taken back."""

    reason: str = Field(min_length=1, max_length=500)


def _engagement(public_id: str) -> EngagementShape:
    view = engagement_queries.seen_by(requests.actor(), public_id)
    return EngagementShape(
        id=view.public_id,
        worker=people.person(view.person_id).handle,
        employer=organisations.organisation(view.employer_id).code,
        order=orders.order_by_id(view.order_id).code if view.order_id else None,
        started_on=view.started_on,
        ended_on=view.ended_on,
        pay_fen=view.pay_fen,
        is_removed=view.is_removed,
        rating=view.rating,
        stars=view.stars,
    )


def _rating(public_id: str) -> RatingShape:
    view = engagement_queries.rated(requests.actor(), public_id)
    if view.stars is None:
        raise Invalid(FieldError("rating", "none", _l("这次用工还没有评分。")))
    return RatingShape(id=public_id, engagement=view.public_id, stars=view.stars)


@bp.post("/engagements")
@api.operation("记录一次用工", scope=Scope.ORDER, body=EngagementPost, answer=EngagementShape, status=201)
@api.writing(show=_engagement)
def post_engagement() -> str:
    """Record work done for an employer."""
    engagements.require_recorder(requests.actor())
    sent = api.read(EngagementPost)
    return engagements.record(
        actor=requests.actor(),
        worker=sent.worker,
        employer=sent.employer,
        order=sent.order,
        started_on=sent.started_on,
        ended_on=sent.ended_on,
        pay_fen=sent.pay_fen,
    )


@bp.get("/engagements/<public_id>")
@api.operation("一次用工", scope=Scope.READ, answer=EngagementShape)
def get_engagement(public_id: str) -> EngagementShape:
    """Show one engagement to those whom it concerns."""
    return _engagement(public_id)


@bp.post("/engagements/<public_id>/removal")
@api.operation("作废一次用工记录", scope=Scope.ORDER, body=RemovalPost, answer=EngagementShape)
@api.writing(show=_engagement)
def post_removal(public_id: str) -> api.Outcome:
    """Take an engagement back, with a reason."""
    engagements.require_remover(requests.actor(), public_id)
    sent = api.read(RemovalPost)
    done = engagements.remove(actor=requests.actor(), engagement=public_id, reason=sent.reason)
    return api.Outcome(done, status=200)


@bp.post("/engagements/<public_id>/ratings")
@api.operation("给一次用工评星", scope=Scope.ORDER, body=RatingPost, answer=RatingShape, status=201)
@api.writing(show=_rating)
def post_rating(public_id: str) -> str:
    """Give stars to finished work, once."""
    ratings.require_rater(requests.actor(), public_id)
    sent = api.read(RatingPost)
    return ratings.rate(actor=requests.actor(), engagement=public_id, stars=sent.stars, comment=sent.comment)
