"""The only place that reads at which site a clerk works, and what that site lets the clerk do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from skillhub.accounts.queries import actors, people
from skillhub.accounts.queries.people import PersonView
from skillhub.base.access import Actor, Right, Role, may
from skillhub.base.db import db
from skillhub.base.terms import Term
from skillhub.districts.errors import NotAtThisSite
from skillhub.districts.model import Site, SiteClerk
from skillhub.districts.queries.sites import SiteView, site
from skillhub.districts.rules import kinds
from skillhub.districts.rules.kinds import Feature


@dataclass(frozen=True)
class ClerkView:
    """Somebody who works at a site."""

    person: PersonView
    since: datetime


def site_of(person_id: int | None, district: str) -> SiteView | None:
    """Return the site at which a clerk works in a district, None for one who works for all of it."""
    if person_id is None:
        return None
    found = db.session.scalar(
        select(Site.code)
        .join(SiteClerk, SiteClerk.site_id == Site.id)
        .where(
            SiteClerk.person_id == person_id,
            SiteClerk.district_code == district,
            SiteClerk.until.is_(None),
        )
    )
    return None if found is None else site(found)


def clerks_of(site_id: int) -> tuple[ClerkView, ...]:
    """Return who works at a site now."""
    rows = db.session.execute(
        select(SiteClerk.person_id, SiteClerk.since)
        .where(SiteClerk.site_id == site_id, SiteClerk.until.is_(None))
        .order_by(SiteClerk.since, SiteClerk.id)
    ).all()
    found = people.many([row.person_id for row in rows])
    return tuple(ClerkView(found[row.person_id], row.since) for row in rows)


def terms(district: str) -> tuple[Term, ...]:
    """Return who worked at which site of a district, from when to when."""
    rows = db.session.execute(
        select(SiteClerk.site_id, SiteClerk.person_id, SiteClerk.since, SiteClerk.until)
        .where(SiteClerk.district_code == district)
        .order_by(SiteClerk.id)
    )
    return tuple(Term(*row) for row in rows)


def unbound(district: str) -> tuple[PersonView, ...]:
    """Return the clerks of a district who work at no site of their own."""
    bound = set(
        db.session.scalars(
            select(SiteClerk.person_id).where(SiteClerk.district_code == district, SiteClerk.until.is_(None))
        )
    )
    free = [each for each in actors.holders(Role.DESK, district=district) if each not in bound]
    return tuple(sorted(people.many(free).values(), key=lambda person: (person.name, person.id)))


def offers(actor: Actor, district: str, feature: Feature) -> bool:
    """Tell whether the site at which the actor works as a clerk offers something, and is open."""
    if not may(actor, Right(Role.DESK, district=district)):
        return False
    own = site_of(actor.person_id, district)
    return own is not None and not own.is_closed and kinds.offers(own.kind, feature)


def require_feature(
    actor: Actor, district: str, feature: Feature, *, besides: tuple[Right, ...] = ()
) -> None:
    """Stop a clerk whose site does not offer something.

    Officers of the district, whoever holds one of the rights `besides`, and clerks who work
    for the whole district pass; that the actor may do it at all is checked by the caller.

    :raises Forbidden: the site does not offer it, or is closed.
    """
    if may(actor, Right(Role.OFFICER, district=district), *besides):
        return
    own = site_of(actor.person_id, district)
    if own is not None and (own.is_closed or not kinds.offers(own.kind, feature)):
        raise NotAtThisSite(site=own.name)
