"""Pages on subsidies: what a training would bring, the school's claims, the officer's queue."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import organisations, people
from skillhub.base import money
from skillhub.base.access import Actor, Role, require_role
from skillhub.base.errors import NotFound
from skillhub.courses.queries import batches
from skillhub.courses.queries.batches import BatchView
from skillhub.districts import switches
from skillhub.subsidy.errors import NoRules
from skillhub.subsidy.forms import ClaimForm, StepForm
from skillhub.subsidy.queries import claims as claim_queries
from skillhub.subsidy.queries.claims import ClaimView, StepView
from skillhub.subsidy.rules.decisions import Decision
from skillhub.subsidy.rules.steps import WAYS, State, Step, open_steps
from skillhub.subsidy.service import claims, previews
from skillhub.web import forms, menus, requests, words

bp = Blueprint("subsidy", __name__)
menus.add(Role.OFFICER, "subsidy.office_claims", _l("补贴"), order=40)
menus.add(Role.SCHOOL, "subsidy.school_claims", _l("补贴"), order=40)

STATES = {
    State.DRAFT: (_l("还没提交"), "wait"),
    State.SUBMITTED: (_l("等待审核"), "wait"),
    State.RETURNED: (_l("退回补正"), "bad"),
    State.APPROVED: (_l("已核准，公示中"), "ok"),
    State.OBJECTED: (_l("有异议"), "late"),
    State.PAID: (_l("已付款"), "ok"),
    State.CLAWED_BACK: (_l("已追回"), "bad"),
}
STEPS = {
    Step.SUBMISSION: _l("提交给区里审核"),
    Step.RETURN: _l("退回补正"),
    Step.APPROVAL: _l("核准并公示"),
    Step.OBJECTIONS: _l("登记异议"),
    Step.PAYMENT: _l("登记已付款"),
    Step.CLAWBACK: _l("登记追回"),
}
PATH = (State.DRAFT, State.SUBMITTED, State.APPROVED, State.PAID)
DONE = {
    State.DRAFT: _l("算出申请"),
    State.SUBMITTED: _l("提交"),
    State.RETURNED: _l("退回补正"),
    State.APPROVED: _l("核准并公示"),
    State.OBJECTED: _l("有人提出异议"),
    State.PAID: _l("付款"),
    State.CLAWED_BACK: _l("追回"),
}
WAITING = (State.SUBMITTED, State.OBJECTED, State.APPROVED)


@bp.get("/batches/<code>/subsidy")
def preview(code: str) -> ResponseReturnValue:
    """Show a trainee what this batch would bring them, rule by rule."""
    actor = requests.actor()
    require_role(actor, Role.TRAINEE)
    if actor.person_id is None:
        raise NotFound
    batch = batches.batch(code)
    requests.show_district(batch.district)
    return render_template(
        "subsidy/preview.html",
        batch=batch,
        decision=_preview(actor, batch, people.person(actor.person_id).handle),
    )


def _preview(actor: Actor, batch: BatchView, handle: str) -> Decision | None:
    try:
        return previews.preview(actor=actor, person=handle, batch=batch.code)
    except NoRules:
        return None


@bp.get("/teach/claims")
def school_claims() -> ResponseReturnValue:
    """List the school's claims."""
    actor = requests.actor()
    require_role(actor, Role.SCHOOL)
    return _list(claim_queries.of_bodies(sorted(actor.organisations(Role.SCHOOL))))


@bp.get("/office/claims")
def office_claims() -> ResponseReturnValue:
    """List the claims on which the office has something to do, oldest first."""
    actor = requests.actor()
    require_role(actor, Role.OFFICER, Role.AUDITOR)
    districts = sorted(actor.districts(Role.OFFICER, Role.AUDITOR))
    return _list(
        claim_queries.of_districts(districts, WAITING), claim_queries.of_districts(districts, (State.PAID,))
    )


def _list(listed: tuple[ClaimView, ...], paid: tuple[ClaimView, ...] = ()) -> ResponseReturnValue:
    every = (*listed, *paid)
    return render_template(
        "subsidy/claims.html",
        listed=listed,
        paid=paid,
        states=STATES,
        batches={each.batch_id: batches.batch_by_id(each.batch_id) for each in every},
        bodies=organisations.many([each.body_id for each in every]),
    )


@bp.route("/teach/batches/<code>/claim", methods=["GET", "POST"])
def new_claim(code: str) -> ResponseReturnValue:
    """Make the claim for a batch; one press, and the rules decide person by person."""
    actor = requests.actor()
    batch = claims.require_maker(actor, code)
    requests.show_district(batch.district)
    form = ClaimForm()
    if form.validate_on_submit():
        made = forms.once(lambda: claims.make(actor=actor, batch=code))
        flash(_("申请已按本区规则算好，还没有提交。请核对后提交。"), "ok")
        return redirect(url_for(".claim", public_id=made))
    return render_template(
        "subsidy/new_claim.html", form=form, batch=batch, made=claim_queries.of_batch(batch.id), states=STATES
    )


@bp.route("/claims/<public_id>", methods=["GET", "POST"])
def claim(public_id: str) -> ResponseReturnValue:
    """Show one claim with every reason, and take the next step."""
    actor = requests.actor()
    require_role(actor, Role.SCHOOL, Role.OFFICER, Role.AUDITOR)
    view = claim_queries.claim(actor, public_id)
    requests.show_district(view.district)
    form = StepForm()
    if form.validate_on_submit():
        step = Step(form.step.data)
        with forms.errors_on(form):
            forms.once(lambda: claims.take(actor=actor, claim=public_id, step=step, reason=form.reason.data))
            flash(_("已办理：%(step)s", step=STEPS[step]), "ok")
            return redirect(url_for(".claim", public_id=public_id))
    persons = claim_queries.persons(view.id)
    steps = claim_queries.steps(view.id)
    return render_template(
        "subsidy/claim.html",
        claim=view,
        is_rule_set_here=view.rule_set is None or switches.is_installed(view.rule_set.sha256),
        persons=persons,
        people=people.many([each.person_id for each in persons]),
        batch=batches.batch_by_id(view.batch_id),
        body=organisations.organisation(view.body_id),
        capitals=money.capitals(view.amount_fen),
        done=[(DONE[each.state], each) for each in steps],
        path=_path(view, steps),
        acts=[(step, STEPS[step], WAYS[step].needs_reason) for step in _open(actor, view)],
        states=STATES,
        form=form,
        in_office=view.body_id not in actor.organisations(Role.SCHOOL),
    )


def _open(actor: Actor, view: ClaimView) -> list[Step]:
    """Return the steps that this actor may take now."""
    return [
        step
        for step in open_steps(view.state)
        if (
            view.body_id in actor.organisations(Role.SCHOOL)
            if WAYS[step].by_school
            else view.district in actor.districts(Role.OFFICER)
        )
    ]


def _path(view: ClaimView, steps: Sequence[StepView]) -> list[tuple[str, str, str]]:
    """Return the line of a claim: what was done and when, what comes next, or where it has stopped."""
    days = {each.state: words.day(each.at) for each in steps}
    if view.state in PATH:
        here = PATH.index(view.state)
        return [
            (str(DONE[state]), days.get(state, "") if index <= here else "", _stop(index - here))
            for index, state in enumerate(PATH)
        ]
    taken = [(str(DONE[state]), days[state], "done") for state in PATH if state in days]
    return [*taken, (str(DONE[view.state]), days.get(view.state, ""), "halt")]


def _stop(ahead: int) -> str:
    if ahead <= 0:
        return "done"
    return "now" if ahead == 1 else "todo"
