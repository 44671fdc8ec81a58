"""Pages on work done: the employer confirms and rates it, the worker sees every booking behind the stars."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import organisations, people
from skillhub.base import clock, money
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.errors import NotFound
from skillhub.courses.queries import batches, orders
from skillhub.courses.queries.orders import OrderView
from skillhub.credentials.queries import certificates
from skillhub.credit.forms import EngagementForm, RatingForm
from skillhub.credit.queries import engagements as engagement_queries
from skillhub.credit.queries import ledger
from skillhub.credit.service import engagements, ratings
from skillhub.districts import queries as districts
from skillhub.web import forms, menus, requests

bp = Blueprint("credit", __name__)
menus.add(Role.EMPLOYER, "credit.hires", _l("用工"), order=30)


@bp.get("/employer/hires")
def hires() -> ResponseReturnValue:
    """List the people who work or worked for the employer, those to be rated first."""
    actor = requests.actor()
    require_role(actor, Role.EMPLOYER)
    listed = engagement_queries.of_employers(sorted(actor.organisations(Role.EMPLOYER)))
    names = people.many([each.person_id for each in listed])
    return render_template(
        "credit/hires.html", listed=listed, names=names, today=clock.today("Asia/Shanghai")
    )


@bp.route("/employer/orders/<code>/hires/new", methods=["GET", "POST"])
def new_hire(code: str) -> ResponseReturnValue:
    """Confirm that a certified person of the employer's order has come to work."""
    actor = requests.actor()
    order = _own_order(actor, code)
    form = EngagementForm()
    form.worker.choices = forms.choices(_candidates(order))
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: engagements.record(
                    actor=actor,
                    worker=form.worker.data,
                    employer=organisations.organisation(order.employer_id).code,
                    order=code,
                    started_on=form.started_on.data,
                    ended_on=form.ended_on.data,
                    pay_fen=money.fen(form.pay_yuan.data),
                    evidence=form.evidence.data or None,
                )
            )
            flash(_("已记录上岗。活干完以后，请来给他评星。"), "ok")
            return redirect(url_for(".hires"))
    return render_template("credit/new_hire.html", form=form, order=order)


@bp.route("/employer/hires/<public_id>/rating", methods=["GET", "POST"])
def rating(public_id: str) -> ResponseReturnValue:
    """Give stars to finished work, once."""
    actor = requests.actor()
    view = ratings.require_rater(actor, public_id)
    form = RatingForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: ratings.rate(
                    actor=actor,
                    engagement=public_id,
                    stars=form.stars.data,
                    comment=form.comment.data or None,
                )
            )
            flash(_("评分已记入信用账本，不能再改。"), "ok")
            return redirect(url_for(".hires"))
    return render_template("credit/rating.html", form=form, hire=view, person=people.person(view.person_id))


@bp.get("/me/work")
def my_work() -> ResponseReturnValue:
    """Show a worker their work, their stars, and the bookings behind them."""
    actor = requests.actor()
    require_role(actor, Role.TRAINEE)
    if actor.person_id is None:
        raise NotFound
    person = people.person(actor.person_id)
    requests.show_district(person.district)
    done = engagement_queries.of_person(person.id)
    return render_template(
        "credit/my_work.html",
        done=done,
        employers=organisations.many([each.employer_id for each in done]),
        stars=ledger.stars(person.handle),
        booked=[
            each for each in ledger.statement_of(ledger.worker_account(person.handle)) if each.unit == "star"
        ],
    )


def _own_order(actor: Actor, code: str) -> OrderView:
    require_role(actor, Role.EMPLOYER)
    order = orders.order(code)
    require(actor, Right(Role.EMPLOYER, organisation=order.employer_id))
    requests.show_district(order.district)
    districts.district(order.district)
    return order


def _candidates(order: OrderView) -> list[tuple[str, str]]:
    """Return who holds a certificate out of the order and has not come to work yet."""
    working = {each.person_id for each in engagement_queries.of_order(order.id) if each.is_hire}
    holders = [
        certificate.person_id
        for code in orders.batches_of([order.id]).get(order.id, ())
        for certificate in certificates.of_batch(batches.batch(code).id)
        if certificate.status == "valid" and certificate.person_id not in working
    ]
    found = people.many(holders)
    return [(found[each].handle, found[each].name) for each in holders]
