"""Pages of employers: ordering trained people in a minute, and the orders placed so far."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext
from wtforms.fields import SelectChoice

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries.organisations import OrganisationView
from skillhub.base import money
from skillhub.base.access import Actor, Role, require_role
from skillhub.base.errors import NotFound
from skillhub.courses.forms.orders import OrderForm
from skillhub.courses.queries import courses as course_queries
from skillhub.courses.queries import orders as queries
from skillhub.courses.rules import orders as rules
from skillhub.courses.service import ordering
from skillhub.courses.service import orders as service
from skillhub.web import forms, menus, requests

bp = Blueprint("orders", __name__)
menus.add(Role.EMPLOYER, "orders.placed", lazy_pgettext("menu", "订单"), 20)

KINDS = {"asked": "wait", "approved": "ok", "refused": "bad", "completed": "none"}
"""How each state of an order looks."""


@bp.get("/employer/orders")
def placed() -> ResponseReturnValue:
    """List the orders of the reader's employers, the newest first."""
    page = queries.placed(actor=requests.actor(), after=request.args.get("after"))
    return render_template("courses/orders.html", page=page, states=rules.STATES, kinds=KINDS)


@bp.route("/employer/orders/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Ask for trained people."""
    actor = requests.actor()
    own = _own_employers(actor)
    form = OrderForm()
    form.employer.choices = [SelectChoice(each.code, each.name) for each in own]
    form.course.choices = _courses({each.district for each in own})
    if form.validate_on_submit():
        with forms.errors_on(form):
            code = forms.once(lambda: _place(actor, form, own))
            flash(_("订单已提交，编号%(code)s。工作人员会先来看岗位，再核准。", code=code), "ok")
            return redirect(url_for(".placed"))
    return render_template("courses/order_new.html", form=form, own=own)


def _own_employers(actor: Actor) -> list[OrganisationView]:
    require_role(actor, Role.EMPLOYER)
    found = organisations.many(actor.organisations(Role.EMPLOYER)).values()
    own = [each for each in found if each.kind in ordering.EMPLOYERS]
    if not own:
        raise NotFound
    requests.show_district(own[0].district)
    return own


def _courses(districts: Collection[str]) -> list[SelectChoice]:
    taught = [course for district in sorted(districts) for course in course_queries.of_district(district)]
    chosen = [
        SelectChoice(each.code, _("%(name)s（%(trade)s）", name=each.name, trade=each.trade))
        for each in taught
    ]
    return [SelectChoice("", _("不指定，请本区安排")), *chosen]


def _place(actor: Actor, form: OrderForm, own: list[OrganisationView]) -> str:
    employer = next(each for each in own if each.code == form.employer.data)
    course = course_queries.by_code(form.course.data) if form.course.data else None
    return service.place(
        actor=actor,
        district=employer.district,
        employer=employer.code,
        course=course.code if course else None,
        trade=course.trade if course else form.trade.data or "",
        occupation=course.occupation if course else None,
        level=course.level if course else None,
        heads=form.heads.data,
        skills=form.skill_list(),
        wage_fen=money.fen(form.wage_yuan.data),
        wage_unit=form.wage_unit.data,
        starts_on=form.starts_on.data,
        promised_jobs=form.promised_jobs.data,
    )
