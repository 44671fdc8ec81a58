"""Stars for finished work: once, by that employer, booked in the ledger in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import organisations, people
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Forbidden, Invalid
from skillhub.credit.errors import AlreadyRated, AlreadyRemoved, AlreadyReversed, NotFinished, NoWork
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


@dataclass(frozen=True)
class Given:
    """The stars for one engagement."""

    engagement: EngagementView
    stars: int
    comment: str | None


def rate_in(unit: Unit, *, actor: Actor, engagement: EngagementView, stars: int, comment: str | None) -> str:
    """Book one rating inside a unit; the caller has checked who may and that the work is finished."""
    given = Given(engagement, stars, comment)
    return unit.refer(rate_all_in(unit, actor=actor, given=[given])[0])


def rate_all_in(unit: Unit, *, actor: Actor, given: Sequence[Given]) -> list[str]:
    """Book ratings inside a unit, by as many statements as for one; return their public ids in order."""
    now = clock.now()
    made = {ids.handle("r"): each for each in given}
    if not made:
        return []
    unit.session.execute(
        insert(Rating),
        [
            {
                "public_id": public_id,
                "engagement_id": each.engagement.id,
                "stars": each.stars,
                "comment": each.comment,
                "state": engagements.VALID,
                "rated_at": now,
                "rated_by_id": actor.person_id,
            }
            for public_id, each in made.items()
        ],
    )
    books.book_all_in(unit, actor=actor, entries=_entries(made))
    audit.record_all(
        unit,
        (
            audit.row(
                actor,
                "rating.give",
                f"rating:{public_id}",
                each.engagement.district,
                {"engagement": each.engagement.public_id, "stars": each.stars},
            )
            for public_id, each in made.items()
        ),
    )
    return list(made)


def _entries(made: Mapping[str, Given]) -> list[books.Entry]:
    """Return what the ratings book: from the employer to the worker."""
    workers = people.many([each.engagement.person_id for each in made.values()])
    employers = organisations.many({each.engagement.employer_id for each in made.values()})
    return [
        books.Entry(
            kind="rating",
            subject=f"rating:{public_id}",
            district=each.engagement.district,
            rule=rules.RULE,
            legs=rules.legs(
                ledger.worker_account(workers[each.engagement.person_id].handle),
                ledger.employer_account(employers[each.engagement.employer_id].code),
                each.stars,
            ),
        )
        for public_id, each in made.items()
    ]


def reverse_in(unit: Unit, *, actor: Actor, rating: str, reason: str) -> int:
    """Take a rating back inside a unit, since an appeal was upheld; return the number of the reversal.

    What was booked stays and is booked the other way; the stars stop counting. The caller
    has checked who may.

    :raises NotFound: there is no such rating.
    :raises AlreadyReversed: it was taken back before.
    """
    view = engagements.of_rating(rating)
    taken_back = unit.session.execute(
        update(Rating)
        .where(Rating.public_id == rating, Rating.state == engagements.VALID)
        .values(state=engagements.REVERSED)
        .returning(Rating.id)
    ).scalar()
    if taken_back is None:
        raise AlreadyReversed
    booked = ledger.booked("rating", f"rating:{rating}")
    number = books.book_in(
        unit,
        actor=actor,
        entry=books.Entry(
            kind="rating",
            subject=f"rating:{rating}",
            district=view.district,
            rule=booked.rule,
            legs=rules.reversed_legs(booked.legs),
            reverses=booked.entry_id,
        ),
    )
    audit.record(
        unit,
        actor=actor,
        verb="rating.reverse",
        subject=f"rating:{rating}",
        district=view.district,
        engagement=view.public_id,
        entry=number,
        reason=reason,
    )
    return number


def _check(actor: Actor, view: EngagementView, stars: int, comment: str | None) -> None:
    if view.person_id == actor.person_id:
        raise Forbidden
    if view.kind == INTENT:
        raise NoWork
    if view.is_removed:
        raise AlreadyRemoved
    if view.ended_on is None or view.ended_on > clock.today(districts.district(view.district).zone):
        raise NotFinished
    if view.rating is not None:
        raise AlreadyRated
    wrong = []
    if not rules.LEAST <= stars <= rules.MOST:
        wrong.append(FieldError("stars", "out_of_range", _l("请选1到5颗星。")))
    if comment is not None and len(comment) > LONGEST_COMMENT:
        wrong.append(FieldError("comment", "too_long", _l("评语最多500个字，请缩短一些。")))
    if wrong:
        raise Invalid(*wrong)
