"""The only place that says at which site a clerk works, from when to when."""

from __future__ import annotations

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import actors, people
from skillhub.base import audit, clock
from skillhub.base.access import Actor, Right, Role, may, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid, NotFound, VersionConflict
from skillhub.districts import queries
from skillhub.districts.errors import WORDS, SiteClosed
from skillhub.districts.model import SiteClerk
from skillhub.districts.queries import clerks
from skillhub.districts.queries.sites import SiteView


def assign(*, actor: Actor, site: str, person: str) -> str:
    """Let a clerk of the district work at a site from now on; elsewhere the clerk works no more.

    :raises Invalid: the person is no clerk of the district.
    :raises SiteClosed: nobody works there.
    """
    found = _own(actor, site)
    if found.is_closed:
        raise SiteClosed
    try:
        who = people.by_handle(person)
    except NotFound:
        who = None
    is_clerk = who is not None and may(actors.actor_of(who.id), Right(Role.DESK, district=found.district))
    if who is None or not is_clerk:
        raise Invalid(FieldError("person", "no_clerk", WORDS["no_clerk"]))
    with unit_of_work() as unit:
        assign_in(unit, actor=actor, site=found, person_id=who.id)
        return unit.refer(site)


def assign_in(unit: Unit, *, actor: Actor, site: SiteView, person_id: int) -> None:
    """Let a clerk work at a site inside a unit; rights are checked before."""
    own = clerks.site_of(person_id, site.district)
    if own is not None and own.id == site.id:
        return
    _end(unit, site.district, person_id)
    try:
        with unit.session.begin_nested():
            unit.session.execute(
                insert(SiteClerk).values(
                    site_id=site.id,
                    district_code=site.district,
                    person_id=person_id,
                    since=clock.now(),
                    set_by_id=actor.person_id,
                )
            )
    except IntegrityError as error:  # somebody else assigned the same clerk at this moment
        raise VersionConflict(site=site.code) from error
    audit.record(
        unit,
        actor=actor,
        verb="site.assign_clerk",
        subject=f"site:{site.id}",
        district=site.district,
        person=person_id,
    )


def release(*, actor: Actor, site: str, person: str) -> str:
    """Let a clerk work for the whole district again.

    :raises NotFound: the clerk does not work there.
    """
    found = _own(actor, site)
    who = people.by_handle(person)
    with unit_of_work() as unit:
        own = clerks.site_of(who.id, found.district)
        if own is None or own.id != found.id:
            raise NotFound
        _end(unit, found.district, who.id)
        audit.record(
            unit,
            actor=actor,
            verb="site.release_clerk",
            subject=f"site:{found.id}",
            district=found.district,
            person=who.id,
        )
        return unit.refer(site)


def _end(unit: Unit, district: str, person_id: int) -> None:
    unit.session.execute(
        update(SiteClerk)
        .where(
            SiteClerk.person_id == person_id,
            SiteClerk.district_code == district,
            SiteClerk.until.is_(None),
        )
        .values(until=clock.now())
    )


def _own(actor: Actor, code: str) -> SiteView:
    require_role(actor, Role.OFFICER)
    found = queries.site(code)
    require(actor, Right(Role.OFFICER, district=found.district))
    return found
