"""JSON addresses of subsidy previews and claims."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint
from pydantic import Field

from skillhub.accounts.queries import people
from skillhub.base.access import Role, Scope, require_role
from skillhub.subsidy.queries import claims as claim_queries
from skillhub.subsidy.queries.claims import ClaimView, PersonView
from skillhub.subsidy.rules.decisions import Decision, RuleSet
from skillhub.subsidy.rules.steps import Step
from skillhub.subsidy.service import claims, previews
from skillhub.web import api, requests

bp = Blueprint("subsidy_api", __name__, url_prefix="/api/v1")


class RuleSetShape(api.Shape):
    """Which rules answered."""

    plugin: str
    version: str
    sha256: str


class LineShape(api.Shape):
    """One rule, whichever way it turned out; `facts` are what it saw, and of whom in a claim of several."""

    clause: str | None
    text: str
    amount_fen: int
    met: bool
    facts: dict[str, str]


class ChancesShape(api.Shape):
    """How many of the year's chances are used."""

    used: int
    limit: int | None


class PreviewPost(api.Shape):
    """About whom and which batch; `on` is the civil date whose rules apply."""

    person: api.Code
    batch: api.Code
    on: date | None = None


class PreviewShape(api.Shape):
    """What the district's rules say."""

    verdict: str
    amount_fen: int
    rule_set: RuleSetShape | None
    official: bool
    lines: list[LineShape]
    missing: list[str]
    chances: ChancesShape | None


class ClaimPost(api.Shape):
    """A claim for a batch, or for one person in it."""

    batch: api.Code
    person: api.Code | None = None


class StepShape(api.Shape):
    """One step of a claim."""

    state: str
    at: datetime
    reason: str | None


class ClaimShape(PreviewShape):
    """A claim: the preview's members, and where it stands."""

    id: str
    state: str
    steps: list[StepShape]


class ReasonPost(api.Shape):
    """Why a step is taken."""

    reason: str | None = Field(default=None, max_length=1000)


def _rule_set(found: RuleSet | None) -> RuleSetShape | None:
    return RuleSetShape(plugin=found.plugin, version=found.version, sha256=found.sha256) if found else None


def _preview(decision: Decision) -> PreviewShape:
    return PreviewShape(
        verdict=decision.verdict.value,
        amount_fen=decision.amount_fen,
        rule_set=_rule_set(decision.rule_set),
        official=decision.is_official,
        lines=[
            LineShape(
                clause=line.clause,
                text=line.text,
                amount_fen=line.amount_fen,
                met=line.met,
                facts=dict(line.facts),
            )
            for line in decision.lines
        ],
        missing=list(decision.missing),
        chances=ChancesShape(used=decision.chances_used, limit=decision.chances_limit),
    )


def _lines(person: PersonView, handle: str) -> list[LineShape]:
    return [
        LineShape(
            clause=line["clause"],
            text=line["text"],
            amount_fen=line["amount_fen"],
            met=line["met"],
            facts=_texts(line["facts"]) | {"person": handle},
        )
        for line in person.lines
    ]


def _texts(facts: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}


def _claim(public_id: str) -> ClaimShape:
    view = claim_queries.claim(requests.actor(), public_id)
    return _shape(view)


def _shape(view: ClaimView) -> ClaimShape:
    persons = claim_queries.persons(view.id)
    handles = {found.id: found.handle for found in people.many([each.person_id for each in persons]).values()}
    alone = persons[0] if view.person_id is not None and persons else None
    return ClaimShape(
        id=view.public_id,
        state=view.state.value,
        verdict=view.verdict.value,
        amount_fen=view.amount_fen,
        rule_set=_rule_set(view.rule_set),
        official=view.is_official,
        lines=[line for each in persons for line in _lines(each, handles[each.person_id])],
        missing=sorted({text for each in persons for text in each.missing}),
        chances=ChancesShape(used=alone.chances_used or 0, limit=alone.chances_limit) if alone else None,
        steps=[
            StepShape(state=step.state.value, at=step.at, reason=step.reason)
            for step in claim_queries.steps(view.id)
        ],
    )


@bp.post("/subsidy/previews")
@api.operation("算一算能补多少", scope=Scope.READ, body=PreviewPost, answer=PreviewShape)
def post_preview() -> PreviewShape:
    """Ask the rules without writing anything."""
    require_role(requests.actor(), *previews.ASKERS)
    sent = api.read(PreviewPost)
    return _preview(
        previews.preview(actor=requests.actor(), person=sent.person, batch=sent.batch, on=sent.on)
    )


@bp.post("/subsidy/claims")
@api.operation("申请补贴", scope=Scope.CLAIM, body=ClaimPost, answer=ClaimShape, status=201)
@api.writing(show=_claim)
def post_claim() -> str:
    """Make a claim for a batch, or for one person in it."""
    require_role(requests.actor(), Role.SCHOOL)
    sent = api.read(ClaimPost)
    return claims.make(actor=requests.actor(), batch=sent.batch, person=sent.person)


@bp.get("/subsidy/claims/<public_id>")
@api.operation("一份补贴申请", scope=Scope.READ, answer=ClaimShape)
def get_claim(public_id: str) -> ClaimShape:
    """Show one claim to its school or to the district's officers."""
    return _claim(public_id)


@bp.post(
    "/subsidy/claims/<public_id>/<any(submission, return, approval, objections, payment, clawback):step>"
)
@api.operation("补贴申请走一步", scope=Scope.CLAIM, body=ReasonPost, answer=ClaimShape)
@api.writing(show=_claim)
def post_step(public_id: str, step: str) -> api.Outcome:
    """Take one step with a claim."""
    claims.require_step(requests.actor(), public_id, Step(step))
    sent = api.read(ReasonPost)
    done = claims.take(actor=requests.actor(), claim=public_id, step=Step(step), reason=sent.reason)
    return api.Outcome(done, status=200)
