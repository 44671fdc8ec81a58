"""JSON addresses for applications: apply, look, withdraw, decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from skillhub.base import access
from skillhub.base.access import Role, Scope
from skillhub.courses.queries import admissions
from skillhub.courses.queries import applications as queries
from skillhub.courses.queries.applications import ApplicationView, ReasonView
from skillhub.courses.service import applications as service
from skillhub.courses.service import changes, offers
from skillhub.courses.service.arrivals import Arrival
from skillhub.web import api, requests

bp = Blueprint("applications_api", __name__, url_prefix="/api/v1")

Word = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]


class ApplicationPost(api.Shape):
    """Who applies and how it came in; `person` only for somebody else, at a desk."""

    person: Word | None = None
    channel: Word
    unsubsidised: bool | None = None
    invite: Word | None = None


class ReasonShape(api.Shape):
    """Why something was decided as it was."""

    code: str
    clause: str | None
    text: str


class ApplicationShape(api.Shape):
    """An application: its receipt, where it stands and why."""

    receipt: str
    batch: str
    state: str
    position: int | None
    order_no: int
    reasons: list[ReasonShape]
    decided_at: datetime
    offer_until: datetime | None


class DecisionPost(api.Shape):
    """What a clerk decides on an application under review."""

    decision: Literal["enrol", "refuse"]
    reason: Annotated[str, Field(max_length=changes.LONGEST_REASON)]


def reason_shape(view: ReasonView) -> ReasonShape:
    """Return a reason as JSON."""
    return ReasonShape(code=view.code, clause=view.clause, text=view.text)


def application_shape(view: ApplicationView) -> ApplicationShape:
    """Return an application as JSON."""
    return ApplicationShape(
        receipt=view.receipt,
        batch=view.batch,
        state=view.state,
        position=view.position,
        order_no=view.order_no,
        reasons=[reason_shape(each) for each in view.reasons],
        decided_at=view.decided_at,
        offer_until=view.offer_until,
    )


def _as_made(batch: str, made: Arrival) -> ApplicationShape:
    """Return an application that was made this moment; asking the database again would say the same."""
    return ApplicationShape(
        receipt=made.receipt,
        batch=batch,
        state=made.state,
        position=made.position,
        order_no=made.order_no,
        reasons=[reason_shape(each) for each in queries.reasons(made.reasons)],
        decided_at=made.decided_at,
        offer_until=None,
    )


def _show(receipt: str) -> ApplicationShape:
    return application_shape(queries.visible(requests.actor(), receipt))


@bp.post("/batches/<code>/applications")
@api.operation(
    "Apply for a batch", scope=Scope.APPLY, body=ApplicationPost, answer=ApplicationShape, status=201
)
@api.writing(_show, kept_by=admissions.kept_call)
def apply(code: str) -> api.Outcome:
    """Apply for oneself, or at a desk for the person of a handle.

    200 with the first application where the person holds an active one.
    """
    actor = requests.actor()
    access.require_role(actor, Role.TRAINEE, Role.DESK, Role.OFFICER, Role.SCHOOL)
    body = api.read(ApplicationPost)
    found = service.apply_or_find(
        actor=actor,
        batch=code,
        person=body.person,
        channel=body.channel,
        is_unsubsidised=body.unsubsidised or False,
        invite=body.invite,
    )
    if found.made is None:
        return api.Outcome(found.receipt, 200)
    return api.Outcome(found.receipt, 201, shown=_as_made(code, found.made))


@bp.get("/applications/<receipt>")
@api.operation("An application as it stands now", scope=Scope.READ, answer=ApplicationShape)
def application(receipt: str) -> ApplicationShape:
    """Return an application to its person and to the staff of that class."""
    return _show(receipt)


@bp.delete("/applications/<receipt>")
@api.operation("Withdraw an application", scope=Scope.APPLY, answer=ApplicationShape)
@api.writing(_show)
def withdraw(receipt: str) -> str:
    """Withdraw; a seat that becomes free goes to the first in line. Withdrawing again changes nothing."""
    return service.withdraw(actor=requests.actor(), receipt=receipt)


@bp.post("/applications/<receipt>/acceptance")
@api.operation("Accept an offered seat", scope=Scope.APPLY, answer=ApplicationShape)
@api.writing(_show)
def accept(receipt: str) -> str:
    """Take the seat that is offered until `offer_until`. Accepting again changes nothing."""
    return offers.accept(actor=requests.actor(), receipt=receipt)


@bp.post("/applications/<receipt>/decline")
@api.operation("Decline an offered seat", scope=Scope.APPLY, answer=ApplicationShape)
@api.writing(_show)
def decline(receipt: str) -> str:
    """Let the seat go to the next in line. Declining again changes nothing."""
    return offers.decline(actor=requests.actor(), receipt=receipt)


@bp.post("/applications/<receipt>/decision")
@api.operation(
    "Decide on an application under review", scope=Scope.DECIDE, body=DecisionPost, answer=ApplicationShape
)
@api.writing(_show)
def decide(receipt: str) -> str:
    """Let in (`enrol`: a seat, or the place in line of the order number) or `refuse` with a reason."""
    actor = requests.actor()
    changes.decidable(actor, receipt)
    body = api.read(DecisionPost)
    return service.decide(actor=actor, receipt=receipt, decision=body.decision, reason=body.reason)
