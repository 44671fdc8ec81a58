"""The JSON address by which somebody asks to be told about the next batch of a course."""

from __future__ import annotations

from flask import Blueprint

from skillhub.base.access import Role, Scope, require_role
from skillhub.courses.queries import subscriptions as queries
from skillhub.courses.service import subscriptions as service
from skillhub.web import api, requests

bp = Blueprint("subscriptions_api", __name__, url_prefix="/api/v1")


class SubscriptionPost(api.Shape):
    """Who wants to be told; `person` only for somebody else, at a desk."""

    person: api.Code | None = None


class SubscriptionShape(api.Shape):
    """A subscription to a course: it tells of the next batch and keeps no seat."""

    id: str
    course: str
    active: bool


def _show(handle: str) -> SubscriptionShape:
    found = queries.subscription(handle)
    return SubscriptionShape(id=found.handle, course=found.course, active=found.is_active)


@bp.post("/courses/<code>/subscriptions")
@api.operation(
    "Be told about the next batch of a course",
    scope=Scope.APPLY,
    body=SubscriptionPost,
    answer=SubscriptionShape,
    status=201,
)
@api.writing(_show)
def subscribe(code: str) -> str:
    """Tell the person whenever a batch of the course is published. Asking twice is once."""
    actor = requests.actor()
    require_role(actor, Role.TRAINEE, Role.DESK, Role.OFFICER)
    body = api.read(SubscriptionPost)
    return service.subscribe(actor=actor, course=code, person=body.person)
