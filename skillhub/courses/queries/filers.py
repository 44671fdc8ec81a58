"""Who files batches: training bodies for themselves, and clerks of sites whose kind plans training."""

from __future__ import annotations

from skillhub.base.access import Actor, Role, require_role
from skillhub.base.errors import Forbidden
from skillhub.districts.queries import clerks
from skillhub.districts.rules.kinds import Feature


def files_as_clerk(actor: Actor, district: str) -> bool:
    """Tell whether the actor files batches for a district's training bodies, as a clerk of its market."""
    return clerks.offers(actor, district, Feature.FILE_BATCHES)


def districts_of(actor: Actor) -> frozenset[str]:
    """Return the districts in which the actor files batches.

    :raises Forbidden: in none.
    """
    require_role(actor, Role.SCHOOL, Role.DESK)
    as_clerk = {each for each in actor.districts(Role.DESK) if files_as_clerk(actor, each)}
    found = actor.districts(Role.SCHOOL) | as_clerk
    if not found and actor.system is None:
        raise Forbidden
    return found
