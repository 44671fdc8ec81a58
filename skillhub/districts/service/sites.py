"""The only place that adds sites to the public directory."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from skillhub.base import audit
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit
from skillhub.districts.errors import SiteKnown
from skillhub.districts.model import Site


def add_in(
    unit: Unit,
    *,
    actor: Actor,
    code: str,
    district: str,
    name: str,
    kind: str,
    tier: int,
    address: str,
    phone: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
    parent_id: int | None = None,
) -> int:
    """Add a site inside a unit and return its id.

    :raises NotFound: the actor is the officer of another district.
    :raises SiteKnown: the code belongs to another site.
    """
    require(actor, Right(Role.OFFICER, district=district))
    try:
        with unit.session.begin_nested():
            made = unit.session.execute(
                insert(Site)
                .values(
                    code=code,
                    district_code=district,
                    parent_id=parent_id,
                    name=name,
                    kind=kind,
                    tier=tier,
                    address=address,
                    phone=phone,
                    lon=lon,
                    lat=lat,
                )
                .returning(Site.id)
            ).scalar_one()
    except IntegrityError as error:
        raise SiteKnown(site=code) from error
    audit.record(
        unit, actor=actor, verb="site.add", subject=f"site:{made}", district=district, site_kind=kind
    )
    return made
