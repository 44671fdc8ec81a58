"""The only place that says which districts a file may name, and which one is meant when it names none."""

from __future__ import annotations

from skillhub.base import clock
from skillhub.base.access import Actor
from skillhub.districts import queries
from skillhub.imports.errors import DistrictUnclear
from skillhub.imports.rules.people import Frame


def frame(*, actor: Actor, district: str | None, has_consented: bool = False) -> Frame:
    """Return what holds for every line of a file.

    Without a district, an installation with a single one means that; else the lines name theirs.

    :raises DistrictUnclear: there is no such district, or there is none at all.
    """
    known = {each.code: each for each in queries.districts()}
    if district is None and len(known) == 1:
        district = next(iter(known))
    if not known or (district is not None and district not in known):
        raise DistrictUnclear(district=district)
    meant = [known[district]] if district is not None else list(known.values())
    if district is None and actor.system is None:
        raise DistrictUnclear
    today = clock.today(meant[0].zone)
    return Frame(today, {each.code: each.name for each in meant}, district, has_consented=has_consented)
