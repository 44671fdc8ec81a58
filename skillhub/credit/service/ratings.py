"""Stars for finished work: once, by that employer, booked in the ledger in the same transaction."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import organisations, people
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Forbidden, Invalid
from skillhub.credit.errors import AlreadyRated, AlreadyRemoved, NotFinished, NoWork
from skillhub.credit.model import Rating
from skillhub.credit.queries import engagements, ledger
from skillhub.credit.queries.engagements import INTENT, EngagementView
from skillhub.credit.rules import stars as rules
from skillhub.credit.service import ledger as books
from skillhub.districts import queries as districts

LONGEST_COMMENT = 500


def require_rater(actor: Actor, engagement: str) -> EngagementView:
    """Return the engagement to its employer, who alone may rate it.

    :raises NotFound: it is another employer's.
    """
    require_role(actor, Role.EMPLOYER)
    view = engagements.engagement(engagement)
    require(actor, Right(Role.EMPLOYER, organisation=view.employer_id))
    return view


def rate(*, actor: Actor, engagement: str, stars: int, comment: str | None = None) -> str:
    """Give one to five stars for one finished engagement and return the rating's public id.

    :raises NotFound: the engagement is another employer's.
    :raises AlreadyRated: it has its stars.
    :raises NotFinished: the work has not ended.
    :raises Invalid: stars outside 1 to 5, or a comment over 500 characters.
    """
    view = require_rater(actor, engagement)
    _check(actor, view, stars, comment)
    try:
        with unit_of_work() as unit:
            return rate_in(unit, actor=actor, engagement=view, stars=stars, comment=comment)
    except IntegrityError as error:
        if "rating" in str(error.orig):
            raise AlreadyRated from error
        raise


def rate_in(unit: Unit, *, actor: Actor, engagement: EngagementView, stars: int, comment: str | None) -> str:
    """Book one rating inside a unit; the caller has checked who may and that the work is finished."""
    public_id = ids.handle("r")
    unit.session.execute(
        insert(Rating).values(
            public_id=public_id,
            engagement_id=engagement.id,
            stars=stars,
            comment=comment,
            state="valid",
            rated_at=clock.now(),
            rated_by_id=actor.person_id,
        )
    )
    books.book_in(
        unit,
        actor=actor,
        kind="rating",
        subject=f"rating:{public_id}",
        district=engagement.district,
        rule=rules.RULE,
        legs=rules.legs(
            ledger.worker_account(people.person(engagement.person_id).handle),
            ledger.employer_account(organisations.organisation(engagement.employer_id).code),
            stars,
        ),
    )
    audit.record(
        unit,
        actor=actor,
        verb="rating.give",
        subject=f"rating:{public_id}",
        district=engagement.district,
        engagement=engagement.public_id,
        stars=stars,
    )
    return unit.refer(public_id)


def _check(actor: Actor, view: EngagementView, stars: int, comment: str | None) -> None:
    if view.person_id == actor.person_id:
        raise Forbidden
    if view.kind == INTENT:
        raise NoWork
    if view.is_removed:
        raise AlreadyRemoved
    if view.ended_on is None or view.ended_on > clock.today(districts.district(view.district).zone):
        raise NotFinished
    if view.stars is not None:
        raise AlreadyRated
    wrong = []
    if not rules.LEAST <= stars <= rules.MOST:
        wrong.append(FieldError("stars", "out_of_range", _l("请选1到5颗星。")))
    if comment is not None and len(comment) > LONGEST_COMMENT:
        wrong.append(FieldError("comment", "too_long", _l("评语最多500个字，请缩短一些。")))
    if wrong:
        raise Invalid(*wrong)
