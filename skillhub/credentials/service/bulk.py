"""The only place that issues for a whole class: in the background, in slices, one person in one unit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from skillhub.accounts.queries import actors
from skillhub.base import access, audit, clock, work
from skillhub.base.access import Actor, Role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import SkillHubError
from skillhub.base.work import ItemFailure, Slice
from skillhub.courses.queries import batches, results
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.queries.results import ResultView
from skillhub.credentials.errors import NothingToIssue
from skillhub.credentials.queries import certificates
from skillhub.credentials.service.issue import check_over, issue_in
from skillhub.districts import queries as districts

ISSUE = "credentials.issue"
MOST_IN_SLICE = 50
UNAVAILABLE = 503


@dataclass(frozen=True)
class Progress:
    """How far issuing for a class is, with the failures of the last slice."""

    done: int
    of: int
    failed: tuple[ItemFailure, ...]


def issue_batch(*, actor: Actor, batch: str, only: Collection[str] | None = None) -> str:
    """Ask for the certificates of everybody in a class who passed, and return the job's id.

    Those who have theirs keep it, so asking twice is harmless.

    :param only: the receipts of those who are to get theirs now; the others can get it later.
    :raises NotFound: no such batch for this actor.
    :raises Conflict: the class is not over, or nobody has passed.
    """
    with unit_of_work() as unit:
        found = _issuable(actor, batch)
        chosen = _passed(found, only)
        if not chosen:
            raise NothingToIssue
        payload: dict[str, Any] = {"batch": found.code}
        if only is not None:
            payload["only"] = [each.receipt for each in chosen]
        job = work.enqueue_in(unit, name=ISSUE, payload=payload, actor=actor, district=found.district)
        audit.record(
            unit,
            actor=actor,
            verb="certificate.issue_batch",
            subject=f"batch:{found.id}",
            district=found.district,
            job=job,
            people=len(chosen),
        )
        return unit.refer(job)


def issue_each(*, actor: Actor, batch: str) -> Iterator[Progress]:
    """Issue for a whole class here and now (at the command line), slice by slice.

    :raises NotFound: no such batch for this actor.
    :raises Conflict: the class is not over, or nobody has passed.
    """
    found = _issuable(actor, batch)
    cursor: int | None = 0
    while cursor is not None:
        done = _issue_slice(actor, found, cursor)
        yield Progress(done.done, done.of, done.failed)
        cursor = done.next


@work.handles(ISSUE)
def issue_slice(payload: dict[str, Any], cursor: int) -> Slice:
    """Issue for the next fifty, with the rights that the person who asked has now."""
    asked_by = work.asked_by()
    actor = access.system(ISSUE) if asked_by is None else actors.actor_of(asked_by)
    return _issue_slice(actor, batches.batch(payload["batch"]), cursor, payload.get("only"))


def _issuable(actor: Actor, code: str) -> BatchView:
    access.require_role(actor, Role.SCHOOL, Role.OFFICER)
    found = batches.batch(code)
    access.require(actor, *certificates.issuers(found))
    check_over(found, clock.today(districts.district(found.district).zone))
    if not results.certifiable(found.id):
        raise NothingToIssue
    return found


def _passed(batch: BatchView, only: Collection[str] | None) -> list[ResultView]:
    """Return who passed, or who of those that were chosen, by application."""
    chosen = [each for each in results.certifiable(batch.id) if only is None or each.receipt in only]
    return sorted(chosen, key=lambda result: result.application_id)


def _issue_slice(actor: Actor, batch: BatchView, cursor: int, only: Collection[str] | None = None) -> Slice:
    passed = _passed(batch, only)
    ahead = [result for result in passed if result.application_id > cursor]
    todo = ahead[:MOST_IN_SLICE]
    left = len(ahead) - len(todo)
    return Slice(
        next=todo[-1].application_id if left else None,
        done=len(passed) - left,
        of=len(passed),
        failed=tuple(_failures(actor, todo)),
    )


def _failures(actor: Actor, todo: Sequence[ResultView]) -> Iterator[ItemFailure]:
    """Issue each, and yield those that could not be; a database that is away is nobody's failure."""
    for result in todo:
        try:
            with unit_of_work() as unit:
                issue_in(unit, actor=actor, application_id=result.application_id)
        except SkillHubError as error:
            if error.status == UNAVAILABLE:
                raise
            yield ItemFailure(result.receipt, error.code)
