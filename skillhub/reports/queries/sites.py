"""A district's tree of sites with what each accounts for, its own and everything below it rolled up."""

from __future__ import annotations

from dataclasses import dataclass

from skillhub.accounts.queries import people
from skillhub.activities.queries import counts as activities
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.courses.queries import at_sites
from skillhub.districts import queries as districts
from skillhub.districts.queries import clerks
from skillhub.districts.queries.sites import SiteView, ids_below

READERS = (Role.OFFICER, Role.AUDITOR, Role.DESK)


@dataclass(frozen=True)
class Totals:
    """What a site accounts for together with everything below it; each figure stands alone."""

    stations: int
    registered: int
    enrolled: int
    orders: int
    events: int


@dataclass(frozen=True)
class Branch:
    """One site in the tree, how deep it stands, and its totals."""

    site: SiteView
    depth: int
    totals: Totals


def branches(district: str) -> tuple[Branch, ...]:
    """Return the tree of a district, the closed sites included, each with its totals."""
    sites = districts.sites(district, with_closed=True)
    terms = clerks.terms(district)
    figures = (
        people.registered_at_sites(terms),
        at_sites.enrolled(terms),
        at_sites.orders(district),
        activities.events_at_sites(district),
    )
    opened = {site.id for site in sites if not site.is_closed}
    return tuple(
        Branch(node.site, node.depth, _totals(ids_below(sites, node.site.id), opened, figures))
        for node in districts.tree(sites)
    )


def seat(actor: Actor) -> str:
    """Return the district whose tree the actor reads.

    :raises Forbidden: the actor is no staff of a district.
    """
    require_role(actor, *READERS)
    return min(actor.districts(*READERS))


def readable(actor: Actor, code: str) -> SiteView:
    """Return a site of which the actor reads more than the directory says.

    :raises NotFound: it is another district's.
    """
    require_role(actor, *READERS)
    found = districts.site(code)
    require(actor, *(Right(role, district=found.district) for role in READERS))
    return found


def _totals(below: frozenset[int], opened: set[int], figures: tuple[dict[int, int], ...]) -> Totals:
    registered, enrolled, orders, events = (
        sum(of_each.get(site_id, 0) for site_id in below) for of_each in figures
    )
    return Totals(len(below & opened), registered, enrolled, orders, events)
