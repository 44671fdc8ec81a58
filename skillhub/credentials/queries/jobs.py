"""The only place that says who may look how far a piece of background work is."""

from __future__ import annotations

from skillhub.accounts.queries import actors
from skillhub.base import access, work
from skillhub.base.access import Actor, Right, Role
from skillhub.base.errors import NotFound, Unauthenticated
from skillhub.base.work import JobView


def readable_job(actor: Actor, job: str) -> JobView:
    """Return a job that the actor or a colleague asked for, or whose district the actor oversees.

    :raises NotFound: there is none, or not for this actor.
    """
    if actor.is_anonymous:
        raise Unauthenticated
    found = work.job(job)
    if found is None:
        raise NotFound
    is_own = found.asked_by is not None and found.asked_by == actor.person_id
    if not is_own and not access.may(actor, *_watchers(found)):
        raise NotFound
    return found


def _watchers(found: JobView) -> tuple[Right, ...]:
    """Return who else may look: another school of the district may not, the job names receipts."""
    overseers: tuple[Right, ...] = ()
    if found.district is not None:
        overseers = tuple(Right(role, district=found.district) for role in (Role.OFFICER, Role.AUDITOR))
    if found.asked_by is None:
        return overseers
    schools = sorted(actors.actor_of(found.asked_by).organisations(Role.SCHOOL))
    return (*overseers, *(Right(Role.SCHOOL, organisation=school) for school in schools))
