"""Reads a batch for those who may do something with it, and for nobody else."""

from __future__ import annotations

from skillhub.base.access import Actor, Right, Role, may, require, require_role
from skillhub.base.errors import NotFound
from skillhub.courses.queries import batches, filers
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules import batches as rules


def visible(*, actor: Actor, code: str) -> BatchView:
    """Return a batch that the actor may see: everybody's once published, before that who files and approves.

    :raises NotFound: there is none for this actor.
    """
    return checked(actor=actor, found=batches.batch(code))


def checked(*, actor: Actor, found: BatchView) -> BatchView:
    """Return a batch that was read, if the actor may see it.

    :raises NotFound: the actor may not.
    """
    if found.state in rules.PUBLIC or may(actor, *_insiders(found)):
        return found
    if filers.files_as_clerk(actor, found.district):
        return found
    raise NotFound


def _insiders(found: BatchView) -> tuple[Right, ...]:
    staff = tuple(Right(role, district=found.district) for role in (Role.OFFICER, Role.AUDITOR))
    return (Right(Role.SCHOOL, organisation=found.body_id), *staff)


def taught_by(*, actor: Actor, code: str) -> BatchView:
    """Return a batch that the actor teaches: for its training body, or its trainer once it was approved.

    :raises Forbidden: the actor is neither anywhere.
    :raises NotFound: there is no such batch for this actor.
    """
    require_role(actor, Role.SCHOOL, Role.TRAINER)
    found = batches.batch(code)
    rights = [Right(Role.SCHOOL, organisation=found.body_id)]
    if found.trainer_id is not None and found.state != "draft":
        rights.append(Right(Role.TRAINER, person=found.trainer_id))
    if not may(actor, *rights):
        raise NotFound
    return found


def run_by(*, actor: Actor, code: str) -> BatchView:
    """Return a batch that the actor runs: its training body or an officer of its district.

    :raises Forbidden: the actor is neither anywhere.
    :raises NotFound: there is no such batch for this actor.
    """
    require_role(actor, Role.SCHOOL, Role.OFFICER)
    batch = batches.batch(code)
    require(
        actor, Right(Role.SCHOOL, organisation=batch.body_id), Right(Role.OFFICER, district=batch.district)
    )
    return batch


def approved_by(*, actor: Actor, code: str) -> BatchView:
    """Return a batch that the actor may approve.

    :raises Forbidden: the actor is no officer.
    :raises NotFound: there is no such batch in the actor's district.
    """
    require_role(actor, Role.OFFICER)
    batch = batches.batch(code)
    require(actor, Right(Role.OFFICER, district=batch.district))
    return batch


def overseen_by(*, actor: Actor, code: str) -> BatchView:
    """Return a batch of the actor's district, to look at or to approve.

    :raises Forbidden: the actor is neither officer nor auditor.
    :raises NotFound: there is no such batch in the actor's district.
    """
    require_role(actor, Role.OFFICER, Role.AUDITOR)
    found = batches.batch(code)
    require(actor, *(Right(role, district=found.district) for role in (Role.OFFICER, Role.AUDITOR)))
    return found
