"""The JSON address for the results of a batch."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint
from pydantic import Field

from skillhub.base.access import Scope
from skillhub.courses.api.applications import ReasonShape, reason_shape
from skillhub.courses.queries import doors
from skillhub.courses.queries import results as queries
from skillhub.courses.queries.results import ResultView
from skillhub.courses.service import results as service
from skillhub.web import api, requests

bp = Blueprint("results_api", __name__, url_prefix="/api/v1")

Mark = Annotated[int, Field(ge=0, le=100)]


class ResultPost(api.Shape):
    """One person's marks; null for a part that was not examined."""

    receipt: str
    theory: Mark | None
    practice: Mark | None


class CompletionRuleShape(api.Shape):
    """The rule set that decided."""

    plugin: str
    version: str
    sha256: str


class ResultShape(api.Shape):
    """How one person's training ended, and why."""

    receipt: str
    theory: int | None
    practice: int | None
    minutes_planned: int
    minutes_present: int
    outcome: str
    reasons: list[ReasonShape]
    rule_set: CompletionRuleShape


class ResultsShape(api.Shape):
    """The results of a batch."""

    batch: str
    items: list[ResultShape]


def _shape(view: ResultView) -> ResultShape:
    return ResultShape(
        receipt=view.receipt,
        theory=view.theory,
        practice=view.practice,
        minutes_planned=view.minutes_planned,
        minutes_present=view.minutes_present,
        outcome=view.outcome,
        reasons=[reason_shape(each) for each in view.reasons],
        rule_set=CompletionRuleShape(
            plugin=view.plugin, version=view.plugin_version, sha256=view.plugin_sha256
        ),
    )


def _show(code: str) -> ResultsShape:
    door = doors.readable(requests.actor(), code)
    return ResultsShape(batch=code, items=[_shape(each) for each in queries.of_batch(door.id)])


@bp.post("/batches/<code>/results")
@api.operation("Record results", scope=Scope.TEACH, body=list[ResultPost], answer=ResultsShape, status=201)
@api.writing(_show)
def record(code: str) -> str:
    """Record marks; the district's rule decides each, and nothing is written unless it decides all."""
    actor = requests.actor()
    doors.teachable(actor, code)
    body = api.read(list[ResultPost])
    marks = [service.Marks(receipt=each.receipt, theory=each.theory, practice=each.practice) for each in body]
    return service.record(actor=actor, batch=code, marks=marks)
